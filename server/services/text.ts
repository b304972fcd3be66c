/** What PostgreSQL cannot keep: a NUL character, half of a surrogate pair, and what nests as deep as no object of ours. */
import type { Issue } from './app-error.ts';

const DEEPEST = 32;

/** One issue for each such string inside a JSON value, keys included; one alone when it nests deeper than 32 levels. */
export function unstorable(value: unknown): Issue[] {
  if (deeper(value, DEEPEST)) return [{ field: 'input', message: `input must nest at most ${DEEPEST} levels deep` }];
  return badTexts(value, '');
}

/** By level, not by recursion: a text of a few hundred kilobytes nests deeper than the stack. */
function deeper(value: unknown, levels: number): boolean {
  let level = [value];
  for (let depth = 0; depth <= levels && level.length > 0; depth++) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return level.length > 0;
}

function badTexts(value: unknown, field: string): Issue[] {
  if (typeof value === 'string') {
    return bad(value) ? [{ field: field || 'input', message: 'text must not contain NUL or unpaired surrogates' }] : [];
  }
  if (Array.isArray(value)) return value.flatMap((one, index) => badTexts(one, join(field, String(index))));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, one]) =>
    bad(key) ? badTexts(key, field) : badTexts(one, join(field, key)),
  );
}

const bad = (text: string): boolean => text.includes('\0') || /\p{Surrogate}/u.test(text);
const join = (field: string, key: string): string => (field === '' ? key : `${field}.${key}`);
