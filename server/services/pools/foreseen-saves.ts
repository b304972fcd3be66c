/** What the cluster will not take of pools as they are saved, by what is known of its objects: nothing is asked of it. */
import { foreseeSave } from '../../../core/cluster/foresee-save.ts';
import type { Pool, Warning } from '../../../core/pool/spec.ts';
import { readLivePools } from '../../db/live.ts';
import { readPools } from '../../db/pools.ts';
import { readReleased, showReleased } from '../../db/released.ts';
import { appliedSince, readSync } from '../../db/sync.ts';
import type { Deps } from '../deps.ts';

/** Of pools that are about to be saved, or just were. Nothing without a cluster. */
export async function foreseenSaves(
  { cluster, db }: Pick<Deps, 'cluster' | 'db'>,
  pools: readonly Pool[],
): Promise<(pool: Pool) => Warning[]> {
  if (cluster === null || pools.length === 0) return () => [];
  const names = pools.map(({ name }) => name);
  const [stored, rows, found, released] = await db.together((on) =>
    Promise.all([readPools(on, names), readSync(on, names), readLivePools(on, names), readReleased(on, names)]),
  );
  const shown = new Map(showReleased(stored, released).map(({ name, spec }) => [name, spec]));
  const row = new Map(rows.map((one) => [one.name, one]));
  const live = new Map(found.map((one) => [one.name, one]));
  return (pool) => {
    const { name } = pool;
    const there = live.get(name) ?? null;
    return foreseeSave({
      pool,
      shown: shown.get(name) ?? null,
      live: there,
      // deleted here and made again: that the object is gone is what was wanted
      applied: there === null ? appliedSince(row.get(name)) : (row.get(name)?.applied ?? null),
      policy: row.get(name)?.policy ?? 'ask',
      released: released.get(name)?.fields ?? [],
    });
  };
}
