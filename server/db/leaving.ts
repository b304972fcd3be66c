/** Pools that were deleted here, and whose objects are to go too. */

import { heldBy, type LivePool } from '../../core/cluster/live-pool.ts';
import { oursToDelete } from '../../core/cluster/ours-to-delete.ts';
import type { Queryable } from './client.ts';

export interface Leaving {
  /** of the object that goes */
  readonly uid: string;
  /** the change that deleted it */
  readonly change: number;
  /** what the last try met, in the cluster's own words, and the right that is missing; null: it was not refused, or not tried yet */
  readonly refused: { readonly message: string; readonly missing: string | null } | null;
  /** what holds it there while the cluster deletes it, as far as that is known */
  readonly finalizers: readonly string[];
}

/** By name. One that is not ours is not in it: it stays in the cluster, as what it is there. */
export async function readLeaving(db: Queryable): Promise<Map<string, Leaving>> {
  const rows = await readDeleted(db);
  return new Map(rows.flatMap((row) => (row.again ? [] : [[row.object.name, leavingOf(row)]])));
}

/** The same of those of which a pool has the name here by now: what is there may stay and become that one, or go first. */
export async function readLeavingBefore(db: Queryable): Promise<Map<string, Leaving>> {
  const rows = await readDeleted(db);
  return new Map(rows.flatMap((row) => (row.again ? [[row.object.name, leavingOf(row)]] : [])));
}

const leavingOf = ({ object, deleted_by: by, refused }: Deleted): Leaving => ({
  uid: object.uid,
  change: Number(by),
  refused,
  finalizers: heldBy(object),
});

/** Uids of the objects that may go by a deletion here at any time: also of pools that were made again since. */
export const readGoing = async (db: Queryable): Promise<Set<string>> =>
  new Set((await readDeleted(db)).map(({ object: { uid } }) => uid));

interface Deleted {
  readonly object: LivePool;
  readonly applied_uid: string | null;
  readonly deleted_by: string;
  readonly refused: Leaving['refused'];
  /** a pool has the name here by now */
  readonly again: boolean;
}

// of a pool that was made again another refusal is one of what is desired
async function readDeleted(db: Queryable): Promise<Deleted[]> {
  const rows = await db.query<Deleted>(
    `SELECT l.object, s.applied_uid, s.deleted_by, CASE WHEN s.state IN ('Rejected', 'Forbidden') AND s.detail ? 'message'
         AND (p.name IS NULL OR s.reason = 'DeletionRefused' OR s.detail->>'missing' LIKE 'delete %')
       THEN jsonb_build_object('message', s.detail->>'message', 'missing', s.detail->>'missing') END AS refused,
       p.name IS NOT NULL AS again
     FROM sync s JOIN live_pool l ON l.name = s.name LEFT JOIN pool p ON p.name = s.name
     WHERE s.deleted_by IS NOT NULL AND (s.let_go_by IS NULL OR (l.object->>'deleting')::boolean)
     ORDER BY s.name COLLATE "C"`,
  );
  return rows.filter(({ object, applied_uid: uid }) => oursToDelete(object, uid === null ? null : { uid }));
}
