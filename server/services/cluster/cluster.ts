/** The cluster at one glance: is it heard, who leads, and how do our pools stand there. */
import { z } from 'zod';
import type { ComeBack, Lacks } from '../../../core/cluster/come-back.ts';
import { syncStates } from '../../../core/cluster/sync-state.ts';
import { readLiveFelixes } from '../../db/live-felix.ts';
import { readWatch } from '../../db/live-watch.ts';
import { countPools } from '../../db/pool-counts.ts';
import { countSettingsSync } from '../../db/sync.ts';
import { AppError } from '../app-error.ts';
import type { Deps } from '../deps.ts';
import { felixProblemSchema, felixProblems } from './felix-problems.ts';
import { standingOf } from './live-pools.ts';
import type { Cluster } from './reach.ts';

const count = z.int().min(0);
export const clusterViewSchema = z.object({
  server: z.string(),
  /** API group and version that the pools are in; null: none is served */
  group: z.string().nullable(),
  /** null: no leader has told yet */
  phase: z.enum(['no-pools', 'starting', 'live', 'blind']).nullable(),
  since: z.iso.datetime().nullable(),
  heardAt: z.iso.datetime().nullable(),
  error: z.string().nullable(),
  leader: z.string().nullable(),
  /** pools that wait to be brought to what is desired */
  queued: count,
  counts: z.record(z.enum(syncStates), count),
  /** FelixConfigurations about which something is decided here, by how they stand */
  settings: z.record(z.enum(syncStates), count),
  /**
   * pools of the cluster by how they stand; one that is being deleted there, or was deleted here and is there still, is `deleting`, and one that Calico cannot
   * read decides nothing and is `unreadable`, both whoever's they are; of so many that are `deleting` the cluster refuses it (`refused`)
   */
  live: z.object({
    managed: count,
    observed: count,
    foreign: count,
    deleting: count,
    refused: count,
    unreadable: count,
  }),
  /** pools that are done with here: of so many the cluster refuses to delete the object, or to take our name from the one that stays */
  refused: z.object({ deletion: count, release: count }),
  /** settings that the cluster has and that stop Felix */
  problems: z.array(felixProblemSchema),
  /** the types came back after a loss and lack what was known (`cluster.previewFollow` has the names); null: they did not, or lack nothing */
  back: z
    .object({
      group: z.string(),
      since: z.iso.datetime(),
      pools: z.object({ known: count, missing: count }),
      settings: z.object({ known: count, missing: count }),
    })
    .nullable(),
  /** neither group serves the types, and no pools were ever known: our copy of them may be applied */
  typesMissing: z.boolean(),
  /** what this server does in the election */
  election: z.object({ role: z.string(), holder: z.string().nullable(), error: z.string().nullable() }),
});
export type ClusterView = z.infer<typeof clusterViewSchema>;

/** Throws NO_CLUSTER. */
export async function getCluster(deps: Deps): Promise<ClusterView> {
  const { server, election } = clusterOf(deps);
  const [{ watch, heardAt, leader }, { owners, sync, refused }, settings, felix] = await Promise.all([
    readWatch(deps.db),
    countPools(deps.db),
    countSettingsSync(deps.db),
    readLiveFelixes(deps.db),
    deps.effective.refresh(),
  ]);
  const standing = { managed: 0, observed: 0, foreign: 0, deleting: 0, refused: 0, unreadable: 0 };
  for (const { class: owner, ours, deleting, refused: stays, count, unreadable } of owners) {
    standing[deleting ? 'deleting' : standingOf(owner, ours)] += count - unreadable;
    if (stays) standing.refused += count - unreadable;
    standing.unreadable += unreadable;
  }
  const { role, holder, error } = election();
  return {
    server,
    group: watch?.group ?? null,
    phase: watch?.phase ?? null,
    since: watch === null ? null : new Date(watch.since).toISOString(),
    heardAt: heardAt?.toISOString() ?? null,
    error: watch?.error ?? null,
    leader,
    queued: watch?.queued ?? 0,
    counts: sync,
    settings,
    live: standing,
    refused,
    problems: felixProblems(felix, deps.effective.pools(), deps.effective.settings),
    back: backOf(watch?.back ?? null),
    typesMissing: watch?.phase === 'no-pools' && watch.from === null,
    election: { role, holder, error: error?.message ?? null },
  };
}

function backOf(back: ComeBack | null): ClusterView['back'] {
  if (back === null) return null;
  const counted = ({ known, missing }: Lacks) => ({ known, missing: missing.length });
  return {
    group: back.group,
    since: new Date(back.since).toISOString(),
    pools: counted(back.pools),
    settings: counted(back.settings),
  };
}

export const rightsViewSchema = z.object({
  user: z.string(),
  rights: z.array(
    z.object({
      verb: z.string(),
      resource: z.string(),
      group: z.string(),
      namespace: z.string().optional(),
      /** of the one object that the right is about */
      name: z.string().optional(),
      allowed: z.boolean(),
    }),
  ),
});

/** Throws NO_CLUSTER, CLUSTER_AWAY. */
export async function getRights(deps: Deps): Promise<z.infer<typeof rightsViewSchema>> {
  try {
    const { user, rights } = await clusterOf(deps).rights();
    return { user, rights: rights.map((right) => ({ ...right })) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('CLUSTER_AWAY', `the cluster does not say what we may do: ${reason}`);
  }
}

export function clusterOf({ cluster }: Deps): Cluster {
  if (cluster !== null) return cluster;
  throw new AppError('NO_CLUSTER', 'there must be a cluster: this server runs without one (OUTGATE_CLUSTER)');
}
