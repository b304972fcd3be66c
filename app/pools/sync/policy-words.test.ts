import { expect, it } from 'vitest';
import { policyEffects } from './policy-words.ts';

it('enforce of what no policy writes over says what must come first', () => {
  const now = (reason: Parameters<typeof policyEffects>[1]) => policyEffects('enforce', reason)[1];
  expect(now('NotAdopted')).toBe(
    'Nothing is written over now: the pool in the cluster is not ours. It takes effect once theirs is taken.',
  );
  for (const reason of ['PoolMadeAgain', 'OwnedElsewhere', 'Unreadable'] as const) {
    expect(now(reason)).toMatch(/^Nothing is written over/);
  }
  for (const reason of ['AsDesired', 'FieldChangedInCluster', 'WrittenOverAgain', 'PoolDeletedInCluster'] as const) {
    expect(now(reason)).toMatch(/^Where the cluster differs now, it is written over now/);
  }
  expect(policyEffects('ask', 'NotAdopted')[1]).toBe('What differs now stays as it is.');
});
