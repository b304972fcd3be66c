/**
 * A type of the cluster was taken away, and is there again: a backup comes back object by object, and what it lacks says
 * nothing about what there was. It is believed by itself when nothing that was known is missing.
 */

/** Of the known objects of one type, by name. */
export interface Lacks {
  /** how many were known */
  readonly known: number;
  /** sorted */
  readonly missing: readonly string[];
}

export interface ComeBack {
  /** where it is */
  readonly group: string;
  /** since when it is seen to lack something, in milliseconds since 1970: it names this return and no other */
  readonly since: number;
  readonly pools: Lacks;
  /** FelixConfigurations that say something about NAT */
  readonly settings: Lacks;
}

/** Somebody saw what is missing, and decided that it is followed all the same: in this return, and while no more is missing. */
export interface Word extends Pick<ComeBack, 'group' | 'since'> {
  /** the change in History */
  readonly change: number;
  readonly pools: readonly string[];
  readonly settings: readonly string[];
}

export function lacksOf(known: Iterable<string>, there: { has(name: string): boolean }): Lacks {
  const names = [...known];
  return { known: names.length, missing: names.filter((name) => !there.has(name)).sort() };
}

/** Objects by name, with their uids. */
export interface Remembered {
  /** what must not go missing with the type */
  readonly known: ReadonlyMap<string, string>;
  /** every object that was there, also what nobody would miss */
  readonly seen: ReadonlyMap<string, string>;
}

export const rememberedOf = (rows: readonly { name: string; uid: string; known: boolean }[]): Remembered => ({
  known: new Map(rows.flatMap(({ name, uid, known }) => (known ? [[name, uid]] : []))),
  seen: new Map(rows.map(({ name, uid }) => [name, uid])),
});

/**
 * What must not be believed of a complete list: names that were known and are not in it. Where the type was not seen to go,
 * only a list without a single one of the objects there were (by uid) is doubted: the type was made anew while nobody looked.
 */
export function doubtful(
  { known, seen }: Remembered,
  listed: ReadonlyMap<string, string>,
  typeWasLost: boolean,
): Lacks {
  const lacks = lacksOf(known.keys(), listed);
  const strangers = ![...seen].some(([name, uid]) => listed.get(name) === uid);
  return typeWasLost || strangers ? lacks : { ...lacks, missing: [] };
}

/** The word, where it is about this return. */
export const wordFor = (word: Word | null, back: Pick<ComeBack, 'group' | 'since'> | null): Word | null =>
  word?.group === back?.group && word?.since === back?.since ? word : null;

/** What is missing beyond what somebody saw. */
export function beyond(
  { pools, settings }: Pick<ComeBack, 'pools' | 'settings'>,
  seen: Pick<Word, 'pools' | 'settings'>,
): string[] {
  const more = (missing: readonly string[], names: readonly string[]): string[] => {
    const known = new Set(names);
    return missing.filter((name) => !known.has(name));
  };
  return [
    ...more(pools.missing, seen.pools),
    ...more(settings.missing, seen.settings).map((name) => `FelixConfiguration ${name}`),
  ];
}

/** "7 of 10 known pools: a, b, c, d, e and 2 more" */
export function lacksText({ known, missing }: Lacks, what: string): string {
  return `${missing.length} of ${known} known ${what}: ${firstOf(missing)}`;
}

const MOST_NAMED = 5;

/** "a, b, c, d, e and 2 more" */
export function firstOf(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
