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
  /** what is there was made again here, since others had deleted it, and nobody noted that it was */
  readonly isMade: boolean;
}

/** What is decided about a pool that is desired, from what is at hand. */
export function syncInputOf(
  pool: NonNullable<PoolAtHand['pool']>,
  { row, live, released, unforced = 0 }: Pick<PoolAtHand, 'row' | 'live' | 'released' | 'unforced'>,
): Standing {
  const { name, spec, sequence } = pool;
  const wanted = withReleased(spec, released, live?.pool?.spec ?? null);
  const isMade = row?.applied?.uid === null && live?.ownership.class === 'managed';
  // what force makes again moved nothing of what it was decided about
  const toForce = row?.forceVersion === sequence && !isMade;
  const forced = toForce && row.forceSeen === seenOf(wanted, live);
  const isVoid = toForce && !forced;
  return {
    wanted,
    isVoid,
    isMade,
    // what came since force was decided was not written over by that decision, and is not by it; what was decided before it holds
    desired: { name, spec, version: isVoid ? Math.max(row.applied?.version ?? 0, unforced) : sequence },
    live: live ?? null,
    // deleted here and made again: that the object is gone is what was wanted
    applied: appliedTo(row, live),
    remade: isRemade(row, live),
    policy: row?.policy ?? 'ask',
    released,
    forced,
  };
}
