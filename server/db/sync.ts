/** How each object of ours stands in the cluster: what was applied last, and what came of it (docs/decisions/0030-what-a-row-in-sync-says.md). */
import { type SyncPolicy, type SyncState, syncStates } from '../../core/cluster/sync-state.ts';
import type { NatSettings } from '../../core/nat/settings.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import type { Queryable } from './client.ts';

/** `Spec` is what was applied: of a pool all of it, of a FelixConfiguration the NAT settings alone. */
export interface SyncRow<Spec = PoolSpec> {
  readonly name: string;
  readonly policy: SyncPolicy;
  readonly state: SyncState;
  readonly reason: string;
  readonly detail: SyncDetail;
  readonly since: Date;
  /** the last apply that the server took; of settings `spec` is what was decided when they were looked at last */
  readonly applied: {
    /** null: it is made again, by an apply of which no answer came yet */
    readonly uid: string | null;
    readonly version: number;
    readonly spec: Spec;
  } | null;
  /** what was sent before this version is held off, or was tried to be; of what was sent since some may be carried out late */
  readonly settledVersion: number | null;
  /** this version may be applied by force: an operator saw whose fields it takes */
  readonly forceVersion: number | null;
  /** what was there then (core/cluster/seen.ts); null: something else was found, and whoever wants force decides it anew */
  readonly forceSeen: string | null;
  /** the change that deleted the pool here: its object is to go too */
  readonly deletedBy: number | null;
}

export interface SyncDetail {
  /** the cluster's own words, or ours where it said none */
  readonly message?: string;
  readonly fields?: readonly string[];
  readonly managers?: readonly string[];
  /** for Forbidden: the verb and resource that are missing */
  readonly missing?: string;
  /** times at which a change in the cluster was written over, the newest last */
  readonly rewrites?: readonly string[];
  /** of a pool that was deleted before anything was known to be applied: since when its object is seen not to be there */
  readonly absentSince?: string;
}

/** Of an object that the controller has not come to yet. */
export const newSync = (name: string): Omit<SyncRow<never>, 'since'> => ({
  name,
  policy: 'ask',
  state: 'Pending',
  reason: 'WaitingForCluster',
  detail: {},
  applied: null,
  settledVersion: null,
  forceVersion: null,
  forceSeen: null,
  deletedBy: null,
});

type Known<Applied> = Pick<SyncRow, 'deletedBy'> & { readonly applied: Applied | null };

/** What was applied of a pool since it was last made here: that an object of before is gone is what its deletion wanted. */
export const appliedSince = <Applied>(row: Known<Applied> | undefined): Applied | null =>
  row === undefined || row.deletedBy !== null ? null : row.applied;

/** What was applied to the object that is there: another one than the deletion here was about is none of before. */
export const appliedTo = <Applied extends { readonly uid: string | null }>(
  row: Known<Applied> | undefined,
  live: { readonly uid: string } | undefined,
): Applied | null => (row?.applied?.uid === live?.uid ? (row?.applied ?? null) : appliedSince(row));

/** It was deleted here, and what is there is the object that was to go: a pool that is desired was made again since. */
export const isRemade = (
  row: Known<{ readonly uid: string | null }> | undefined,
  live: { readonly uid: string } | undefined,
): boolean =>
  row !== undefined && row.deletedBy !== null && (row.applied?.uid == null || row.applied.uid === live?.uid);

/** What the controller writes: the policy is an operator's. */
export type SyncOutcomeRow<Spec = PoolSpec> = Omit<
  SyncRow<Spec>,
  'since' | 'policy' | 'settledVersion' | 'forceVersion' | 'forceSeen' | 'deletedBy'
> & {
  /** null: as it was */
  readonly settledVersion?: number | null;
  /** the use of force of this version is void */
  readonly forceVoid?: number;
};

export interface SyncTable<Spec> {
  /** All rows, or those of these names, in the order of names. */
  read(db: Queryable, names?: readonly string[]): Promise<SyncRow<Spec>[]>;
  /** Writes whole rows, in one statement; `since` moves when state or reason do, and of what is Synced with the version. */
  write(tx: Queryable, rows: readonly Omit<SyncRow<Spec>, 'since'>[]): Promise<void>;
  /**
   * Writes what came of these objects. What was decided about one meanwhile stays: its policy, and a deletion or the use of
   * force that is later than what was applied.
   */
  writeOutcomes(tx: Queryable, rows: readonly SyncOutcomeRow<Spec>[]): Promise<void>;
  /** No version of these objects may be applied by force any more. Returns the changes that were still to be. */
  unforce(tx: Queryable, names: readonly string[]): Promise<number[]>;
  remove(tx: Queryable, names: readonly string[]): Promise<void>;
}

/** Two tables of the same columns: a pool may have the name of a FelixConfiguration. */
function syncTable<Spec>(table: 'sync' | 'settings_sync'): SyncTable<Spec> {
  const columns =
    'name, policy, state, reason, detail, applied_uid, applied_version, applied_spec, settled_version, force_version, force_seen, deleted_by';
  // while a version waits for the cluster it is shown as Pending, of which the row says nothing
  const since = `since = CASE WHEN ${table}.state = excluded.state AND ${table}.reason = excluded.reason
    AND (excluded.state <> 'Synced' OR ${table}.applied_version IS NOT DISTINCT FROM excluded.applied_version)
    THEN ${table}.since ELSE now() END`;
  return {
    async read(db, names) {
      const all = `SELECT ${columns}, since FROM ${table}`;
      const rows = await (names === undefined
        ? db.query<SyncRecord<Spec>>(`${all} ORDER BY name`)
        : db.query<SyncRecord<Spec>>(`${all} WHERE name = ANY($1::text[]) ORDER BY name`, [names], `read-${table}`));
      return rows.map(syncRow);
    },
    async write(tx, rows) {
      await tx.query(
        `INSERT INTO ${table} (${columns})
         SELECT o->>'name', o->>'policy', o->>'state', o->>'reason', o->'detail', o->'applied'->>'uid',
           (o->'applied'->>'version')::bigint, o->'applied'->'spec', (o->>'settledVersion')::bigint,
           (o->>'forceVersion')::bigint, o->>'forceSeen', (o->>'deletedBy')::bigint
         FROM jsonb_array_elements($1::jsonb) AS o
         ON CONFLICT (name) DO UPDATE SET policy = excluded.policy, state = excluded.state, reason = excluded.reason,
           detail = excluded.detail, applied_uid = excluded.applied_uid, applied_version = excluded.applied_version,
           applied_spec = excluded.applied_spec, settled_version = excluded.settled_version,
           force_version = excluded.force_version, force_seen = excluded.force_seen, deleted_by = excluded.deleted_by,
           ${since}`,
        [JSON.stringify(rows)],
        `write-${table}`,
      );
    },
    async writeOutcomes(tx, rows) {
      if (rows.length === 0) return;
      await tx.query(
        `INSERT INTO ${table} (name, policy, state, reason, detail, applied_uid, applied_version, applied_spec, settled_version, force_version)
         SELECT o->>'name', 'ask', o->>'state', o->>'reason', o->'detail', o->'applied'->>'uid',
           (o->'applied'->>'version')::bigint, o->'applied'->'spec',
           (o->>'settledVersion')::bigint, (o->>'forceVoid')::bigint
         FROM jsonb_array_elements($1::jsonb) AS o
         ON CONFLICT (name) DO UPDATE SET state = excluded.state, reason = excluded.reason, detail = excluded.detail,
           applied_uid = excluded.applied_uid, applied_version = excluded.applied_version,
           applied_spec = excluded.applied_spec, ${since},
           settled_version = coalesce(excluded.settled_version, ${table}.settled_version),
           force_version = CASE WHEN ${table}.force_version > coalesce(excluded.applied_version, 0)
             THEN ${table}.force_version END,
           force_seen = CASE WHEN ${table}.force_version = excluded.force_version THEN NULL ELSE ${table}.force_seen END,
           deleted_by = CASE WHEN ${table}.deleted_by > coalesce(excluded.applied_version, 0)
             THEN ${table}.deleted_by END`,
        [JSON.stringify(rows)],
        `write-outcomes-${table}`,
      );
    },
    async unforce(tx, names) {
      if (names.length === 0) return [];
      const rows = await tx.query<{ force_version: string }>(
        `UPDATE ${table} SET force_seen = NULL WHERE name = ANY($1::text[]) AND force_version IS NOT NULL AND force_seen IS NOT NULL
         RETURNING force_version`,
        [names],
      );
      return rows.map(({ force_version: version }) => Number(version));
    },
    async remove(tx, names) {
      if (names.length > 0) await tx.query(`DELETE FROM ${table} WHERE name = ANY($1::text[])`, [names]);
    },
  };
}

export const { read: readSync, write: writeSync, writeOutcomes } = syncTable<PoolSpec>('sync');
/** By the name of the FelixConfiguration. */
export const settingsSync = syncTable<NatSettings>('settings_sync');

/** Pools that somebody deleted in the cluster and made again, and about which nobody decided since; in the order of names. */
export async function namesMadeAgain(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `SELECT s.name FROM sync s JOIN pool p ON p.name = s.name JOIN live_pool l ON l.name = s.name
     WHERE s.reason = 'PoolMadeAgain' AND s.applied_uid IS DISTINCT FROM l.uid ORDER BY s.name COLLATE "C"`,
    [],
  );
  return rows.map(({ name }) => name);
}

/**
 * Of pools that a change touched those of which the cluster does not have it because somebody must decide first; in the order of names. What
 * differs from a version that the cluster had is no such thing: a newer one is sent. Nor is what force is to be used on; but so is all that
 * void force found. What is being deleted there is made again by the policy `enforce` when it is gone.
 */
export async function namesUndecided(db: Queryable, change: number, names: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `SELECT s.name FROM sync s JOIN pool p ON p.name = s.name
     WHERE s.name = ANY($2::text[]) AND s.state IN ('OutOfSync', 'Contested') AND coalesce(s.applied_version, 0) < $1
       AND CASE WHEN s.force_version = p.sequence THEN s.force_seen IS NULL
         ELSE s.reason NOT IN ('FieldChangedInCluster', 'WrittenOverAgain') END
       AND NOT (s.reason = 'BeingDeleted' AND s.policy = 'enforce')
     ORDER BY s.name COLLATE "C"`,
    [change, names],
  );
  return rows.map(({ name }) => name);
}

/** The same of settings, by the names of FelixConfigurations. */
export async function settingsUndecided(db: Queryable, change: number, names: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `SELECT name FROM settings_sync
     WHERE name = ANY($2::text[]) AND state IN ('OutOfSync', 'Contested') AND coalesce(applied_version, 0) < $1
       AND reason <> 'FieldChangedInCluster' AND (force_version IS NULL OR force_seen IS NULL)
     ORDER BY name COLLATE "C"`,
    [change, names],
  );
  return rows.map(({ name }) => name);
}

export interface Refusal {
  readonly name: string;
  /** the cluster's own words */
  readonly message: string;
  /** the right that is missing; null: none is, or the cluster does not say so */
  readonly missing: string | null;
}

/**
 * Of pools that a change touched those of which the cluster does not have it because it refuses what is desired; in the order of names. What
 * it refuses of an object that goes first is said of the deletion of that (`readLeavingBefore`).
 */
export const readRefused = (db: Queryable, change: number, names: readonly string[]): Promise<Refusal[]> =>
  db.query<Refusal>(
    `SELECT s.name, s.detail->>'message' AS message, s.detail->>'missing' AS missing
     FROM sync s JOIN pool p ON p.name = s.name
     WHERE s.name = ANY($2::text[]) AND s.state IN ('Rejected', 'Forbidden') AND s.detail ? 'message'
       AND coalesce(s.applied_version, 0) < $1
       AND s.reason <> 'DeletionRefused' AND coalesce(s.detail->>'missing', '') NOT LIKE 'delete %'
     ORDER BY s.name COLLATE "C"`,
    [change, names],
  );

/** Objects about which something is decided, by their state. */
export async function countSettingsSync(db: Queryable): Promise<Record<SyncState, number>> {
  return byState(await db.query('SELECT state, count(*) AS count FROM settings_sync GROUP BY 1'));
}

export function byState(rows: readonly { state: SyncState; count: string }[]): Record<SyncState, number> {
  const counted = new Map(rows.map(({ state, count }) => [state, Number(count)]));
  return Object.fromEntries(syncStates.map((state) => [state, counted.get(state) ?? 0])) as Record<SyncState, number>;
}

/** Pools have their row before anything is sent for them (see `writeChange`, which goes by name too); these are from before there was a cluster. */
export async function makeMissingSync(db: Queryable): Promise<void> {
  await db.query(
    `INSERT INTO sync (name) SELECT name FROM pool WHERE NOT EXISTS (SELECT FROM sync WHERE sync.name = pool.name)
     ORDER BY name COLLATE "C" ON CONFLICT (name) DO NOTHING`,
    [],
  );
}

/** The row as PostgreSQL has it. */
export interface SyncRecord<Spec> {
  name: string;
  policy: SyncPolicy;
  state: SyncState;
  reason: string;
  detail: SyncDetail;
  since: Date;
  applied_uid: string | null;
  applied_version: string | null;
  applied_spec: Spec | null;
  settled_version: string | null;
  force_version: string | null;
  force_seen: string | null;
  deleted_by: string | null;
}

const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text));

export function syncRow<Spec>(row: SyncRecord<Spec>): SyncRow<Spec> {
  const { applied_uid: uid, applied_version: version, applied_spec: spec } = row;
  return {
    name: row.name,
    policy: row.policy,
    state: row.state,
    reason: row.reason,
    detail: row.detail,
    since: row.since,
    applied: version === null || spec === null ? null : { uid, version: Number(version), spec },
    settledVersion: numberOrNull(row.settled_version),
    forceVersion: numberOrNull(row.force_version),
    forceSeen: row.force_seen,
    deletedBy: numberOrNull(row.deleted_by),
  };
}
