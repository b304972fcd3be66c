import { expect, test } from 'vitest';
import { compareThree, mineOnTop, sameSpec } from './merge.ts';

const before = { cidr: '10.0.0.0/8', natOutgoing: true, ipipMode: 'Always' as const };
const theirs = { cidr: '10.0.0.0/8', natOutgoing: false, ipipMode: 'Always' as const, blockSize: 28 };
const mine = { cidr: '10.0.0.0/8', natOutgoing: true, vxlanMode: 'Always' as const };

test('what I changed goes on top of theirs, the rest stays theirs', () => {
  expect(mineOnTop(before, { name: 'a', spec: theirs }, mine)).toEqual({
    name: 'a',
    spec: { cidr: '10.0.0.0/8', natOutgoing: false, blockSize: 28, vxlanMode: 'Always' },
  });
});

test('only fields that somebody changed are compared; a clash is one that both changed', () => {
  expect(compareThree(before, theirs, mine).map(({ field, clash }) => [field, clash])).toEqual([
    ['natOutgoing', false],
    ['ipipMode', false],
    ['blockSize', false],
    ['vxlanMode', false],
  ]);
  const both = compareThree(before, theirs, { ...before, blockSize: 26 });
  expect(both.find(({ field }) => field === 'blockSize')?.clash).toBe(true);
});

test('absent and set are different, the order of fields is not', () => {
  expect(sameSpec({ cidr: 'a', disabled: true }, { disabled: true, cidr: 'a' })).toBe(true);
  expect(sameSpec({ cidr: 'a', disabled: false }, { cidr: 'a' })).toBe(false);
});
