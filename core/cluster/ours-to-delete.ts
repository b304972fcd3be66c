import type { LivePool } from './live-pool.ts';

/**
 * A pool that is deleted here takes only an object of ours with it: the very one that we applied, or one under our name where
 * nothing is known to be applied.
 */
export const oursToDelete = (
  live: Pick<LivePool, 'uid' | 'ownership'>,
  applied: { readonly uid: string } | null,
): boolean => (applied === null || live.uid === applied.uid) && live.ownership.class === 'managed';
