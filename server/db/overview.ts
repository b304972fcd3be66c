/** Figures over all nodes and the whole log. */
import type { Queryable } from './client.ts';

export interface Point {
  readonly at: Date;
  readonly v4: number;
  readonly v6: number;
}

/**
 * New NATed connections a second by family, summed over nodes, in steps of `seconds`; a step nobody reported in is left
 * out. A counter that fell was set back to zero: what it shows is what came since. Two samples more than a minute apart
 * say nothing about the time between. No kernel begins a million NATed connections a second: a node that says more has a
 * broken counter, or lies, and must not hide all others.
 */
export function readRates(db: Queryable, from: Date, seconds: number): Promise<Point[]> {
  return db.query(
    `WITH pair AS (
       SELECT node, at, natted_v4 AS v4, natted_v6 AS v6,
         natted_v4 - lag(natted_v4) OVER w AS d4, natted_v6 - lag(natted_v6) OVER w AS d6,
         extract(epoch FROM at - lag(at) OVER w)::float8 AS dt
       FROM sample WHERE at >= $1::timestamptz - interval '1 minute'
       WINDOW w AS (PARTITION BY node ORDER BY at)
     ), rate AS (
       SELECT node, date_bin(make_interval(secs => $2), at, timestamptz 'epoch') AS step,
         least(sum(CASE WHEN d4 < 0 THEN v4 ELSE d4 END)::float8 / sum(dt), 1e6) AS v4,
         least(sum(CASE WHEN d6 < 0 THEN v6 ELSE d6 END)::float8 / sum(dt), 1e6) AS v6
       FROM pair WHERE dt > 0 AND dt <= 60 AND at >= $1 GROUP BY node, step
     )
     SELECT step AS at, sum(v4) AS v4, sum(v6) AS v6 FROM rate GROUP BY step ORDER BY step`,
    [from, seconds],
  );
}

/** How many pools there are, and when the last change was written (null: never). */
export async function readCounts(db: Queryable): Promise<{ pools: number; savedAt: Date | null }> {
  const [row] = await db.query<{ pools: number; savedAt: Date | null }>(
    `SELECT (SELECT count(*)::int FROM pool) AS pools,
       (SELECT at FROM change ORDER BY sequence DESC LIMIT 1) AS "savedAt"`,
  );
  return row ?? { pools: 0, savedAt: null };
}
