const LONGEST = 80;

/**
 * A typed value for a message, in quotes, so that it can neither fill a log nor move a terminal's cursor. Never throws.
 */
export function quote(value: unknown): string {
  if (typeof value !== 'string') return printable(json(value), LONGEST);
  return `'${printable(value, LONGEST)}'`;
}

/** Text with control characters escaped, cut when it is longer. */
export function printable(text: string, longest: number): string {
  const safe = text
    .slice(0, longest + 1)
    .replace(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
      (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    );
  return safe.length > longest ? `${safe.slice(0, longest)}...` : safe;
}

/** Values that JSON cannot hold (a cycle, a bigint) are named by their type. */
function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return `(${typeof value})`;
  }
}
