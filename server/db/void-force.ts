/** Uses of force that did nothing. What is written here is never taken back; what the cluster has by one after all outweighs it. */
import type { VoidForce } from '../../core/cluster/void-force.ts';
import { changeNumber } from '../../core/wire/change-number.ts';
import type { Queryable } from './client.ts';

/**
 * In SQL, that the change of this number is one of them. One that was overtaken may have been on its way to the cluster: a live
 * change says that it came.
 */
export const isVoid = (change: string): string =>
  `(EXISTS (SELECT FROM void_force WHERE change = ${change}) AND NOT EXISTS (SELECT FROM live_change WHERE cause = ${change}))`;

/** Once: nothing where it is known already, nor where the cluster has what it decided by it after all. The caller holds the live row. */
export async function writeVoidForce(tx: Queryable, { change, why }: VoidForce): Promise<void> {
  const [row] = await tx.query<{ before: unknown }>(
    `SELECT before FROM change WHERE sequence = $1
       AND NOT EXISTS (SELECT FROM void_force WHERE change = $1) AND NOT EXISTS (SELECT FROM live_change WHERE cause = $1)`,
    [change],
  );
  if (row === undefined) return;
  await tx.query('INSERT INTO void_force (change, why) VALUES ($1, $2)', [change, why(row.before)]);
}

/**
 * Another decision was made about what these uses of force were to be applied to. Nothing of those that are carried out, and what
 * is known of one already stays. The caller holds the live row.
 */
export async function writeOvertaken(
  tx: Queryable,
  changes: readonly number[],
  by: { readonly change: number; readonly actor: string },
): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(
    `INSERT INTO void_force (change, why) SELECT f.change, $2 FROM unnest($1::bigint[]) AS f(change)
     WHERE NOT EXISTS (SELECT FROM live_change WHERE cause = f.change) ON CONFLICT DO NOTHING`,
    [changes, `change ${changeNumber(by.change)} by ${by.actor} came before it was carried out`],
  );
}

/** By change why it did nothing; of those that are no use of force, or one that counts, nothing. */
export async function readVoidForce(db: Queryable, changes: readonly number[]): Promise<Map<number, string>> {
  const rows = await db.query<{ change: string; why: string }>(
    `SELECT v.change, why FROM void_force v WHERE v.change = ANY($1::bigint[]) AND ${isVoid('v.change')}`,
    [changes],
  );
  return new Map(rows.map(({ change, why }) => [Number(change), why]));
}

/** The last change of the pool that was no void use of force: what it decided, and all before, is what the cluster may be behind of. */
export async function lastInForce(db: Queryable, name: string): Promise<number> {
  const [row] = await db.query<{ sequence: string | null }>(
    `SELECT max(sequence) AS sequence FROM change c WHERE pools @> ARRAY[$1::text] AND action <> 'cluster.follow'
       AND NOT ${isVoid('c.sequence')}`,
    [name],
  );
  return Number(row?.sequence ?? 0);
}
