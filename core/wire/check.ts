/**
 * Checks of JSON values against a shape, without a library: a megabyte of schemas would be a sixth of an agent's memory.
 * A check looks and copies nothing.
 */

/** Where a value is not what it must be; `field` is empty for the value itself. */
export interface Fault {
  readonly field: string;
  /** what must hold: `must be text` */
  readonly message: string;
}
/** Undefined when all is well, else the first fault. */
export type Check = (value: unknown) => Fault | undefined;

const unless = (holds: boolean, message: string): Fault | undefined => (holds ? undefined : { field: '', message });

export const text: Check = (value) => unless(typeof value === 'string', 'must be text');

export const textUpTo =
  (longest: number): Check =>
  (value) =>
    text(value) ?? unless(isShort(String(value), longest), `must be at most ${longest} characters long`);

/** Counts characters, not their halves. */
const isShort = (value: string, longest: number): boolean => value.length <= longest || [...value].length <= longest;

export const flag: Check = (value) => unless(typeof value === 'boolean', 'must be true or false');

export const whole =
  (least: number): Check =>
  (value) =>
    unless(Number.isSafeInteger(value) && Number(value) >= least, `must be a whole number from ${least}`);

export const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    unless(typeof value === 'string' && words.includes(value), `must be one of ${words.join(', ')}`);

export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

/** Both must hold. */
export const both =
  (first: Check, second: Check): Check =>
  (value) =>
    first(value) ?? second(value);

export const listOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return unless(false, 'must be a list');
    for (let i = 0; i < value.length; i++) {
      const fault = check(value[i]);
      if (fault !== undefined) return below(`[${i}]`, fault);
    }
    return undefined;
  };

/** An object with these fields; unknown ones are refused when `strict`, else ignored. */
export function fields(shape: Readonly<Record<string, Check>>, strict: 'strict' | 'open'): Check {
  const known = Object.entries(shape);
  return (value) => {
    if (!isObject(value)) return unless(false, 'must be an object');
    for (const [name, check] of known) {
      const fault = check(Object.hasOwn(value, name) ? value[name] : undefined);
      if (fault !== undefined) return below(name, fault);
    }
    if (strict === 'open') return undefined;
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(shape, name));
    return unknown === undefined ? undefined : { field: unknown, message: 'must be a known field' };
  };
}

/** An object whose keys are names of anything. */
export const entriesOf =
  (name: Check, check: Check): Check =>
  (value) => {
    if (!isObject(value)) return unless(false, 'must be an object');
    for (const [key, one] of Object.entries(value)) {
      const fault = name(key) ?? check(one);
      if (fault !== undefined) return below(key, fault);
    }
    return undefined;
  };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const below = (outer: string, { field, message }: Fault): Fault => ({
  field: field === '' ? outer : `${outer}${field.startsWith('[') ? '' : '.'}${field}`,
  message,
});
