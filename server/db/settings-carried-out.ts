/** When the cluster had what a change of settings decided. */
import type { Queryable } from './client.ts';
import type { CarriedOut } from './pools-carried-out.ts';
import { isVoid } from './void-force.ts';

/**
 * By change, the live change from which on the cluster has all of it. Each object that it touched counts by the first move of
 * ours for this change or for a later one of a field that it decided, where that brought one of them as it was decided: applied
 * together they came together. Else by the first state before that which says what was decided, whoever wrote it; what is let go
 * is for others to say, and counts only where it goes by that move. Changes of other things are left out, and uses of force that
 * did nothing.
 */
export async function settingsCarriedOut(db: Queryable, changes: readonly number[]): Promise<Map<number, CarriedOut>> {
  const rows = await db.query<{ sequence: string; live: string | null; waits: boolean }>(CARRIED_OUT, [changes]);
  const found = ({ live, waits }: (typeof rows)[number]): CarriedOut =>
    waits ? null : live === null ? 'never' : Number(live);
  return new Map(rows.map((row) => [Number(row.sequence), found(row)]));
}

/** In SQL, that two contents of an object have one of the fields of `t` differently. */
const differ = (a: string, b: string): string =>
  `EXISTS (SELECT FROM unnest(t.fields) AS f WHERE (${a} #> t.path -> f) IS DISTINCT FROM (${b} #> t.path -> f))`;

/** In SQL, that a move `m` brings one of the fields of `t` as it was decided. */
const BRINGS = `EXISTS (SELECT FROM unnest(t.fields) AS f
  WHERE m.before #> t.path -> f IS DISTINCT FROM (m.after #> t.path -> f) AND m.after #> t.path -> f IS NOT DISTINCT FROM (t.after #> t.path -> f))`;

/** In SQL, that a move `m` takes one of the fields of `t` away. */
const GOES = `EXISTS (SELECT FROM unnest(t.fields) AS f WHERE m.before #> t.path -> f IS NOT NULL AND m.after #> t.path -> f IS NULL)`;

const CARRIED_OUT = `
  WITH touched AS (
    SELECT c.sequence, c.after, c.before ? 'letGo' AS let_go, o.name, o.path,
      (SELECT coalesce(max(l.sequence), 0) FROM live_change l WHERE l.at <= c.at) AS seen,
      ARRAY(SELECT k FROM jsonb_object_keys(coalesce(c.before #> o.path, '{}') || coalesce(c.after #> o.path, '{}')) AS k
        WHERE (c.before #> o.path -> k) IS DISTINCT FROM (c.after #> o.path -> k)) AS fields
    FROM change c CROSS JOIN LATERAL (
      SELECT 'default' AS name, '{global}'::text[] AS path
      UNION ALL
      SELECT 'node.' || k, ARRAY['nodes', k] FROM jsonb_object_keys((c.before->'nodes') || (c.after->'nodes')) AS k
    ) o
    WHERE c.sequence = ANY($1::bigint[]) AND c.action IN ('settings.update', 'settings.force')
      AND NOT ${isVoid('c.sequence')}
      AND (c.before #> o.path) IS DISTINCT FROM (c.after #> o.path)
  ), moves AS MATERIALIZED (
    SELECT sequence, cause, before, after FROM live_change
    WHERE action = 'settings.update' AND sequence > (SELECT min(seen) FROM touched)
  ), came AS (
    SELECT t.*, (SELECT min(m.sequence) FROM moves m WHERE m.cause >= t.sequence AND ${differ('m.before', 'm.after')}) AS first,
      coalesce((SELECT m.before FROM moves m WHERE m.sequence > t.seen ORDER BY m.sequence LIMIT 1),
        (SELECT settings FROM live WHERE id = 1)) AS was
    FROM touched t
  ), told AS (
    SELECT t.sequence, CASE
        WHEN t.let_go THEN (SELECT m.sequence FROM moves m WHERE m.sequence = t.first AND ${GOES})
        WHEN EXISTS (SELECT FROM moves m WHERE m.sequence = t.first AND ${BRINGS}) THEN t.first
        WHEN NOT ${differ('t.was', 't.after')} THEN t.seen
        ELSE (SELECT min(m.sequence) FROM moves m
          WHERE m.sequence > t.seen AND (t.first IS NULL OR m.sequence < t.first) AND NOT ${differ('m.after', 't.after')}) END
      AS live,
      t.first IS NULL AND NOT (coalesce(s.applied_version >= t.sequence, false)
        OR (coalesce(s.applied_spec, '{}') = '{}' AND EXISTS (
          SELECT FROM change l WHERE l.action = 'settings.update' AND l.sequence >= t.sequence
            AND (l.before #> t.path) IS DISTINCT FROM (l.after #> t.path) AND coalesce(l.after #> t.path, '{}') = '{}'))
      ) AS waits
    FROM came t LEFT JOIN settings_sync s ON s.name = t.name
  )
  SELECT sequence, max(live) AS live, bool_or(waits) AS waits FROM told GROUP BY sequence`;
