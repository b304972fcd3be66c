const LONGEST = 80;

/**
 * A typed value for a message: in quotes, cut when long, control characters escaped so that a message can neither
 * fill a log nor move a terminal's cursor. Never throws.
 */
export function quote(value: unknown): string {
  if (typeof value !== 'string') return cut(escaped(json(value)));
  return `'${cut(escaped(value.slice(0, LONGEST + 1)))}'`;
}

/** Values that JSON cannot hold (a cycle, a bigint) are named by their type. */
function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return `(${typeof value})`;
  }
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text);

const escaped = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
