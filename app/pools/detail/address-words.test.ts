import { expect, it } from 'vitest';
import { trafficWords, verdictOf } from './address-words.ts';

const use = { complete: true, total: 1200, pods: 1180, nodes: 20, losing: 1200, gaining: 1200 };

it('the verdict says how many, by whom and where, and whether that is all', () => {
  expect(verdictOf(use)).toBe('1,200 addresses are in use: 1,180 pods on 20 nodes.');
  expect(verdictOf({ ...use, complete: false })).toBe('At least 1,200 addresses are in use: 1,180 pods on 20 nodes.');
  expect(verdictOf({ ...use, total: 1, pods: 1, nodes: 1 })).toBe('1 address is in use: 1 pod on 1 node.');
  expect(verdictOf({ ...use, total: 0 })).toBe('No address of the pool is in use.');
  expect(verdictOf({ ...use, total: 0, complete: false })).toContain('not every block was read');
});

it('traffic is told by direction, exactly for those that it changes for', () => {
  expect(trafficWords(use)).toEqual([
    'New connections from them keep the pod address: no NAT any more.',
    'New connections of others to them are NATed.',
    'Connections that exist keep their mapping until they end. No address is taken back.',
  ]);
  expect(trafficWords({ ...use, losing: 0, gaining: 7 }).slice(0, 2)).toEqual([
    'New connections from them are judged as before.',
    'New connections of others to 7 of them are NATed.',
  ]);
  expect(trafficWords({ ...use, total: 1, losing: 0, gaining: 0 })[0]).toBe(
    'New connections from it are judged as before.',
  );
  expect(trafficWords({ ...use, total: 0 })).toEqual([]);
});
