/** What a change of settings would do to connections, node by node, before it is saved: by the two states, exactly. */
import { z } from 'zod';
import { decideSettings } from '../../../core/cluster/decide-settings.ts';
import { changedObjects, nodeOf, settingsIn } from '../../../core/cluster/felix-objects.ts';
import { type LiveFelix, settingsOf } from '../../../core/cluster/live-settings.ts';
import { predictSettings } from '../../../core/cluster/predict-settings.ts';
import { settingsTaken } from '../../../core/cluster/settings-taken.ts';
import { canonicalSettings } from '../../../core/nat/canonical-settings.ts';
import { makeDecider } from '../../../core/nat/decide.ts';
import { defaultWay } from '../../../core/nat/default-way.ts';
import type { ClusterSettings, NatSettings } from '../../../core/nat/settings.ts';
import {
  type NodesDifference,
  type SettingsRegion,
  settingsDifferences,
} from '../../../core/nat/settings-difference.ts';
import { settingsDecided } from '../../db/changes.ts';
import type { Queryable } from '../../db/client.ts';
import { readDesired } from '../../db/desired.ts';
import { readLiveFelixes } from '../../db/live-felix.ts';
import { readNodeFacts, readNodeNames } from '../../db/nodes.ts';
import { type SyncRow, settingsSync } from '../../db/sync.ts';
import { refuseSettings } from '../changes/refuse-added.ts';
import type { Deps } from '../deps.ts';
import { poolsBesideSettings } from './effective-pools.ts';

const count = z.int().min(0);
/** The first of them, and how many there are. */
const rangesSchema = z.object({ ranges: z.array(z.string()), count });
const sourceSchema = z.object({ address: z.string().nullable(), ports: z.tuple([z.int(), z.int()]).nullable() });
const waySchema = z.object({ interface: z.string(), address: z.string().nullable() });

export const settingsEffectSchema = z.object({
  /** of the state in effect that it is compared with */
  revision: z.string(),
  /** no connection is judged differently */
  equal: z.boolean(),
  /** how many nodes are known */
  nodes: count,
  /** nodes for which it is the same stand together; after the first 50, ranges and ways are left out */
  groups: z.array(
    z.object({
      /** the first ones, with the way and address of their default routes (null: not known) */
      nodes: z.array(
        z.object({ name: z.string(), ways: z.object({ 4: waySchema.nullable(), 6: waySchema.nullable() }) }),
      ),
      /** 0: no node is known; it holds for each that comes */
      count,
      regions: z.array(
        z.object({
          family: z.literal([4, 6]),
          from: rangesSchema,
          to: rangesSchema,
          nodes: z.boolean(),
          out: z.object({ only: z.string().nullable(), not: z.string().nullable() }),
          before: sourceSchema.nullable(),
          after: sourceSchema.nullable(),
        }),
      ),
    }),
  ),
  /** objects of which nothing is written, because others hold these fields at another value */
  contested: z.array(z.object({ object: z.string(), fields: z.array(z.string()), managers: z.array(z.string()) })),
  /** objects of which nothing is written, because others deleted them in the cluster: that is decided about first */
  deleted: z.array(z.string()),
});
export type SettingsEffect = z.infer<typeof settingsEffectSchema>;

/**
 * `next`: all that is to be decided; `forced`: objects that are applied by force. With a cluster, what it would have after
 * that: what others hold stays, and an object that is contested is not written at all. Throws SETTINGS_VIOLATIONS.
 */
export async function previewSettings(
  { db, cluster, effective }: Pick<Deps, 'db' | 'cluster' | 'effective'>,
  next: ClusterSettings,
  forced: readonly string[] = [],
): Promise<SettingsEffect> {
  await effective.refresh();
  const [head, desired, known, beside] = await Promise.all([
    effective.ledger.head(db),
    readDesired(db),
    readNodeNames(db),
    poolsBesideSettings(db, cluster !== null),
  ]);
  const settings = canonicalSettings(next);
  refuseSettings(desired.settings, beside, settings, beside);
  const pools = effective.pools();
  const predicted =
    cluster === null
      ? { after: settings, contested: [], deleted: [] }
      : await predictCluster({ db }, desired.settings, settings, forced);
  // as the mirror takes it: an object that means nothing keeps what it said before, and no other one is held up by it
  const after = cluster === null ? settings : settingsTaken(predicted.after, head.settings, pools);
  const named = [...Object.keys(head.settings.nodes), ...Object.keys(after.nodes)];
  // where no node is known, whichever comes has what holds for all of them
  const nodes = [...new Set([...(known.length > 0 ? known : [ANY]), ...named])];
  const decider = makeDecider({ pools, settings: {}, hosts: head.hosts });
  const groups = settingsDifferences(decider, head.settings, after, nodes).map((group) =>
    group.nodes.includes(ANY) ? { ...group, nodes: [] } : group,
  );
  return {
    revision: head.revision,
    equal: groups.length === 0,
    nodes: known.length,
    groups: await withWays({ db }, groups),
    contested: predicted.contested,
    deleted: predicted.deleted,
  };
}

/** No node has this name. */
const ANY = '';

async function predictCluster(
  { db }: Pick<Deps, 'db'>,
  before: ClusterSettings,
  next: ClusterSettings,
  forced: readonly string[],
): Promise<{ after: ClusterSettings } & Pick<SettingsEffect, 'contested' | 'deleted'>> {
  const [felixes, rows] = await Promise.all([readLiveFelixes(db), settingsSync.read(db)]);
  const objects = new Map(felixes.map((felix) => [felix.name, felix]));
  const known = new Map(rows.map((row) => [row.name, row]));
  const contested: SettingsEffect['contested'] = [];
  const deleted: string[] = [];
  for (const name of new Set([...changedObjects(before, next), ...forced])) {
    const live = objects.get(name) ?? null;
    const row = known.get(name);
    const last = row?.applied ?? null;
    const decision = decideSettings({
      desired: settingsIn(next, name),
      live,
      applied: last === null ? null : { settings: last.spec },
      forced: forced.includes(name),
      // of what is decided now it is not said whether it came
      since: [settingsIn(before, name), ...(await sinceApplied(db, name, row))],
    });
    if (live === null && decision.do === 'nothing') deleted.push(name);
    const { settings, contested: held } = predictSettings(live, decision);
    if (held !== null) contested.push({ object: name, fields: [...held.fields], managers: [...held.managers] });
    objects.set(name, { ...(live ?? unmade(name)), settings });
  }
  return { after: canonicalSettings(settingsOf(objects.values())), contested, deleted };
}

/** What was decided since the cluster was as it was decided, the last decisions. */
async function sinceApplied(
  db: Queryable,
  name: string,
  row: SyncRow<NatSettings> | undefined,
): Promise<NatSettings[]> {
  if (row === undefined || row.state === 'Synced') return [];
  return settingsDecided(db, name, { after: row.applied?.version ?? 0, until: Number.MAX_SAFE_INTEGER });
}

const unmade = (name: string): LiveFelix => ({
  name,
  uid: '',
  resourceVersion: '',
  settings: null,
  node: nodeOf(name) ?? undefined,
  nftablesMode: null,
  problems: [],
  claims: [],
});

/** Of thousands of nodes the first say what it is like. */
const NODES = 50;
const RANGES = 20;
/** groups that are told with their ranges and ways: each of thousands of nodes may be one */
const GROUPS = 50;

async function withWays(
  { db }: Pick<Deps, 'db'>,
  groups: readonly NodesDifference[],
): Promise<SettingsEffect['groups']> {
  const shown = groups.slice(0, GROUPS).flatMap(({ nodes }) => nodes.slice(0, NODES));
  const facts = await readNodeFacts(db, shown);
  const wayOf = (name: string, family: 4 | 6) => defaultWay(facts.get(name) ?? null, family);
  return groups.map(({ nodes, regions }, at) => ({
    nodes: nodes.slice(0, NODES).map((name) => ({ name, ways: { 4: wayOf(name, 4), 6: wayOf(name, 6) } })),
    count: nodes.length,
    regions: regions.map((region) => shorten(region, at < GROUPS ? RANGES : 0)),
  }));
}

const shorten = (
  { from, to, before, after, ...rest }: SettingsRegion,
  most: number,
): SettingsEffect['groups'][number]['regions'][number] => ({
  ...rest,
  from: { ranges: from.slice(0, most), count: from.length },
  to: { ranges: to.slice(0, most), count: to.length },
  before: before === null ? null : { ...before, ports: before.ports === null ? null : [...before.ports] },
  after: after === null ? null : { ...after, ports: after.ports === null ? null : [...after.ports] },
});
