import type { LivePool } from './live-pool.ts';

/**
 * A pool that is deleted here takes only an object of ours with it: the very one that we applied, or one under our name where
 * nothing is known to be applied.
 */
export const oursToDelete = (
  { uid, ownership }: Pick<LivePool, 'uid' | 'ownership'>,
  applied: { readonly uid: string } | null,
): boolean => (applied === null || uid === applied.uid) && ownership.class === 'managed';
