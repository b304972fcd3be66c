/** When the cluster had what a change of settings decided. */
import type { Queryable } from './client.ts';
import { isVoid } from './void-force.ts';

/**
 * By change, the live change from which on the cluster has all of it. Each object that it touched counts by the first move of
 * ours for this change or for a later one of the same object: applied together, or the later alone, they came together. Where
 * nothing had to move, also because a later one took it back before it was carried out, the cluster said so already. Null: it
 * has not taken all of it. Changes of other things are left out, and uses of force that did nothing.
 */
export async function settingsCarriedOut(
  db: Queryable,
  changes: readonly number[],
): Promise<Map<number, number | null>> {
  const rows = await db.query<{ sequence: string; live: string | null }>(CARRIED_OUT, [changes]);
  return new Map(rows.map(({ sequence, live }) => [Number(sequence), live === null ? null : Number(live)]));
}

const CARRIED_OUT = `
  WITH touched AS (
    SELECT c.sequence, c.at, o.name, o.path
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
    WHERE action = 'settings.update' AND cause >= (SELECT min(sequence) FROM touched)
  ), came AS (
    SELECT t.sequence, coalesce(
      (SELECT min(m.sequence) FROM moves m
        WHERE m.cause >= t.sequence AND (m.before #> t.path) IS DISTINCT FROM (m.after #> t.path)),
      CASE WHEN s.applied_version >= t.sequence OR (coalesce(s.applied_spec, '{}') = '{}' AND EXISTS (
          SELECT FROM change l WHERE l.action = 'settings.update' AND l.sequence >= t.sequence
            AND (l.before #> t.path) IS DISTINCT FROM (l.after #> t.path) AND coalesce(l.after #> t.path, '{}') = '{}'))
        THEN (SELECT coalesce(max(l.sequence), 0) FROM live_change l WHERE l.at <= t.at) END
    ) AS live
    FROM touched t LEFT JOIN settings_sync s ON s.name = t.name
  )
  SELECT sequence, CASE WHEN count(live) = count(*) THEN max(live) END AS live FROM came GROUP BY sequence`;
