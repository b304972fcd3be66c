import { expect, it } from 'vitest';
import type { PoolSpec } from '../../../core/pool/spec.ts';
import { nowWords } from './now-words.ts';

const desired: PoolSpec = { cidr: '10.0.0.0/16', natOutgoing: true };
const now = (live: Partial<PoolSpec>): string => nowWords(desired, { spec: { ...desired, ...live } });

it('says what nodes do by the cluster, in the words of the facets', () => {
  expect(now({ natOutgoing: false })).toBe('Nodes do otherwise now: traffic from it keeps its address.');
  expect(now({ natOutgoing: false, disabled: true, allowedUses: ['LoadBalancer'], cidr: '10.1.0.0/16' })).toBe(
    'Nodes do otherwise now: its range is 10.1.0.0/16, no pod gets an address from it, traffic from it keeps its address and traffic to it is not exempt.',
  );
});

it('a field that changes nothing of that is no difference, nor another way to write a range', () => {
  expect(now({ blockSize: 28 })).toBe('Nodes do the same now.');
  expect(nowWords({ cidr: 'fd00::/48' }, { spec: { cidr: 'fd00:0::/48' } })).toBe('Nodes do the same now.');
});

it('what the cluster has not, or Calico cannot read, no node does', () => {
  expect(nowWords(desired, null)).toBe('No node does this now: the cluster has no such pool.');
  expect(nowWords(desired, { spec: null })).toBe('No node does this now: Calico cannot read what the cluster has.');
});
