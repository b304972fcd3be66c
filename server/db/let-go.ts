/** Pools that are no longer decided here, and from whose objects our name is still to go. */
import type { Queryable } from './client.ts';
import { newSync, type SyncRow, writeSync } from './sync.ts';

/**
 * Nothing else is kept of them: neither what was applied nor a policy. `going`: the cluster deletes their object already, which a deletion
 * here has set going; no release stops that.
 */
export async function markLetGo(
  tx: Queryable,
  name: string,
  change: number,
  going: Pick<SyncRow, 'applied' | 'deletedBy'> | null = null,
): Promise<void> {
  await writeSync(tx, [{ ...newSync(name), ...going }]);
  await tx.query("UPDATE sync SET let_go_by = $2, released = '{}' WHERE name = $1", [name, change]);
}

export interface HeldFast {
  readonly since: Date;
  /** the cluster's own words */
  readonly message: string;
  /** the right that is missing; null: none is, or the cluster does not say so */
  readonly missing: string | null;
}

/** By name those from whose objects the cluster does not take our name, as the last try said; with those that it does not delete (`readLeaving`). */
export async function readHeldFast(db: Queryable): Promise<Map<string, HeldFast>> {
  const rows = await db.query<HeldFast & { name: string }>(
    `SELECT name, since, detail->>'message' AS message, detail->>'missing' AS missing FROM sync
     WHERE state IN ('Rejected', 'Forbidden') AND detail ? 'message' AND (let_go_by IS NOT NULL
       OR deleted_by IS NOT NULL AND NOT EXISTS (SELECT FROM pool WHERE pool.name = sync.name))`,
  );
  return new Map(rows.map(({ name, ...held }) => [name, held]));
}

/** Nothing is kept of these pools, unless one was made or adopted here meanwhile. Returns the names of those that were deleted here, and not released since. */
export async function forgetSync(tx: Queryable, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  // a statement of its own: the next one sees what was committed while this one waited for it (`writeChange`)
  await tx.query('SELECT FROM sync WHERE name = ANY($1::text[]) FOR UPDATE', [names]);
  const rows = await tx.query<{ name: string; deleted: boolean }>(
    `DELETE FROM sync WHERE name = ANY($1::text[]) AND NOT EXISTS (SELECT FROM pool WHERE pool.name = sync.name)
     RETURNING name, deleted_by IS NOT NULL AND let_go_by IS NULL AS deleted`,
    [names],
  );
  return rows.flatMap(({ name, deleted }) => (deleted ? name : []));
}
