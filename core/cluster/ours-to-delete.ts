import type { PoolField } from './compare.ts';
import type { LivePool } from './live-pool.ts';
import { ownershipBeside } from './released.ts';

/**
 * A pool that is deleted here takes only an object of ours with it: the very one that we applied, or one under our name where
 * nothing is known to be applied.
 */
export const oursToDelete = (
  live: Pick<LivePool, 'uid' | 'ownership' | 'claims'>,
  applied: { readonly uid: string } | null,
  released: readonly PoolField[],
): boolean => (applied === null || live.uid === applied.uid) && ownershipBeside(live, released).class === 'managed';
