/** NAT settings in the three forms they have, object by object: decided here, in the cluster, and last applied. */
import { z } from 'zod';
import { statedFields } from '../../../core/cluster/decide-settings.ts';
import { nodeOf, objectAt, objectOf, objectsIn, settingsIn } from '../../../core/cluster/felix-objects.ts';
import { othersOn, ourClaim } from '../../../core/cluster/managed-fields.ts';
import { seenOfSettings } from '../../../core/cluster/seen.ts';
import { settingFields } from '../../../core/nat/settings.ts';
import { readDesired } from '../../db/desired.ts';
import { readLive, readLivePools } from '../../db/live.ts';
import { readLiveFelixes } from '../../db/live-felix.ts';
import { settingsSync } from '../../db/sync.ts';
import type { Deps } from '../deps.ts';
import { clusterOf } from './cluster.ts';
import { felixProblemSchema, felixProblems } from './felix-problems.ts';
import { syncViewSchema, viewSync } from './sync-view.ts';

const holderSchema = z.object({
  manager: z.string(),
  operation: z.enum(['Apply', 'Update']),
  /** when it last wrote, as the cluster says; null: it does not */
  at: z.string().nullable(),
});

const rowSchema = z.object({
  field: z.enum(settingFields),
  /** null: nobody decided about it here */
  desired: z.string().nullable(),
  live: z.string().nullable(),
  applied: z.string().nullable(),
  /** on Outgate's nodes, of what this object says; null: nothing */
  inForce: z.string().nullable(),
  /** it is decided here, and the cluster says something else */
  differs: z.boolean(),
  /** others that claim the field in the cluster */
  holders: z.array(holderSchema),
  /** our applies claim it there */
  held: z.boolean(),
});

export const settingsComparisonSchema = z.object({
  /** the version that `expectedVersion` of a choice must name */
  version: z.int(),
  objects: z.array(
    z.object({
      /** `default`, or `node.<name>` */
      object: z.string(),
      /** null: of all nodes */
      node: z.string().nullable(),
      exists: z.boolean(),
      /** its settings cannot be read: those before stay in force, and what it says now is not known */
      unreadable: z.boolean(),
      /** Outgate's nodes do not take it, whatever it says now: `inForce` is what it said before */
      kept: z.boolean(),
      nftablesMode: z.string().nullable(),
      /** null: nothing of it is decided here */
      sync: syncViewSchema.nullable(),
      /** of the rows that differ: a choice that names it is refused when they are others by then */
      seen: z.string(),
      rows: z.array(rowSchema),
    }),
  ),
  problems: z.array(felixProblemSchema),
});
export type SettingsComparison = z.infer<typeof settingsComparisonSchema>;

/** `default` first, then nodes by name. Throws NO_CLUSTER. */
export async function compareSettings(deps: Deps): Promise<SettingsComparison> {
  clusterOf(deps);
  const [desired, { settings: inForce }, felix, rows, pools] = await Promise.all([
    readDesired(deps.db),
    readLive(deps.db),
    readLiveFelixes(deps.db),
    settingsSync.read(deps.db),
    readLivePools(deps.db),
  ]);
  const known = new Map(felix.map((one) => [one.name, one]));
  const stands = new Map(rows.map((row) => [row.name, row]));
  const named = [...known.keys()].filter((name) => nodeOf(name) !== undefined);
  const names = new Set([...objectsIn(desired.settings), ...stands.keys(), ...named].sort());
  names.delete(objectOf(null));
  const problems = felixProblems(
    felix,
    pools.flatMap(({ pool }) => pool ?? []),
    inForce,
  );
  const kept = new Set(problems.flatMap(({ field, kept }) => (kept ? [objectAt(field)] : [])));
  return {
    version: desired.settingsVersion,
    objects: [objectOf(null), ...names].map((object) => {
      const own = settingsIn(desired.settings, object);
      const stays = settingsIn(inForce, object);
      const live = known.get(object);
      const row = stands.get(object);
      const unreadable = live !== undefined && live.problems.length > 0;
      const said = unreadable ? null : live?.settings;
      const fields = settingFields.map((field) => ({
        field,
        desired: own[field] ?? null,
        live: said?.[field] ?? null,
        applied: row?.applied?.spec[field] ?? null,
        inForce: stays[field] ?? null,
        differs: own[field] !== undefined && own[field] !== said?.[field],
        holders: othersOn(live?.claims ?? [], field).map(({ manager, operation, at }) => ({ manager, operation, at })),
        held: ourClaim(live?.claims ?? [])?.fields.includes(field) ?? false,
      }));
      return {
        object,
        node: nodeOf(object) ?? null,
        exists: live !== undefined,
        unreadable,
        kept: kept.has(object),
        nftablesMode: live?.nftablesMode ?? null,
        sync:
          row === undefined && statedFields(own).length === 0
            ? null
            : viewSync(
                row,
                fields.some(({ differs }) => differs),
              ),
        seen: seenOfSettings(own, live),
        rows: fields,
      };
    }),
    problems,
  };
}
