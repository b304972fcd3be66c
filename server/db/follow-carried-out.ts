import type { Queryable } from './client.ts';

/**
 * By decision to follow the cluster without what did not come back, the live change from which on it is so. What came back after
 * all had no need to go, and what another loss overtook waits for nothing either. Null: it is still to be carried out. Changes of
 * other things are left out.
 */
export async function followCarriedOut(db: Queryable, changes: readonly number[]): Promise<Map<number, number | null>> {
  const rows = await db.query<{ sequence: string; live: string | null }>(CARRIED_OUT, [changes]);
  return new Map(rows.map(({ sequence, live }) => [Number(sequence), live === null ? null : Number(live)]));
}

const CARRIED_OUT = `
  SELECT c.sequence, CASE WHEN w.change IS DISTINCT FROM c.sequence THEN coalesce(
    (SELECT max(m.sequence) FROM live_change m WHERE m.cause = c.sequence),
    (SELECT l.sequence FROM live_change l WHERE l.at <= c.at ORDER BY l.at DESC, l.sequence DESC LIMIT 1), 0) END AS live
  FROM change c, (SELECT (word->>'change')::bigint AS change FROM live WHERE id = 1) w
  WHERE c.sequence = ANY($1::bigint[]) AND c.action = 'cluster.follow'`;
