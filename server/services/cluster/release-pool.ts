/** A pool is no longer decided here, and the cluster keeps what it has. */
import { oursToDelete } from '../../../core/cluster/ours-to-delete.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import type { Queryable } from '../../db/client.ts';
import { markLetGo } from '../../db/let-go.ts';
import { isRemade, type SyncRow } from '../../db/sync.ts';
import type { Decision } from '../changes/decision.ts';
import type { Standing } from './standing.ts';

/**
 * The object stays, but for one that is being deleted, and our name is to go from it: also where what was decided before is on its way, and
 * it bears that only then. The caller holds the live row.
 */
export async function releasePool(
  tx: Queryable,
  { name, spec }: Pool,
  standing: Standing,
  version: number,
): Promise<Decision> {
  const { live } = standing;
  await markLetGo(tx, name, version, goingByUs(standing));
  const before = { name, spec, ...(live === undefined ? { absent: true } : live.deleting ? { deleting: true } : {}) };
  return { action: 'pool.release', remove: [name], before };
}

/**
 * What the cluster deletes already, and a deletion here has asked for, goes by that one. Where the cluster was not seen to delete it nothing
 * is kept: a release asks for nothing to go. The object is named, so that no other one of the name goes for it.
 */
function goingByUs({ live, row }: Standing): Pick<SyncRow, 'applied' | 'deletedBy'> | null {
  if (row === undefined || !live?.deleting) return null;
  if (!isRemade(row, live) || !oursToDelete(live, row.applied)) return null;
  // version 0: what it was applied as was not noted
  const { applied, deletedBy } = row;
  if (applied !== null) return { applied, deletedBy };
  return live.pool === null ? null : { applied: { uid: live.uid, version: 0, spec: live.pool.spec }, deletedBy };
}
