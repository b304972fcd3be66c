/** Fields of pools that an operator let go (core/cluster/released.ts), with what the cluster has of them. */
import { type PoolField, poolFields } from '../../core/cluster/compare.ts';
import { withReleased } from '../../core/cluster/released.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import type { Queryable } from './client.ts';

export interface Released {
  /** never empty, in the order of a pool's fields */
  readonly fields: readonly PoolField[];
  /** null: the cluster has no such pool, or it never could be read */
  readonly live: PoolSpec | null;
}
export type ReleasedByName = ReadonlyMap<string, Released>;

// a plan for all would be kept for a few as well
const SELECT = `SELECT s.name, s.released, l.object->'pool'->'spec' AS live
  FROM sync s LEFT JOIN live_pool l ON l.name = s.name WHERE s.released <> '{}'`;

/** By name, those of all pools, or of these, that have such fields. */
export async function readReleased(db: Queryable, names?: readonly string[]): Promise<ReleasedByName> {
  type Row = { name: string; released: string[]; live: PoolSpec | null };
  const rows =
    names === undefined
      ? await db.query<Row>(SELECT, [])
      : await db.query<Row>(`${SELECT} AND s.name = ANY($1::text[])`, [names], 'read-released');
  return new Map(rows.map(({ name, released, live }) => [name, { fields: releasedFields(released), live }]));
}

/** Of one pool, in the order of a pool's fields; empty: none is let go. */
export const releasedOf = async (db: Queryable, name: string): Promise<readonly PoolField[]> =>
  (await readReleased(db, [name])).get(name)?.fields ?? [];

export const releasedFields = (names: readonly string[]): PoolField[] =>
  poolFields.filter((field) => names.includes(field));

/** The pool has its row in `sync`. */
export async function writeReleased(tx: Queryable, name: string, fields: readonly PoolField[]): Promise<void> {
  await tx.query('UPDATE sync SET released = $2::text[] WHERE name = $1', [name, fields]);
}

/** Pools as they are told: of what is let go the cluster's values. */
export const showReleased = <T extends { readonly name: string; readonly spec: PoolSpec }>(
  pools: readonly T[],
  released: ReleasedByName,
): T[] =>
  pools.map((pool) => {
    const { fields, live } = released.get(pool.name) ?? { fields: [], live: null };
    return fields.length === 0 ? pool : { ...pool, spec: withReleased(pool.spec, fields, live) };
  });

/** The same of pools that were just read. */
export const shownPools = async <T extends { readonly name: string; readonly spec: PoolSpec }>(
  db: Queryable,
  pools: readonly T[],
): Promise<T[]> =>
  showReleased(
    pools,
    await readReleased(
      db,
      pools.map(({ name }) => name),
    ),
  );
