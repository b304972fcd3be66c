/** What is going in the cluster: nothing is written to it, and nothing of it is taken. */
import { decideSync } from '../../../core/cluster/decide-sync.ts';
import { syncInputOf } from '../../controller/sync-input.ts';
import type { StoredPool } from '../../db/pools.ts';
import type { Standing } from './standing.ts';

export interface Going {
  /** it was deleted here, and the pool that is desired is made when it is gone */
  readonly here: boolean;
  /** the cluster is deleting it: nothing keeps it any more */
  readonly deleting: boolean;
  /** it is ours, and others delete it */
  readonly ours: boolean;
}

/** Null: the cluster has no such object, or it stays. */
export function goingOf(pool: StoredPool, standing: Standing): Going | null {
  const { live } = standing;
  if (live === undefined) return null;
  const next = decideSync(syncInputOf(pool, standing));
  const here = next.do === 'replace';
  if (!here && !live.deleting) return null;
  return { here, deleting: live.deleting, ours: next.do === 'nothing' && next.reason === 'BeingDeleted' };
}
