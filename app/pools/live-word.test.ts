import { expect, it } from 'vitest';
import { liveWord } from './live-word.ts';

const desired = { allocates: true, nats: true, exempt: true };

it('a facet that the cluster has otherwise says so, the others do not', () => {
  const live = { allocates: true, nats: false, exempt: true };
  expect(liveWord('nats', desired, live)).toBe('keeps address');
  expect([liveWord('allocates', desired, live), liveWord('exempt', desired, live)]).toEqual([null, null]);
  expect(liveWord('nats', live, desired)).toBe('NATed');
  expect(liveWord('allocates', { ...desired, allocates: false }, desired)).toBe('yes');
  expect(liveWord('exempt', desired, { ...desired, exempt: false })).toBe('not exempt');
});

it('of a pool that the cluster has not, what it should do is not done', () => {
  expect(liveWord('nats', desired, 'none')).toBe('no pool');
  expect(liveWord('nats', { ...desired, nats: false }, 'none')).toBe(null);
});

it('where the cluster is as desired there is nothing to say', () => {
  expect(liveWord('nats', desired, null)).toBe(null);
});
