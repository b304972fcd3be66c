import { expect, test } from 'vitest';
import { makePlaces, makeQuota } from './quota.ts';

test('a quota counts each key by itself, says how long to wait, and opens with the next window', () => {
  let now = 0;
  const quota = makeQuota(2, 60, () => now);
  expect([quota.take('a'), quota.take('a'), quota.take('a'), quota.take('b')]).toEqual([null, null, 60, null]);
  now = 59_500;
  expect(quota.take('a')).toBe(1);
  expect([quota.wait('a'), quota.wait('b'), quota.wait('b'), quota.take('b')]).toEqual([1, null, null, null]);
  now = 60_000;
  expect([quota.wait('a'), quota.take('a')]).toEqual([null, null]);
});

test('a place is given back once', () => {
  const places = makePlaces(2);
  const first = places.take('a');
  expect([places.take('a') === null, places.take('a'), places.take('b') === null]).toEqual([false, null, false]);
  first?.();
  first?.();
  expect(places.take('a')).not.toBe(null);
  expect(places.take('a')).toBe(null);
});
