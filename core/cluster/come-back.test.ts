import { expect, it } from 'vitest';
import { beyond, doubtful, lacksOf, lacksText, rememberedOf, wordFor } from './come-back.ts';

const objects = (...names: string[]) => new Map(names.map((name) => [name, `uid of ${name}`]));
const anew = (...names: string[]) => new Map(names.map((name) => [name, `another uid of ${name}`]));
const back = {
  group: 'projectcalico.org/v3',
  since: 5,
  pools: lacksOf(['a', 'b', 'c'], new Set(['b'])),
  settings: lacksOf(['default'], new Set()),
};

/** What was known, and `others` that nobody would miss. */
const had = (known: string[], others: string[] = []) =>
  rememberedOf([...known, ...others].map((name) => ({ name, uid: `uid of ${name}`, known: known.includes(name) })));

it('after a loss nothing that was known may be missing; what is new beside it does not matter', () => {
  expect(doubtful(had(['a', 'b']), anew('b', 'a', 'c'), true).missing).toEqual([]);
  expect(doubtful(had(['b', 'a', 'c']), anew('a'), true)).toEqual({ known: 3, missing: ['b', 'c'] });
  // a finalizer or a hurried hand may keep some objects over the end of their type
  expect(doubtful(had(['a', 'b']), objects('a'), true).missing).toEqual(['b']);
  expect(doubtful(had(['b'], ['a']), objects('a'), true).missing).toEqual(['b']);
  expect(doubtful(had([]), anew(), true).missing).toEqual([]);
});

it('where no loss was seen, one object that is still the same proves that there was none', () => {
  expect(doubtful(had(['a', 'b']), objects('a'), false).missing).toEqual([]);
  expect(doubtful(had(['a', 'b']), anew('a'), false).missing).toEqual(['b']);
  expect(doubtful(had(['a', 'b']), anew(), false).missing).toEqual(['a', 'b']);
  expect(doubtful(had(['a', 'b']), anew('a', 'b'), false).missing).toEqual([]);
  expect(doubtful(had([]), anew('a'), false).missing).toEqual([]);
  // also one that nobody would miss
  expect(doubtful(had(['b'], ['a']), objects('a'), false).missing).toEqual([]);
  expect(doubtful(had(['b'], ['a']), anew('a'), false).missing).toEqual(['b']);
});

it('a word is about one return, and about what was seen to be missing then', () => {
  const word = { group: back.group, since: 5, change: 7, pools: ['a', 'c'], settings: ['default'] };
  expect(wordFor(word, back)).toBe(word);
  expect(wordFor(word, { ...back, since: 6 })).toBe(null);
  expect(wordFor(word, { ...back, group: 'crd.projectcalico.org/v1' })).toBe(null);
  expect([wordFor(word, null), wordFor(null, back)]).toEqual([null, null]);
  expect(beyond(back, word)).toEqual([]);
  expect(beyond(back, { pools: ['a', 'b', 'c', 'd'], settings: ['default'] })).toEqual([]);
  expect(beyond(back, { pools: ['c', 'd'], settings: [] })).toEqual(['a', 'FelixConfiguration default']);
});

it('says how many are missing, and names the first', () => {
  expect(lacksText(back.pools, 'pools')).toBe('2 of 3 known pools: a, c');
  const all = lacksOf(
    Array.from({ length: 8 }, (_, i) => `p${i}`),
    new Set(),
  );
  expect(lacksText(all, 'pools')).toBe('8 of 8 known pools: p0, p1, p2, p3, p4 and 3 more');
});
