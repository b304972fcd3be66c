import { expect, it } from 'vitest';
import type { LivePool } from './live-pool.ts';
import { voidPoolForce, voidSettingsForce } from './void-force.ts';

const claims = (...of: [manager: string, field: string][]) =>
  of.map(([manager, field]) => ({ manager, operation: 'Update' as const, at: null, fields: [field] }));
const desired = { cidr: '10.1.0.0/16', natOutgoing: true };
const live: LivePool = {
  name: 'a',
  uid: 'u1',
  resourceVersion: '2',
  pool: { name: 'a', spec: { ...desired, natOutgoing: false } },
  problems: [],
  claims: claims(['kubectl-edit', 'natOutgoing']),
  ownership: { class: 'hand', owner: 'kubectl-edit', evidence: null, shared: [] },
  deleting: false,
};
const before = {
  spec: { ...desired, natOutgoing: false },
  taken: [{ field: 'natOutgoing', managers: ['kubectl-edit'] }],
};
const why = (change: Partial<LivePool> | null, was: object | null = before) =>
  voidPoolForce(7, { desired, uid: 'u1', live: change === null ? undefined : { ...live, ...change } }).why(was);

it('of a pool says what moved, and who holds it now', () => {
  const spec = { ...desired, natOutgoing: false, disabled: true, nodeSelector: "has('x')" };
  const others = claims(['a', 'disabled'], ['b', 'disabled'], ['c', 'disabled'], ['d', 'disabled']);
  expect(why({ pool: { name: 'a', spec }, claims: [...live.claims, ...others] })).toBe(
    `disabled not set → true by a, b, c and 1 more, nodeSelector not set → 'has('x')'`,
  );
  expect(why({ claims: claims(['kubectl-edit', 'natOutgoing'], ['argocd', 'natOutgoing']) })).toBe(
    'natOutgoing is held by argocd now',
  );
  expect(why({ pool: { name: 'a', spec: desired } })).toBe('natOutgoing false → true by kubectl-edit');
  expect(why({})).toBe('the pool is not as it was seen');
});

it('of a pool that is another one, or none', () => {
  expect(why(null)).toBe('the pool was deleted in the cluster');
  expect(why({ deleting: true })).toBe('the pool is being deleted in the cluster');
  expect(why({ uid: 'u2' })).toBe('the pool was made again in the cluster by kubectl-edit');
  expect(why({}, null)).toBe('the pool was made again in the cluster by kubectl-edit');
  // as History keeps it of a pool that was never made there and is tried again
  expect(why({}, { name: 'a', spec: desired, absent: true })).toBe('the pool was made in the cluster by kubectl-edit');
  expect(why({ lastGood: true })).toBe('the pool can no longer be read');
});

it('of settings names their object', () => {
  const was = { global: {}, nodes: { n: { natPortRange: '1:2' } }, taken: [] };
  const felix = { name: 'node.n', uid: 'u', resourceVersion: '1', nftablesMode: null, problems: [], claims: [] };
  const of = (change: object | null) =>
    voidSettingsForce(7, {
      name: 'node.n',
      desired: { natPortRange: '5:6' },
      live: change === null ? undefined : { ...felix, settings: { natPortRange: '3:4' }, ...change },
    }).why(was);
  expect(of({})).toBe("FelixConfiguration node.n: natPortRange '1:2' → '3:4'");
  expect(of({ settings: null, problems: [{ field: 'spec', message: 'no' }] })).toBe(
    'FelixConfiguration node.n can no longer be read',
  );
  expect(of(null)).toBe('FelixConfiguration node.n was deleted in the cluster');
});
