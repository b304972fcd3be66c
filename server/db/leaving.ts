/** Pools that were deleted here, and whose objects are to go too. */

import type { LivePool } from '../../core/cluster/live-pool.ts';
import { oursToDelete } from '../../core/cluster/ours-to-delete.ts';
import type { Queryable } from './client.ts';

/** By name the uid of the object that goes. One that is not ours is not in it: it stays in the cluster, as what it is there. */
export async function readLeaving(db: Queryable): Promise<Map<string, string>> {
  const rows = await db.query<{ object: LivePool; applied_uid: string | null }>(
    `SELECT l.object, s.applied_uid FROM sync s JOIN live_pool l ON l.name = s.name
     WHERE s.deleted_by IS NOT NULL AND NOT EXISTS (SELECT FROM pool p WHERE p.name = s.name)`,
  );
  return new Map(
    rows
      .filter(({ object, applied_uid: uid }) => oursToDelete(object, uid === null ? null : { uid }))
      .map(({ object: { name, uid } }) => [name, uid]),
  );
}
