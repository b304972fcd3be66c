import { expect, it } from 'vitest';
import { revertRefused } from './revert-words.ts';

const LIVE = 2 ** 40 + 7;
const of = (id: number, action: string, reason: string | null = null) => revertRefused({ id, action, reason });

it('says where that is taken back which cannot be here', () => {
  expect(of(7, 'pool.update')).toBe(undefined);
  // a pool of others has nothing that could be decided here
  expect(of(LIVE, 'cluster.change')).toMatch(/^It was made in the cluster, and is taken back there;/);
  expect(of(LIVE, 'settings.update')).toContain('taken back there');
  expect(of(LIVE, 'pool.enforce')).toContain('decide that anew');
  expect(of(7, 'pool.force')).toContain('decide that anew');
});

it('says whose word node addresses are, and which change can be taken back where a setting asks for them', () => {
  expect(of(7, 'hosts.update')).toBe('Node addresses are what the nodes report; they cannot be taken back.');
  expect(of(LIVE, 'hosts.update')).toContain('what the cluster’s Node objects say');
  expect(of(LIVE, 'hosts.update', 'count from now on')).toMatch(
    /a setting asks for them: that is what can be taken back\.$/,
  );
});
