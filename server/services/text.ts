/** Text that PostgreSQL cannot keep: a NUL character, or half of a surrogate pair. */
import type { Issue } from './app-error.ts';

/** One issue for each such string inside a JSON value, keys included. */
export function unstorable(value: unknown, field = ''): Issue[] {
  if (typeof value === 'string') {
    return bad(value) ? [{ field: field || 'input', message: 'text must not contain NUL or unpaired surrogates' }] : [];
  }
  if (Array.isArray(value)) return value.flatMap((one, index) => unstorable(one, join(field, String(index))));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, one]) =>
    bad(key) ? unstorable(key, field) : unstorable(one, join(field, key)),
  );
}

const bad = (text: string): boolean => text.includes('\0') || /\p{Surrogate}/u.test(text);
const join = (field: string, key: string): string => (field === '' ? key : `${field}.${key}`);
