import { expect, it } from 'vitest';
import type { SyncReason } from '../../../core/cluster/sync-state.ts';
import { policyEffects } from './policy-words.ts';

it('enforce of what no policy writes over says what must come first', () => {
  const now = (reason: SyncReason, managers: string[] = [], goesFirst = false) =>
    policyEffects('enforce', { reason, managers, goesFirst })[1];
  expect(now('NotAdopted')).toBe(
    'Nothing is written over now: the pool in the cluster is not ours. It takes effect once theirs is taken.',
  );
  for (const reason of [
    'PoolMadeAgain',
    'OwnedElsewhere',
    'Unreadable',
    'RefusedByCluster',
    'DeletionRefused',
    'RightMissing',
  ] as const) {
    expect(now(reason)).toMatch(/^Nothing is written over/);
  }
  expect(now('BeingDeleted')).toMatch(/^Nothing is written to it now: .* made again by itself\.$/);
  expect(now('WaitingForCluster', [], true)).toMatch(
    /^Nothing is written over now: .* ours is made when it is gone\.$/,
  );
  expect(now('DeletionRefused', [], true)).toBe(now('DeletionRefused'));
  // others own it by now, and say what is desired
  expect(now('AsDesired', ['argocd'])).toBe(now('OwnedElsewhere', ['argocd']));
  for (const reason of ['AsDesired', 'FieldChangedInCluster', 'WrittenOverAgain', 'PoolDeletedInCluster'] as const) {
    expect(now(reason)).toMatch(/^Where the cluster differs now, it is written over now/);
  }
  expect(policyEffects('ask', { reason: 'NotAdopted', managers: [], goesFirst: false })[1]).toBe(
    'What differs now stays as it is.',
  );
});
