import { expect, test } from 'vitest';
import { unstorable } from './text.ts';

test('every text that PostgreSQL cannot keep is named', () => {
  const message = 'text must not contain NUL or unpaired surrogates';
  expect(unstorable({ a: ['x', 'b\0'], 'k\0': 1, c: '\ud800', d: '\u{1f600}' })).toEqual([
    { field: 'a.1', message },
    { field: 'input', message },
    { field: 'c', message },
  ]);
  expect(unstorable('\0')).toEqual([{ field: 'input', message }]);
  expect(unstorable({ a: [{ b: 'fine' }], c: null })).toEqual([]);
});

test('what nests deeper than anything of ours is one issue, and no stack is too small for it', () => {
  const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  expect(unstorable(nested(32))).toEqual([]);
  const issues = [{ field: 'input', message: 'input must nest at most 32 levels deep' }];
  expect(unstorable(nested(40))).toEqual(issues);
  expect(unstorable(nested(500_000))).toEqual(issues);
  expect(unstorable(JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`))).toEqual(issues);
});

test('the key __proto__ is refused wherever it stands; names that look as odd are names', () => {
  const value = JSON.parse('{"nodes": {"__proto__": {"a": 1}, "constructor": {}, "toString": 1}}');
  expect(unstorable(value)).toEqual([
    { field: 'nodes.__proto__', message: 'a field must not have the name __proto__' },
  ]);
});
