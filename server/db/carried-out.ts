/** From when on the cluster has what each change decided. */
import type { Database, Queryable } from './client.ts';
import { followCarriedOut } from './follow-carried-out.ts';
import { holdLive, readLive } from './live.ts';
import { type CarriedOut, poolsCarriedOut } from './pools-carried-out.ts';
import { settingsCarriedOut } from './settings-carried-out.ts';
import { isVoid } from './void-force.ts';

/** By change, as it was noted; of what waits still, or was not noted yet, as it stands now. */
export async function carriedOut(db: Queryable, changes: readonly number[]): Promise<Map<number, CarriedOut>> {
  const rows = await db.query<{ change: string; live: string | null }>(
    'SELECT change, live FROM carried_out WHERE change = ANY($1::bigint[])',
    [changes],
  );
  const noted = new Map(
    rows.map(({ change, live }): [number, CarriedOut] => [Number(change), live === null ? 'never' : Number(live)]),
  );
  const open = changes.filter((change) => !noted.has(change));
  return new Map([...(await standsNow(db, open)), ...noted]);
}

/** A change of which a pool has come has a first move, and waits for the others all the same: what is said of its pools goes before. */
async function standsNow(db: Queryable, changes: readonly number[]): Promise<Map<number, CarriedOut>> {
  if (changes.length === 0) return new Map();
  const found = await Promise.all([
    firstMoves(db, changes),
    settingsCarriedOut(db, changes),
    poolsCarriedOut(db, changes),
    followCarriedOut(db, changes),
  ]);
  return new Map(found.flatMap((some) => [...some]));
}

/** So many pools are compared at once. */
const MOST_POOLS = 10_000;

/** Until where all changes were looked at, and which of them wait still. */
export interface Looked {
  readonly last: number;
  /** what came of one since, wherever it is, is news */
  readonly live: number;
  readonly waiting: readonly number[];
}

export const NEVER_LOOKED: Looked = { last: 0, live: Number.MAX_SAFE_INTEGER, waiting: [] };

/** The newest of both ledgers. */
export async function newest(db: Queryable): Promise<Pick<Looked, 'last' | 'live'>> {
  const [row] = await db.query<{ last: string; live: string }>(
    'SELECT (SELECT coalesce(max(sequence), 0) FROM change) AS last, sequence AS live FROM live WHERE id = 1',
    [],
  );
  return { last: Number(row?.last ?? 0), live: Number(row?.live ?? 0) };
}

/**
 * Notes it of some changes after `after` of which nothing waits any more: what others write later, and what is decided later, says
 * nothing about them. A page of History would take seconds to derive it of many large imports. `before`: what the look before has
 * found. Returns the last one that it looked at, and those that are without a note still; null: there is none.
 */
export async function noteCarriedOut(
  db: Database,
  after: number,
  before: Looked,
): Promise<Pick<Looked, 'last' | 'waiting'> | null> {
  const { sequence } = await readLive(db);
  const rows = await db.query<{ sequence: string }>(OPEN, [after, before.last, before.waiting, before.live]);
  const open = rows.map((row) => Number(row.sequence));
  const last = open.at(-1);
  if (last === undefined) return null;
  const over = new Map([...(await standsNow(db, open))].filter(([, at]) => at !== null));
  if (over.size > 0) await db.transaction((tx) => write(tx, over, sequence));
  return { last, waiting: open.filter((change) => !over.has(change)) };
}

/** `known`: the live change until which it was derived. One that comes after all takes the note back (`writeLiveChange`). */
async function write(tx: Queryable, over: ReadonlyMap<number, CarriedOut>, known: number): Promise<void> {
  await holdLive(tx);
  await tx.query(
    `INSERT INTO carried_out (change, live) SELECT n.change, n.live FROM unnest($1::bigint[], $2::bigint[]) AS n(change, live)
     WHERE NOT EXISTS (SELECT FROM live_change m WHERE m.cause = n.change AND m.sequence > $3) ON CONFLICT DO NOTHING`,
    [[...over.keys()], [...over.values()].map((at) => (at === 'never' ? null : at)), known],
  );
}

// what reports and decisions about nothing move waits for nothing. A bound for all at once would have all of the log gone through
const OPEN = `
  SELECT sequence FROM (
    SELECT sequence, sum(cardinality(pools) + 1) OVER (ORDER BY sequence ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_it
    FROM change c WHERE (sequence > greatest($1::bigint, $2::bigint) OR sequence = ANY(ARRAY(
        SELECT o.change FROM (SELECT unnest($3::bigint[]) AS change
          UNION SELECT cause FROM live_change WHERE sequence > $4 AND cause IS NOT NULL) o WHERE o.change > $1)))
      AND NOT EXISTS (SELECT FROM carried_out WHERE change = c.sequence)
      AND (cardinality(pools) > 0 OR action = 'cluster.follow'
        OR (action LIKE 'settings.%' AND (before->'global', before->'nodes') IS DISTINCT FROM (after->'global', after->'nodes')))
      AND NOT ${isVoid('c.sequence')}
  ) o WHERE coalesce(before_it, 0) < ${MOST_POOLS} ORDER BY sequence`;

/** The live change that first carried out each of these changes; changes that the cluster has not taken are left out. */
async function firstMoves(db: Queryable, changes: readonly number[]): Promise<Map<number, number>> {
  const rows = await db.query<{ cause: string; sequence: string }>(
    'SELECT cause, min(sequence) AS sequence FROM live_change WHERE cause = ANY($1::bigint[]) GROUP BY cause',
    [changes],
  );
  return new Map(rows.map(({ cause, sequence }) => [Number(cause), Number(sequence)]));
}
