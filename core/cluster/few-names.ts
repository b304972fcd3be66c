const MOST_NAMED = 3;

/** The first names of a list that may be long, and how many more there are. */
export const fewNames = (names: readonly string[]): string =>
  names.length > MOST_NAMED
    ? `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`
    : names.join(', ');
