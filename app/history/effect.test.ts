import { expect, it } from 'vitest';
import { after, dotsOf, effectOf } from './effect.ts';

const at = (ms: number): string => new Date(1_000_000 + ms).toISOString();

it('sorts nodes by when they had the change and names those that wait', () => {
  const effect = effectOf(at(0), [
    { node: 'slow', at: at(2100) },
    { node: 'gone', at: null },
    { node: 'quick', at: at(300) },
  ]);
  expect(effect.taken).toEqual([
    { node: 'quick', ms: 300 },
    { node: 'slow', ms: 2100 },
  ]);
  expect(effect.waiting).toEqual(['gone']);
});

it('nodes that held before it was saved what it decides had it already', () => {
  const effect = effectOf(at(0), [
    { node: 'before', at: at(-23_000) },
    { node: 'later', at: at(300) },
  ]);
  expect(effect).toEqual({ already: ['before'], taken: [{ node: 'later', ms: 300 }], waiting: [] });
});

it('stacks nodes that took it at the same time', () => {
  const dots = dotsOf(
    [
      { node: 'a', ms: 100 },
      { node: 'b', ms: 110 },
      { node: 'c', ms: 1900 },
    ],
    10,
  );
  expect(dots).toEqual({
    end: 2000,
    columns: [
      { x: 0.05, nodes: 2 },
      { x: 0.95, nodes: 1 },
    ],
    highest: 2,
  });
});

it('keeps the last node on the axis', () => {
  expect(dotsOf([{ node: 'a', ms: 2000 }], 10).columns).toEqual([{ x: 0.95, nodes: 1 }]);
  expect(dotsOf([], 10).highest).toBe(1);
});

it('writes times as people read them', () => {
  expect([0, 340, 12_400, 240_000, 10_800_000].map(after)).toEqual(['0 ms', '340 ms', '12 s', '4 min', '3 h']);
});
