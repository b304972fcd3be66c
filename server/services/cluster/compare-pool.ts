/** One pool of ours in the three forms it has: desired, in the cluster, and as it was last applied. */
import { z } from 'zod';
import { applyBody, compareFields } from '../../../core/cluster/compare.ts';
import { readLivePools } from '../../db/live.ts';
import { readPools } from '../../db/pools.ts';
import { readSync } from '../../db/sync.ts';
import type { Deps } from '../deps.ts';
import { poolNotFound } from '../pools/get-pool.ts';
import { clusterOf } from './cluster.ts';
import { seenOf } from './seen.ts';
import { isBehind, syncViewSchema, viewSync } from './sync-view.ts';

export const comparisonSchema = z.object({
  sync: syncViewSchema,
  /** the version that `expectedVersion` of a choice must name */
  version: z.int(),
  /** of the object in the cluster and of the rows that differ: a choice that names it is refused when they are others by then */
  seen: z.string(),
  /** null: the cluster has no such pool */
  live: z
    .object({
      owner: z.string(),
      class: z.string(),
      resourceVersion: z.string(),
      problems: z.array(z.object({ field: z.string(), message: z.string() })),
    })
    .nullable(),
  rows: z.array(
    z.object({
      field: z.string(),
      desired: z.unknown(),
      live: z.unknown(),
      applied: z.unknown(),
      differs: z.boolean(),
      managers: z.array(z.string()),
    }),
  ),
  /** what is to be written where the pool comes from, as a YAML of the spec, when it is not ours to write */
  patch: z.string(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** Throws NO_CLUSTER, NOT_FOUND. */
export async function comparePool(deps: Deps, name: string): Promise<Comparison> {
  clusterOf(deps);
  const [[pool], [row], [live]] = await Promise.all([
    readPools(deps.db, [name]),
    readSync(deps.db, [name]),
    readLivePools(deps.db, [name]),
  ]);
  if (pool === undefined) throw poolNotFound(name);
  const rows = compareFields({
    desired: pool.spec,
    live: live?.pool?.spec ?? null,
    applied: row?.applied?.spec ?? null,
    claims: live?.claims ?? [],
  });
  const spec = applyBody(pool.spec, live?.pool?.spec ?? null);
  return {
    sync: viewSync(row, isBehind(row, pool)),
    version: pool.sequence,
    seen: seenOf(pool.spec, live),
    live:
      live === undefined
        ? null
        : {
            owner: live.ownership.owner,
            class: live.ownership.class,
            resourceVersion: live.resourceVersion,
            problems: live.problems.map((problem) => ({ ...problem })),
          },
    rows: rows.map((one) => ({ ...one, managers: [...one.managers] })),
    patch: JSON.stringify({ spec }, null, 2),
  };
}
