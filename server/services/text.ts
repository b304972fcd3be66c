/**
 * What no JSON value may hold: text that PostgreSQL cannot keep (a NUL character, half of a surrogate pair), the key
 * `__proto__`, which half of all libraries drop without a word, and nesting as deep as no object of ours.
 */
import type { Issue } from './app-error.ts';

const DEEPEST = 32;
/** more than anybody reads; a text of 8 MiB has room for a million */
const MOST = 100;

/** One issue for each such place inside a JSON value, keys included, of the first 100; one alone when it nests deeper than 32 levels. */
export function unstorable(value: unknown): Issue[] {
  const issues: Issue[] = [];
  if (look(value, [], issues)) return issues;
  return [{ field: 'input', message: `input must nest at most ${DEEPEST} levels deep` }];
}

/** False where it nests too deep. The path is written as text for an issue alone: a report has a million values. */
function look(value: unknown, path: string[], issues: Issue[]): boolean {
  if (issues.length >= MOST) return true;
  if (typeof value === 'string') {
    if (bad(value)) issues.push({ field: placeOf(path), message: BAD_TEXT });
    return true;
  }
  if (typeof value !== 'object' || value === null) return true;
  if (path.length >= DEEPEST) return false;
  for (const key of Object.keys(value)) {
    if (bad(key)) issues.push({ field: placeOf(path), message: BAD_TEXT });
    else if (key === '__proto__') {
      issues.push({ field: placeOf([...path, key]), message: 'a field must not have the name __proto__' });
    } else {
      path.push(key);
      if (!look(Reflect.get(value, key), path, issues)) return false;
      path.pop();
    }
  }
  return true;
}

/** A key may be megabytes long, and stands in each issue below it. */
export const nameable = (key: string): string =>
  key.length <= LONGEST_KEY ? key : `${key.slice(0, LONGEST_KEY).toWellFormed()}...`;

/** in characters: as long as any name in a cluster */
const LONGEST_KEY = 253;

const placeOf = (path: readonly string[]): string => path.map(nameable).join('.') || 'input';

const BAD_TEXT = 'text must not contain NUL or unpaired surrogates';
const bad = (text: string): boolean => text.includes('\0') || !text.isWellFormed();
