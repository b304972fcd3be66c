import type { SyncInput } from '../../core/cluster/decide-sync.ts';
import { withReleased } from '../../core/cluster/released.ts';
import { seenOf } from '../../core/cluster/seen.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import type { PoolAtHand } from '../db/at-hand.ts';
import { appliedTo, isRemade } from '../db/sync.ts';

export interface Standing extends SyncInput {
  /** what is desired, with the cluster's values of what is let go */
  readonly wanted: PoolSpec;
  /** its last change is force that was decided about another state than the cluster has: it is void */
  readonly isVoid: boolean;
}

/** What is decided about a pool that is desired, from what is at hand. */
export function syncInputOf(
  pool: NonNullable<PoolAtHand['pool']>,
  { row, live, released }: Pick<PoolAtHand, 'row' | 'live' | 'released'>,
): Standing {
  const { name, spec, sequence } = pool;
  const wanted = withReleased(spec, released, live?.pool?.spec ?? null);
  const toForce = row?.forceVersion === sequence;
  const forced = toForce && row.forceSeen === seenOf(wanted, live);
  const isVoid = toForce && !forced;
  return {
    wanted,
    isVoid,
    // what came since force was decided was not written over by that decision, and is not by it: it waits for another one
    desired: { name, spec, version: isVoid ? (row.applied?.version ?? 0) : sequence },
    live: live ?? null,
    // deleted here and made again: that the object is gone is what was wanted
    applied: appliedTo(row, live),
    remade: isRemade(row, live),
    policy: row?.policy ?? 'ask',
    released,
    forced,
  };
}
