const CIDR = /^[0-9a-f][0-9a-f.:]*\/\d+$/;
const WORD = /^[A-Za-z][A-Za-z0-9_./()-]*$/;
/** words that YAML 1.1, which kubectl speaks, reads as something else than text */
const NOT_TEXT = /^(y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

/** No reader of any YAML version can take it for a number, a date or a boolean. */
export const isPlain = (text: string): boolean => CIDR.test(text) || (WORD.test(text) && !NOT_TEXT.test(text));

/** Plain where it can be; else in double quotes. */
export function scalar(text: string): string {
  if (isPlain(text)) return text;
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
