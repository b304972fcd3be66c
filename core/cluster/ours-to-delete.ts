import type { LivePool } from './live-pool.ts';
import { isApplier } from './ownership.ts';

/**
 * A pool that is deleted here takes only an object of ours with it: the very one that we applied, or one under our name where
 * nothing is known to be applied. Who applies its CIDR as well has the whole pool in a source of its own, and would only make it
 * again: our name on it goes, and nothing else.
 */
export const oursToDelete = (
  live: Pick<LivePool, 'uid' | 'ownership' | 'claims'>,
  applied: { readonly uid: string } | null,
): boolean =>
  (applied === null || live.uid === applied.uid) && live.ownership.class === 'managed' && !isAppliedByOthers(live);

export const isAppliedByOthers = ({ claims }: Pick<LivePool, 'claims'>): boolean =>
  claims.some((claim) => isApplier(claim) && claim.fields.includes('cidr'));
