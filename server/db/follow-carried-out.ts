import type { Queryable } from './client.ts';
import type { CarriedOut } from './pools-carried-out.ts';

/**
 * By decision to follow the cluster without what did not come back, the live change from which on it is so. What came back after
 * all had no need to go, and what another loss overtook waits for nothing either: where nothing went by it, it never is. Changes
 * of other things are left out.
 */
export async function followCarriedOut(db: Queryable, changes: readonly number[]): Promise<Map<number, CarriedOut>> {
  const rows = await db.query<{ sequence: string; waits: boolean; live: string | null }>(CARRIED_OUT, [changes]);
  const found = ({ waits, live }: (typeof rows)[number]): CarriedOut =>
    waits ? null : live === null ? 'never' : Number(live);
  return new Map(rows.map((row) => [Number(row.sequence), found(row)]));
}

const CARRIED_OUT = `
  SELECT c.sequence, w.change IS NOT DISTINCT FROM c.sequence AS waits,
    (SELECT max(m.sequence) FROM live_change m WHERE m.cause = c.sequence) AS live
  FROM change c, (SELECT (word->>'change')::bigint AS change FROM live WHERE id = 1) w
  WHERE c.sequence = ANY($1::bigint[]) AND c.action = 'cluster.follow'`;
