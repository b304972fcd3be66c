import { expect, it } from 'vitest';
import { readLivePool } from '../../core/cluster/live-pool.ts';
import { readOnce } from './read-once.ts';

const object = (name: string, resourceVersion = '1') => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion },
  spec: { cidr: '10.0.0.0/8' },
});

it('reads the two words of one object once, and another version anew', () => {
  const read = readOnce(readLivePool);
  const [answer, event] = [read(object('a')), read(object('a'))];
  expect(answer?.name).toBe('a');
  expect(event).toBe(answer);
  const later = read({ ...object('a', '2'), spec: { cidr: '10.0.0.0/9' } });
  expect([later?.resourceVersion, later?.pool?.spec.cidr]).toEqual(['2', '10.0.0.0/9']);
});

it('remembers the last of them, and nothing of what is no object', () => {
  const read = readOnce(readLivePool);
  const first = read(object('first'));
  for (let i = 0; i < 1000; i++) read(object(`other-${i}`));
  const last = read(object('last'));
  expect(read(object('last'))).toBe(last);
  expect(read(object('first'))).not.toBe(first);
  for (const odd of [null, {}, { metadata: {} }]) expect([read(odd), read(odd)]).toEqual([null, null]);
});
