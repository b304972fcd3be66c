/** When the cluster had what a change of pools decided. */
import type { Queryable } from './client.ts';
import { firstSaid, statesOf } from './pool-states.ts';
import { isVoid } from './void-force.ts';

/** `null`: it has not taken all of it. `never`: nothing of it was written there, and nothing waits to be. */
export type CarriedOut = number | 'never' | null;

/**
 * By change, the live change from which on the cluster has all of it. Each pool that it touched counts by its first move for
 * this change; where there is none, by the first state of it from then on that says what was decided, whoever wrote it, or that
 * a later change of ours brought, which overtook it. Changes of other things are left out, and uses of force that did nothing.
 */
export async function poolsCarriedOut(db: Queryable, changes: readonly number[]): Promise<Map<number, CarriedOut>> {
  const rows = (await db.query<Came>(CAME, [changes])).map(cameOf);
  // so few contents are compared: of more pools than that, one that needed no move counts as overtaken
  const open = rows.filter((row) => row.own === null && !row.still && row.many <= MOST_COMPARED && isOver(row));
  const states = await statesOf(db, open);
  const found = new Map<number, CarriedOut>();
  for (const row of rows) {
    const { sequence, own, later, seen } = row;
    const known = states.get(row);
    const at = own ?? (known !== undefined ? firstSaid(known, row.seen) : isOver(row) ? (later ?? seen) : null);
    const before = found.get(sequence);
    found.set(sequence, before === undefined ? at : both(before, at));
  }
  return found;
}

const MOST_COMPARED = 100;

/** Nothing waits to be done for it, or it was overtaken. */
const isOver = ({ settled, later }: Touched): boolean => settled || later !== null;

/** What was never written of one pool says nothing about the others. */
function both(a: CarriedOut, b: CarriedOut): CarriedOut {
  if (a === null || b === null) return null;
  if (a === 'never' || b === 'never') return a === 'never' ? b : a;
  return Math.max(a, b);
}

/** Of one pool that a change touched. Numbers are of live changes. */
interface Touched {
  readonly sequence: number;
  readonly name: string;
  /** how many pools the change touched */
  readonly many: number;
  /** it never moves anything: adopted, released, a field let go, deleted here since it was there */
  readonly still: boolean;
  /** its first move for this change */
  readonly own: number | null;
  /** its first move for a later change */
  readonly later: number | null;
  /** nothing waits to be done for this change */
  readonly settled: boolean;
  /** the last one when the change was made */
  readonly seen: number;
}

type Came = { [K in keyof Touched]: Touched[K] extends boolean ? boolean : string | null } & { name: string };

const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text));
const cameOf = ({ name, settled, still, ...row }: Came): Touched => ({
  name,
  settled,
  still,
  sequence: Number(row.sequence),
  many: Number(row.many),
  own: numberOrNull(row.own),
  later: numberOrNull(row.later),
  seen: Number(row.seen),
});

// a pool that was deleted before anything was known to be applied is waited for, but a look has found that the cluster has none
const CAME = `
  WITH asked AS MATERIALIZED (
    SELECT c.sequence, c.pools, cardinality(c.pools) AS many,
      c.action IN ('pool.adopt', 'pool.release', 'pool.release-field')
        OR (c.action = 'pool.delete' AND c.before ? 'theirs') AS still,
      coalesce((SELECT l.sequence FROM live_change l WHERE l.at <= c.at ORDER BY l.at DESC, l.sequence DESC LIMIT 1), 0)
        AS seen
    FROM change c WHERE c.sequence = ANY($1::bigint[]) AND c.action <> 'cluster.follow'
      AND NOT ${isVoid('c.sequence')}
  ), touched AS (
    SELECT a.sequence, a.many, a.still, a.seen, n.name FROM asked a CROSS JOIN LATERAL unnest(a.pools) AS n(name)
  ), moves AS MATERIALIZED (
    SELECT m.sequence, m.cause, n.name FROM live_change m CROSS JOIN LATERAL unnest(m.pools) AS n(name)
    WHERE m.cause >= (SELECT min(sequence) FROM touched)
  ), came AS (
    SELECT t.sequence, t.many, t.still, t.seen, t.name,
      min(m.sequence) FILTER (WHERE m.cause = t.sequence) AS own, min(m.sequence) AS later
    FROM touched t LEFT JOIN moves m ON m.name = t.name AND m.cause >= t.sequence AND NOT t.still
    GROUP BY t.sequence, t.many, t.still, t.seen, t.name
  )
  SELECT t.sequence, t.name, t.many, t.still, t.own, t.later, t.seen,
    t.still OR coalesce(s.applied_version >= t.sequence, s.name IS NULL AND p.name IS NULL)
      OR (p.name IS NULL AND s.detail ? 'absentSince') AS settled
  FROM came t LEFT JOIN sync s ON s.name = t.name LEFT JOIN pool p ON p.name = t.name`;
