/** The change table: History, and the log that deltas are read from. Rows are only ever added (desired.ts). */
import { pathOf } from '../../core/cluster/felix-objects.ts';
import { OUR_MANAGER } from '../../core/cluster/managed-fields.ts';
import type { NatSettings } from '../../core/nat/settings.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import { FIRST_LIVE } from '../../core/wire/change-number.ts';
import type { Queryable } from './client.ts';
import { isVoid } from './void-force.ts';

/** Contents are JSON as written: see services/changes/change-view.ts. */
export interface LoggedChange {
  readonly sequence: number;
  readonly at: Date;
  readonly actor: string;
  readonly role: string;
  readonly action: string;
  readonly target: string;
  readonly pools: readonly string[];
  readonly reason: string | null;
  readonly revision: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** As a list has it: ten thousand names of each of its imports would be read only to be counted. */
export type ListedChange = Omit<LoggedChange, 'pools'> & { readonly poolCount: number };

export interface ChangeFilter {
  /** exact name of a pool that the change touched */
  readonly pool?: string;
  readonly actor?: string;
  readonly action?: string;
  /** from this time on */
  readonly from?: Date;
  /** before this time */
  readonly to?: Date;
  /** part of target, reason, actor or a touched pool's name, any case */
  readonly search?: string;
  /** older than the change of this number */
  readonly before?: number;
  /** with what others changed in the cluster, as theirs: their numbers are of the other ledger */
  readonly others?: boolean;
  readonly limit: number;
}

type Row<Change> = Omit<Change, 'sequence'> & { sequence: string };

const COLUMNS = 'sequence, at, actor, role, action, target, pools, reason, revision, before, after';
/**
 * What nobody decided here: others' changes in the cluster, and what we did or told by ourselves. In the order of COLUMNS: a
 * union goes by that alone.
 */
const OTHERS = `SELECT sequence, at, actor, CASE WHEN actor = '${OUR_MANAGER}' THEN 'system' ELSE 'cluster' END AS role, action,
    CASE WHEN cardinality(pools) = 0 THEN split_part(action, '.', 1)
         ELSE array_to_string(pools[1:3], ', ') || CASE WHEN cardinality(pools) > 3
           THEN ' and ' || (cardinality(pools) - 3) || ' more' ELSE '' END END AS target,
    pools, CASE WHEN action = 'pool.enforce'
      THEN 'policy enforce: what others changed in the cluster was written over' ELSE reason END AS reason,
    revision, before, after
  FROM live_change WHERE cause IS NULL`;
/** the contents of a large import are megabytes: a list leaves them out */
const MOST_LISTED = 100;

/** By its size alone, or by the revision before it: to look into one of many megabytes it must be read. */
const listed = (side: 'before' | 'after'): string =>
  `CASE WHEN cardinality(pools) <= ${MOST_LISTED} OR pg_column_size(${side}) <= pg_column_size('[]'::jsonb) THEN ${side}
     WHEN action = 'cluster.change' AND revision = (SELECT l.revision FROM live_change l WHERE l.sequence = log.sequence - 1)
       THEN '[]'
   END AS ${side}`;

/**
 * The newest first. Of changes that touched more than 100 pools `before` and `after` are null here, but for an empty list: what was
 * made or deleted is told by that, and on both sides that nothing moved in the cluster.
 */
export async function findChanges(db: Queryable, filter: ChangeFilter): Promise<ListedChange[]> {
  const others = filter.others ? `UNION ALL ${OTHERS}` : '';
  const rows = await db.query<Row<ListedChange>>(
    `SELECT sequence, at, actor, role, action, target, cardinality(pools) AS "poolCount", reason, revision,
       ${listed('before')}, ${listed('after')}
     FROM (SELECT ${COLUMNS} FROM change ${others}) AS log
     WHERE ($1::text IS NULL OR pools @> ARRAY[$1])
       AND ($2::text IS NULL OR actor = $2)
       AND ($3::text IS NULL OR action = $3)
       AND ($4::timestamptz IS NULL OR at >= $4)
       AND ($5::timestamptz IS NULL OR at < $5)
       AND ($6::text IS NULL
         OR position(lower($6) IN lower(target || ' ' || actor || ' ' || coalesce(reason, ''))) > 0
         OR EXISTS (SELECT FROM unnest(pools) AS name WHERE position(lower($6) IN name) > 0))
       AND ($7::bigint IS NULL OR (at, sequence) < (SELECT l.at, l.sequence FROM (
         SELECT at, sequence FROM change UNION ALL SELECT at, sequence FROM live_change) AS l WHERE l.sequence = $7))
     ORDER BY at DESC, sequence DESC LIMIT $8`,
    [
      filter.pool ?? null,
      filter.actor ?? null,
      filter.action ?? null,
      filter.from ?? null,
      filter.to ?? null,
      filter.search ?? null,
      filter.before ?? null,
      filter.limit,
    ],
  );
  return rows.map(logged);
}

export async function findChange(db: Queryable, sequence: number): Promise<LoggedChange | null> {
  const from = sequence < FIRST_LIVE ? 'change' : `(${OTHERS}) AS log`;
  const [row] = await db.query<Row<LoggedChange>>(`SELECT ${COLUMNS} FROM ${from} WHERE sequence = $1`, [sequence]);
  return row === undefined ? null : logged(row);
}

/** Up to `limit` changes after `sequence`, the oldest first, whole. */
export async function changesSince(db: Queryable, sequence: number, limit: number): Promise<LoggedChange[]> {
  const rows = await db.query<Row<LoggedChange>>(
    `SELECT ${COLUMNS} FROM change WHERE sequence > $1 ORDER BY sequence LIMIT $2`,
    [sequence, limit],
    'changes-since',
  );
  return rows.map(logged);
}

/**
 * What the last changes of the settings of one FelixConfiguration decided about it, the newest first. None of the others is
 * read: each change holds the settings of all nodes.
 */
export async function lastSettingsOf(
  db: Queryable,
  object: string,
): Promise<{ sequence: number; settings: NatSettings }[]> {
  // found apart: a plan that goes by number instead would read each of them
  const rows = await db.query<{ sequence: string; settings: NatSettings | null }>(
    `WITH own AS MATERIALIZED (
       SELECT sequence FROM change
       WHERE action = 'settings.update' AND settings_objects(before, after) @> ARRAY[$1::text]
     ), last AS MATERIALIZED (SELECT sequence FROM own ORDER BY sequence DESC LIMIT 20)
     SELECT sequence, c.after #> $2::text[] AS settings FROM last JOIN change c USING (sequence) ORDER BY sequence DESC`,
    [object, pathOf(object)],
  );
  return rows.map(({ sequence, settings }) => ({ sequence: Number(sequence), settings: settings ?? {} }));
}

/** What was decided about one FelixConfiguration after one change and until another, as far as its last decisions go. */
export async function settingsDecided(
  db: Queryable,
  object: string,
  { after, until }: { readonly after: number; readonly until: number },
): Promise<NatSettings[]> {
  const last = await lastSettingsOf(db, object);
  return last.filter(({ sequence }) => sequence > after && sequence <= until).map(({ settings }) => settings);
}

/** The last change up to `until` that decided about the settings of one FelixConfiguration; 0: none did. */
export async function lastSettingsDecision(db: Queryable, object: string, until: number): Promise<number> {
  const [row] = await db.query<{ last: string | null }>(
    `WITH own AS MATERIALIZED (
       SELECT sequence FROM change
       WHERE action = 'settings.update' AND settings_objects(before, after) @> ARRAY[$1::text]
     ) SELECT max(sequence) AS last FROM own WHERE sequence <= $2`,
    [object, until],
  );
  return Number(row?.last ?? 0);
}

export interface SettingsChanges {
  readonly many: number;
  /** 0: none */
  readonly last: number;
  /** the last that decided about the one object; 0: none */
  readonly lastOwn: number;
}

/** The changes of settings after `after`, up to `until`. `path`: the object's place in them. Each of them is read whole: there must not be many. */
export async function settingsChangesBetween(
  db: Queryable,
  path: readonly string[],
  { after, until }: { readonly after: number; readonly until: number },
): Promise<SettingsChanges> {
  const [row] = await db.query<Record<keyof SettingsChanges, string>>(
    `SELECT count(*) AS many, coalesce(max(sequence), 0) AS last,
       coalesce(max(sequence) FILTER (WHERE (before #> $1::text[]) IS DISTINCT FROM (after #> $1::text[])), 0) AS "lastOwn"
     FROM change WHERE action = 'settings.update' AND sequence > $2 AND sequence <= $3`,
    [path, after, until],
  );
  return { many: Number(row?.many), last: Number(row?.last), lastOwn: Number(row?.lastOwn) };
}

/** The last change that decided about settings here, whatever others did in the cluster since; null: there is none. */
export async function lastSettingsChange(db: Queryable): Promise<{ id: number; at: Date } | null> {
  const [row] = await db.query<{ sequence: string; at: Date }>(
    `SELECT sequence, at FROM change WHERE action = 'settings.update' ORDER BY sequence DESC LIMIT 1`,
  );
  return row === undefined ? null : { id: Number(row.sequence), at: row.at };
}

/** What the last changes of a pool decided about it, the newest first; those that removed it are left out. */
export async function lastSpecsOf(
  db: Queryable,
  name: string,
): Promise<{ sequence: number; action: string; spec: PoolSpec }[]> {
  // found apart, as those of settings are: a plan that knows no name would go by number through all changes
  const rows = await db.query<{ sequence: string; action: string; spec: PoolSpec | null }>(
    `WITH own AS MATERIALIZED (SELECT sequence FROM change WHERE pools @> ARRAY[$1::text]),
       last AS MATERIALIZED (SELECT sequence FROM own ORDER BY sequence DESC LIMIT 20)
     SELECT sequence, c.action,
       jsonb_path_query_first(c.after, '$[*] ? (@.name == $name).spec', jsonb_build_object('name', $1::text)) AS spec
     FROM last JOIN change c USING (sequence) ORDER BY sequence DESC`,
    [name],
  );
  return rows.flatMap(({ sequence, action, spec }) =>
    spec === null ? [] : [{ sequence: Number(sequence), action, spec }],
  );
}

/** Later changes that touched one of the pools, or (`settings`) the settings, without force that did nothing: the oldest first. */
export async function laterChanges(
  db: Queryable,
  after: number,
  touching: { readonly pools: readonly string[]; readonly settings: boolean },
): Promise<LoggedChange[]> {
  const rows = await db.query<Row<LoggedChange>>(
    `SELECT sequence, at, actor, role, action, target, pools, reason, revision, NULL AS before, NULL AS after
     FROM change c
     WHERE sequence > $1 AND (pools && $2::text[] OR ($3 AND action IN ('settings.update', 'settings.force')))
       AND NOT ${isVoid('c.sequence')}
     ORDER BY sequence`,
    [after, touching.pools, touching.settings],
  );
  return rows.map(logged);
}

const logged = <Change>(row: Row<Change>) => ({ ...row, sequence: Number(row.sequence) });
