/** When the cluster had what a change of pools decided. */
import type { Queryable } from './client.ts';
import { firstSaid, statesOf } from './pool-states.ts';
import { isVoid } from './void-force.ts';

/** `null`: it has not taken all of it. `never`: nothing of it was written there, and nothing waits to be. */
export type CarriedOut = number | 'never' | null;

/**
 * By change, the live change from which on the cluster has all of it. Each pool that it touched counts by its first move for
 * this change; where there is none, by the first state of it from then on that says what was decided, whoever wrote it, or of
 * which a later change of ours brought a part. Changes of other things are left out, and uses of force that did nothing.
 */
export async function poolsCarriedOut(db: Queryable, changes: readonly number[]): Promise<Map<number, CarriedOut>> {
  const asked = (await db.query<{ sequence: string; waits: boolean }>(WAITS, [changes])).map(({ sequence, waits }) => ({
    sequence: Number(sequence),
    waits,
  }));
  const found = new Map<number, CarriedOut>(asked.map(({ sequence }) => [sequence, null]));
  const over = asked.flatMap(({ sequence, waits }) => (waits ? [] : sequence));
  if (over.length === 0) return found;
  const rows = (await db.query<Came>(CAME, [over])).map(cameOf);
  const states = await statesOf(
    db,
    rows.filter(({ own, still }) => own === null && !still),
  );
  for (const row of rows) {
    const { sequence, own, seen } = row;
    const known = states.get(row);
    const at = own ?? (known === undefined ? seen : firstSaid(known, seen));
    found.set(sequence, later(found.get(sequence) ?? null, at));
  }
  return found;
}

/** What was never written of one pool says nothing about the others. */
function later(a: CarriedOut, b: number | 'never'): number | 'never' {
  if (typeof a !== 'number') return b;
  return b === 'never' ? a : Math.max(a, b);
}

/** Of one pool that a change touched. Numbers are of live changes. */
interface Touched {
  readonly sequence: number;
  readonly name: string;
  /** it never moves anything: adopted, released, a field let go, deleted here since it was there */
  readonly still: boolean;
  /** its first move for this change */
  readonly own: number | null;
  /** the last one when the change was made */
  readonly seen: number;
}

type Came = Pick<Touched, 'name' | 'still'> & { sequence: string; own: string | null; seen: string };

const cameOf = ({ own, ...row }: Came): Touched => ({
  ...row,
  sequence: Number(row.sequence),
  own: own === null ? null : Number(own),
  seen: Number(row.seen),
});

const STILL = `(c.action IN ('pool.adopt', 'pool.release', 'pool.release-field')
  OR (c.action = 'pool.delete' AND c.before ? 'theirs'))`;

// a pool that was deleted before anything was known to be applied is waited for, but a look has found that the cluster has none.
// One that was released while its deletion was under way is waited for by that, and by nothing decided later.
// The last move of each pool is looked for once: others may have moved it very often since
const WAITS = `
  WITH asked AS MATERIALIZED (
    SELECT sequence, pools, ${STILL} AS still FROM change c
    WHERE sequence = ANY($1::bigint[]) AND cardinality(pools) > 0 AND action <> 'cluster.follow' AND NOT ${isVoid('c.sequence')}
  ), open AS MATERIALIZED (
    SELECT a.sequence, n.name FROM asked a CROSS JOIN LATERAL unnest(a.pools) AS n(name)
    LEFT JOIN sync s ON s.name = n.name LEFT JOIN pool p ON p.name = n.name
    WHERE NOT a.still AND NOT coalesce(s.applied_version >= a.sequence, s.name IS NULL AND p.name IS NULL)
      AND NOT (p.name IS NULL AND coalesce(s.detail ? 'absentSince', false))
      AND NOT coalesce(s.let_go_by IS NOT NULL AND s.deleted_by < a.sequence, false)
  ), moved AS MATERIALIZED (
    SELECT n.name, max(m.cause) AS cause FROM live_change m CROSS JOIN LATERAL unnest(m.pools) AS n(name)
    WHERE m.pools && ARRAY(SELECT DISTINCT name FROM open) AND m.cause IS NOT NULL GROUP BY n.name
  )
  SELECT sequence, sequence IN (
      SELECT o.sequence FROM open o LEFT JOIN moved m USING (name) WHERE NOT coalesce(m.cause >= o.sequence, false)
    ) AS waits
  FROM asked`;

const CAME = `
  WITH moves AS MATERIALIZED (
    SELECT m.cause, n.name, min(m.sequence) AS own FROM live_change m CROSS JOIN LATERAL unnest(m.pools) AS n(name)
    WHERE m.cause = ANY($1::bigint[]) GROUP BY m.cause, n.name
  ), asked AS MATERIALIZED (
    SELECT c.sequence, c.pools, ${STILL} AS still,
      coalesce((SELECT l.sequence FROM live_change l WHERE l.at <= c.at ORDER BY l.at DESC, l.sequence DESC LIMIT 1), 0)
        AS seen
    FROM change c WHERE c.sequence = ANY($1::bigint[])
  )
  SELECT a.sequence, n.name, a.still, a.seen, m.own
  FROM asked a CROSS JOIN LATERAL unnest(a.pools) AS n(name)
  LEFT JOIN moves m ON m.cause = a.sequence AND m.name = n.name AND NOT a.still`;
