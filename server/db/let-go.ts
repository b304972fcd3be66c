/** Pools that were released here, and from whose objects our name is still to go. */
import type { Queryable } from './client.ts';
import { newSync, writeSync } from './sync.ts';

/** Nothing else is kept of them: neither what was applied nor a policy. */
export async function markLetGo(tx: Queryable, name: string, change: number): Promise<void> {
  await writeSync(tx, [newSync(name)]);
  await tx.query("UPDATE sync SET let_go_by = $2, released = '{}' WHERE name = $1", [name, change]);
}

/** Nothing is kept of these pools, unless one was made or adopted here meanwhile. */
export async function forgetSync(tx: Queryable, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await tx.query(
    `DELETE FROM sync WHERE name = ANY($1::text[]) AND NOT EXISTS (SELECT FROM pool WHERE pool.name = sync.name)`,
    [names],
  );
}
