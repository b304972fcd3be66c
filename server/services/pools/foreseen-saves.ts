/** What the cluster will not take of pools as they are saved, by what is known of its objects: nothing is asked of it. */
import { foreseeSave } from '../../../core/cluster/foresee-save.ts';
import { withReleased } from '../../../core/cluster/released.ts';
import type { Pool, Warning } from '../../../core/pool/spec.ts';
import { readAtHand } from '../../db/at-hand.ts';
import { appliedTo, isRemade } from '../../db/sync.ts';
import type { Deps } from '../deps.ts';

/** Of pools that are about to be saved, or just were. Nothing without a cluster. */
export async function foreseenSaves(
  { cluster, db }: Pick<Deps, 'cluster' | 'db'>,
  pools: readonly Pool[],
): Promise<(pool: Pool) => Warning[]> {
  if (cluster === null || pools.length === 0) return () => [];
  const names = pools.map(({ name }) => name);
  const atHand = await readAtHand(db, names);
  return (pool) => {
    const { pool: stored, row, live = null, released = [] } = atHand.get(pool.name) ?? {};
    return foreseeSave({
      pool,
      shown: stored === undefined ? null : withReleased(stored.spec, released, live?.pool?.spec ?? null),
      live,
      // deleted here and made again: that the object is gone is what was wanted
      applied: appliedTo(row, live ?? undefined),
      remade: isRemade(row, live ?? undefined),
      policy: row?.policy ?? 'ask',
      released,
    });
  };
}
