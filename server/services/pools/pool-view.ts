/** A pool as the API shows it: its spec, and what is known of it. */
import { z } from 'zod';
import { differingFields } from '../../../core/cluster/compare.ts';
import { inForce } from '../../../core/cluster/live-pool.ts';
import { sharedSource } from '../../../core/nat/shared-source.ts';
import { facetsOf } from '../../../core/pool/defaults.ts';
import { facetsSchema, type Pool, poolSpecSchema, violationSchema, warningSchema } from '../../../core/pool/spec.ts';
import { MOST_OVERLAPS, validateAmong } from '../../../core/pool/validate.ts';
import type { Queryable } from '../../db/client.ts';
import { lastLiveChanges, readLivePools } from '../../db/live.ts';
import { type Overlaps, overlapsOf, type StoredPool } from '../../db/pools.ts';
import { type ReleasedByName, readReleased, showReleased } from '../../db/released.ts';
import { readSync } from '../../db/sync.ts';
import { isBehind, type SyncView, syncViewSchema, viewSync } from '../cluster/sync-view.ts';
import type { Deps } from '../deps.ts';
import { nodesByState } from '../nodes/node-state.ts';
import { decidedBySchema, viewDecidedBy } from './decided-by.ts';
import { overlapsOfOthers } from './overlaps-of-others.ts';
import { warnAbout } from './warn-about.ts';

export const poolViewSchema = z.object({
  name: z.string(),
  spec: poolSpecSchema,
  facets: facetsSchema,
  /** the number of the change that last wrote it: hand it back as `expectedVersion` */
  version: z.int(),
  /** the cluster's object against ours; null: there is no cluster */
  sync: syncViewSchema.nullable(),
  /** what the cluster does with it where it is not as desired, or that it has none; null: as desired, not known, or no cluster */
  live: z.union([facetsSchema, z.literal('none')]).nullable(),
  /** nodes that hold it in their kernel as it is now; with a cluster its nodes count, and no other (db/nodes.ts) */
  nodes: z.object({ programmed: z.int(), total: z.int() }),
  /** connections NATed for it so far, all nodes; a decimal string above 2^53 */
  natted: z.union([z.int().min(0), z.string().regex(/^\d+$/)]),
  /** of traffic from it, where pools that share its addresses decide: `by` names the first 100 */
  decidedBy: decidedBySchema,
  /** with a cluster also those that others' pools there make it break */
  violations: z.array(violationSchema),
  warnings: z.array(warningSchema),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type PoolView = z.infer<typeof poolViewSchema>;

/** Of a field that is let go the cluster's value is told. */
export async function viewPools(deps: Deps, stored: readonly StoredPool[]): Promise<PoolView[]> {
  const names = stored.map(({ name }) => name);
  const [[{ groups, total }, natted, overlapping, cluster], warn] = await Promise.all([
    deps.db.together((db) => {
      return Promise.all([
        deps.effective.ledger.head(db).then(({ revision }) => nodesByState(db, revision, deps.now())),
        deps.counters.natted(db),
        overlapsOf(db, names, MOST_OVERLAPS),
        deps.effective === deps.state ? null : inCluster(db, stored),
      ]);
    }),
    // apart: a state that is read anew wants a connection of its own, and whoever waits for one must hold none
    warnAbout(deps),
  ]);
  const pools = cluster === null ? stored : showReleased(stored, cluster.released);
  const warningsOf = warn([]);
  const ofOthers = overlapsOfOthers(deps);
  const programmed = groups.filter(({ is }) => is === 'Programmed');
  // from that number on a node holds the pool as it is desired; undefined: the cluster has none that is so
  const holding = (since: number | undefined): number =>
    programmed.reduce(
      (sum, group) => sum + (since !== undefined && (group.holding ?? -1) >= since ? group.nodes : 0),
      0,
    );
  return pools.map((stored) => {
    const pool: Pool = { name: stored.name, spec: stored.spec };
    const ours = overlapping.get(stored.name) ?? { first: [], count: 0 };
    const others = ofOthers(pool);
    const sync = cluster?.sync.get(stored.name) ?? null;
    const since =
      cluster === null ? stored.sequence : cluster.asDesired(stored) ? cluster.moved.get(stored.name) : undefined;
    return {
      ...pool,
      facets: facetsOf(stored.spec),
      version: stored.sequence,
      sync,
      live: cluster?.live(stored.name) ?? null,
      nodes: { programmed: holding(since), total },
      natted: counter(natted.get(stored.spec.cidr) ?? 0n),
      // of others all: unlike ours, no rule keeps them few
      decidedBy: viewDecidedBy(sharedSource(pool, [...ours.first, ...others.all]), MOST_OVERLAPS),
      violations: validateAmong(pool, both(ours, others)),
      warnings: warningsOf(pool),
      createdAt: stored.createdAt.toISOString(),
      updatedAt: stored.updatedAt.toISOString(),
    };
  });
}

const both = (ours: Overlaps, others: Overlaps): Overlaps => ({
  first: [...ours.first, ...others.first],
  count: ours.count + others.count,
});

interface InCluster {
  readonly sync: ReadonlyMap<string, SyncView>;
  /** the live change that last moved each pool */
  readonly moved: ReadonlyMap<string, number>;
  readonly released: ReleasedByName;
  /** Whether the cluster says what is desired. Who made it so does not matter to nodes: one that needs a decision may be. */
  asDesired(pool: StoredPool): boolean;
  live(name: string): PoolView['live'];
}

async function inCluster(db: Queryable, pools: readonly StoredPool[]): Promise<InCluster> {
  const names = pools.map(({ name }) => name);
  const [rows, moved, released] = await Promise.all([
    readSync(db, names),
    lastLiveChanges(db, names),
    readReleased(db, names),
  ]);
  const known = new Map(rows.map((row) => [row.name, row]));
  const sync = new Map(
    pools.map((pool) => {
      const row = known.get(pool.name);
      return [pool.name, viewSync(row, isBehind(row, pool), released.get(pool.name)?.fields)];
    }),
  );
  const apart = names.filter((name) => sync.get(name)?.state !== 'Synced');
  const live = apart.length === 0 ? [] : await readLivePools(db, apart);
  const specs = new Map(live.map((one) => [one.name, inForce(one)?.spec]));
  return {
    sync,
    moved,
    released,
    asDesired({ name, spec }) {
      if (sync.get(name)?.state === 'Synced') return true;
      const held = specs.get(name);
      return held !== undefined && differingFields(spec, held).length === 0;
    },
    live(name) {
      const state = sync.get(name)?.state;
      const held = specs.get(name);
      if (state === 'Synced') return null;
      if (held !== undefined) return facetsOf(held);
      return state === 'Pending' ? null : 'none';
    },
  };
}

/** Above 2^53 a JSON number would lose its last digits. */
export const counter = (value: bigint): number | string =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
