/** The change table: History, and the log that deltas are read from. Rows are only ever added (desired.ts). */
import type { Queryable } from './client.ts';

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
  /** older than this sequence */
  readonly before?: number;
  readonly limit: number;
}

type Row = Omit<LoggedChange, 'sequence'> & { sequence: string };

const COLUMNS = 'sequence, at, actor, role, action, target, pools, reason, revision, before, after';
/** the contents of a large import are megabytes: a list leaves them out */
const MOST_LISTED = 100;

/** The newest first. `before` and `after` of changes that touched more than 100 pools are null here. */
export async function findChanges(db: Queryable, filter: ChangeFilter): Promise<LoggedChange[]> {
  const rows = await db.query<Row>(
    `SELECT sequence, at, actor, role, action, target, pools, reason, revision,
       CASE WHEN cardinality(pools) <= ${MOST_LISTED} THEN before END AS before,
       CASE WHEN cardinality(pools) <= ${MOST_LISTED} THEN after END AS after
     FROM change
     WHERE ($1::text IS NULL OR pools @> ARRAY[$1])
       AND ($2::text IS NULL OR actor = $2)
       AND ($3::text IS NULL OR action = $3)
       AND ($4::timestamptz IS NULL OR at >= $4)
       AND ($5::timestamptz IS NULL OR at < $5)
       AND ($6::text IS NULL
         OR position(lower($6) IN lower(target || ' ' || actor || ' ' || coalesce(reason, ''))) > 0
         OR EXISTS (SELECT FROM unnest(pools) AS name WHERE position(lower($6) IN name) > 0))
       AND ($7::bigint IS NULL OR sequence < $7)
     ORDER BY sequence DESC LIMIT $8`,
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
  const [row] = await db.query<Row>(`SELECT ${COLUMNS} FROM change WHERE sequence = $1`, [sequence]);
  return row === undefined ? null : logged(row);
}

/** Up to `limit` changes after `sequence`, the oldest first, whole. */
export async function changesSince(db: Queryable, sequence: number, limit: number): Promise<LoggedChange[]> {
  const rows = await db.query<Row>(
    `SELECT ${COLUMNS} FROM change WHERE sequence > $1 ORDER BY sequence LIMIT $2`,
    [sequence, limit],
    'changes-since',
  );
  return rows.map(logged);
}

/** Later changes that touched one of the pools, or (`settings`) the settings: the oldest first. */
export async function laterChanges(
  db: Queryable,
  after: number,
  touching: { readonly pools: readonly string[]; readonly settings: boolean },
): Promise<LoggedChange[]> {
  const rows = await db.query<Row>(
    `SELECT sequence, at, actor, role, action, target, pools, reason, revision, NULL AS before, NULL AS after
     FROM change
     WHERE sequence > $1 AND (pools && $2::text[] OR ($3 AND action = 'settings.update')) ORDER BY sequence`,
    [after, touching.pools, touching.settings],
  );
  return rows.map(logged);
}

const logged = (row: Row): LoggedChange => ({ ...row, sequence: Number(row.sequence) });
