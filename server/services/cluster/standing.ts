/** How pools of ours stand in the cluster, read of all at once that a decision is about: others wait for whoever decides. */
import type { PoolField } from '../../../core/cluster/compare.ts';
import type { LivePool } from '../../../core/cluster/live-pool.ts';
import type { Queryable } from '../../db/client.ts';
import { readLivePools } from '../../db/live.ts';
import { readReleased } from '../../db/released.ts';
import { readSync, type SyncRow } from '../../db/sync.ts';

export interface Standing {
  readonly live: LivePool | undefined;
  readonly row: SyncRow | undefined;
  /** fields that were let go */
  readonly released: readonly PoolField[];
}

/** Of each of these names. */
export async function readStandings(db: Queryable, names: readonly string[]): Promise<(name: string) => Standing> {
  const [pools, rows, released] = await Promise.all([
    readLivePools(db, names),
    readSync(db, names),
    readReleased(db, names),
  ]);
  const liveOf = new Map(pools.map((pool) => [pool.name, pool]));
  const rowOf = new Map(rows.map((row) => [row.name, row]));
  return (name) => ({
    live: liveOf.get(name),
    row: rowOf.get(name),
    released: released.get(name)?.fields ?? [],
  });
}
