/** One pool of ours in the three forms it has: desired, in the cluster, and as it was last applied. */
import { z } from 'zod';
import { applyBody, compareFields } from '../../../core/cluster/compare.ts';
import { copyPatch, isTigeras, theirPool } from '../../../core/cluster/copy-patch.ts';
import { heldBy, inForce, type LivePool } from '../../../core/cluster/live-pool.ts';
import { ourClaim } from '../../../core/cluster/managed-fields.ts';
import { whyNotReleased } from '../../../core/cluster/released.ts';
import { seenOf } from '../../../core/cluster/seen.ts';
import { type PoolSpec, poolSpecSchema } from '../../../core/pool/spec.ts';
import { readLivePools } from '../../db/live.ts';
import { readPools } from '../../db/pools.ts';
import { readReleased, showReleased } from '../../db/released.ts';
import { appliedSince, readSync } from '../../db/sync.ts';
import type { Deps } from '../deps.ts';
import { poolNotFound } from '../pools/get-pool.ts';
import { clusterOf } from './cluster.ts';
import { type Going, goingOf } from './going.ts';
import { ownerClass, standingOf } from './live-pools.ts';
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
      class: ownerClass,
      /** what the owner was told from */
      evidence: z.object({ field: z.string(), value: z.string() }).nullable(),
      /** what nodes follow; null: Calico cannot read it */
      spec: poolSpecSchema.nullable(),
      resourceVersion: z.string(),
      problems: z.array(z.object({ field: z.string(), message: z.string() })),
    })
    .nullable(),
  /**
   * the object there goes: `here` where it was deleted here, and the pool that is desired is made when it is gone; `deleting` where the cluster
   * deletes it already, and what holds it there; null: there is none, or it stays
   */
  going: z.object({ here: z.boolean(), deleting: z.boolean(), finalizers: z.array(z.string()) }).nullable(),
  /** the cluster had it as ours: where it has none now, somebody deleted it there; false: it was not made there yet */
  made: z.boolean(),
  rows: z.array(
    z.object({
      field: z.string(),
      desired: z.unknown(),
      live: z.unknown(),
      applied: z.unknown(),
      differs: z.boolean(),
      managers: z.array(z.string()),
      /** our applies claim it there */
      held: z.boolean(),
      /** the cluster decides it: desired is what is live */
      released: z.boolean(),
      /** why it cannot be released; null: it can */
      releaseRefused: z.string().nullable(),
    }),
  ),
  /** what is to be written where the pool comes from, as YAML, and the fields that cannot be said there; null: it is ours to write */
  patch: z.object({ text: z.string(), without: z.array(z.string()) }).nullable(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** Throws NO_CLUSTER, NOT_FOUND. */
export async function comparePool(deps: Deps, name: string): Promise<Comparison> {
  clusterOf(deps);
  const [[stored], [row], [live], byName] = await Promise.all([
    readPools(deps.db, [name]),
    readSync(deps.db, [name]),
    readLivePools(deps.db, [name]),
    readReleased(deps.db, [name]),
  ]);
  if (stored === undefined) throw poolNotFound(name);
  const [pool = stored] = showReleased([stored], byName);
  const released = byName.get(name)?.fields ?? [];
  const rows = compareFields({
    desired: pool.spec,
    live: live?.pool?.spec ?? null,
    applied: row?.applied?.spec ?? null,
    claims: live?.claims ?? [],
    released,
  });
  return {
    sync: viewSync(row, isBehind(row, pool), released),
    version: pool.sequence,
    seen: seenOf(pool.spec, live, released),
    live:
      live === undefined
        ? null
        : {
            owner: live.ownership.owner,
            class: live.ownership.class,
            evidence: live.ownership.evidence === null ? null : { ...live.ownership.evidence },
            spec: inForce(live)?.spec ?? null,
            resourceVersion: live.resourceVersion,
            problems: live.problems.map((problem) => ({ ...problem })),
          },
    going: viewGoing(goingOf(stored, { live, row, released }), live),
    made: appliedSince(row) !== null,
    rows: rows.map((one) => ({
      ...one,
      managers: [...one.managers],
      held: ourClaim(live?.claims ?? [])?.fields.includes(one.field) ?? false,
      released: released.includes(one.field),
      releaseRefused: whyNotReleased(one.field, live, row?.applied ?? null),
    })),
    patch: live === undefined ? null : await patchFor(deps, live, pool.spec),
  };
}

const viewGoing = (going: Going | null, live: LivePool | undefined): Comparison['going'] =>
  going && { here: going.here, deleting: going.deleting, finalizers: live === undefined ? [] : heldBy(live) };

async function patchFor(deps: Deps, live: LivePool, desired: PoolSpec): Promise<Comparison['patch']> {
  const pool = theirPool(live);
  if (standingOf(pool.class, true) !== 'foreign') return null;
  const patch = copyPatch(pool, {
    all: isTigeras(pool) ? (await readLivePools(deps.db)).map(theirPool) : [],
    api: 'v3',
    desired: applyBody(desired, live.pool?.spec ?? null),
  });
  return patch && { text: patch.text, without: [...patch.without] };
}
