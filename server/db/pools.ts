/** The pool table. */
import type { LivePool } from '../../core/cluster/live-pool.ts';
import type { Enforced } from '../../core/cluster/taken.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import type { Queryable } from './client.ts';
import { type ReleasedByName, releasedFields } from './released.ts';
import { appliedTo, isRemade } from './sync.ts';

/** `sequence` is the change that last wrote it. */
export interface StoredPool {
  readonly name: string;
  readonly spec: PoolSpec;
  readonly sequence: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface PoolRow {
  name: string;
  spec: PoolSpec;
  sequence: string;
  created_at: string;
  updated_at: string;
}

export interface PoolFilter {
  /** part of the name or of the CIDR's text, any case */
  readonly search?: string;
  /** canonical address or CIDR: also pools that overlap it */
  readonly network?: string;
  /** names after this one */
  readonly after?: string;
  readonly limit: number;
}

/** One page in the order of names; `total` counts all that match. Everything is of one moment. */
export async function findPools(
  db: Queryable,
  filter: PoolFilter,
): Promise<{ pools: StoredPool[]; total: number; revision: string }> {
  const [row] = await db.query<{ revision: string; total: number; pools: PoolRow[] }>(
    `WITH found AS (
       SELECT name, spec, sequence, created_at, updated_at FROM pool
       WHERE ($1::text IS NULL OR position($1 IN name) > 0 OR position($1 IN text(cidr)) > 0 OR cidr && $2::inet)
     ), page AS (
       SELECT * FROM found WHERE $3::text IS NULL OR name > $3 COLLATE "C" ORDER BY name LIMIT $4
     )
     SELECT (SELECT revision FROM desired) AS revision,
            (SELECT count(*)::int FROM found) AS total,
            (SELECT coalesce(jsonb_agg(page ORDER BY name), '[]') FROM page) AS pools`,
    [filter.search?.toLowerCase() ?? null, filter.network ?? null, filter.after ?? null, filter.limit],
  );
  return { pools: row?.pools.map(stored) ?? [], total: row?.total ?? 0, revision: row?.revision ?? '' };
}

const TOUCHED = 'SELECT name, spec, sequence, created_at, updated_at FROM pool';
/** Of what touches many, most have a row in sync. */
const TOUCHING = `SELECT t.*, s.released, l.object->'pool'->'spec' AS live, s.force_version = t.sequence AS to_force,
    CASE WHEN s.policy = 'enforce' AND t.name = ANY($1::text[]) THEN l.object END AS enforced, s.applied_uid, s.deleted_by
  FROM (
    ${TOUCHED} WHERE name = ANY($1::text[])
    UNION
    SELECT p.name, p.spec, p.sequence, p.created_at, p.updated_at
    FROM (SELECT DISTINCT unnest($2::cidr[]) AS cidr) AS c JOIN pool p ON p.cidr && c.cidr
  ) AS t
  LEFT JOIN sync s ON s.name = t.name AND (s.released <> '{}' OR s.force_version = t.sequence OR s.policy = 'enforce')
  LEFT JOIN live_pool l ON l.name = s.name`;
/** Its plan is kept: it knows no CIDR in any case, and looks into sync for each pool by itself, however many it reckons with. */
const TOUCHING_ONE = `SELECT t.*, s.*
  FROM (${TOUCHED} WHERE name = $1 OR cidr && (SELECT $2::cidr)) AS t
  LEFT JOIN LATERAL (
    SELECT s.released, l.object->'pool'->'spec' AS live, s.force_version = t.sequence AS to_force,
      CASE WHEN s.policy = 'enforce' AND s.name = $1 THEN l.object END AS enforced, s.applied_uid, s.deleted_by
    FROM sync s LEFT JOIN live_pool l ON l.name = s.name
    WHERE s.name = t.name AND (s.released <> '{}' OR s.force_version = t.sequence OR s.policy = 'enforce')
    LIMIT 1
  ) AS s ON true`;

export interface PoolsTouching {
  readonly pools: StoredPool[];
  readonly released: ReleasedByName;
  /** those of which the last change is to be applied by force, and was not yet */
  readonly toForce: ReadonlySet<string>;
  /** of those that were named, what their policy writes over */
  readonly enforced: ReadonlyMap<string, Enforced>;
}

/** The pools of these names, and every pool whose CIDR shares an address with one of `cidrs`; with what is let go of them. */
export async function poolsTouching(
  db: Queryable,
  names: readonly string[],
  cidrs: readonly string[],
): Promise<PoolsTouching> {
  type Row = PoolRow & { released: string[] | null; live: PoolSpec | null; to_force: boolean | null } & {
    enforced: LivePool | null;
    applied_uid: string | null;
    deleted_by: string | null;
  };
  const rows = await (names.length === 1 && cidrs.length === 1
    ? db.query<Row>(TOUCHING_ONE, [...names, ...cidrs], 'pools-touching-one')
    : db.query<Row>(TOUCHING, [names, cidrs], 'pools-touching'));
  const released = rows.flatMap(({ name, released, live }) =>
    released === null || released.length === 0 ? [] : [[name, { fields: releasedFields(released), live }] as const],
  );
  const toForce = rows.flatMap(({ name, to_force }) => (to_force ? [name] : []));
  const enforced = rows.flatMap(({ name, enforced: live, applied_uid: uid, deleted_by: by }) => {
    const row = { applied: uid === null ? null : { uid }, deletedBy: by === null ? null : Number(by) };
    if (live === null) return [];
    return [[name, { live, uid: appliedTo(row, live)?.uid ?? null, remade: isRemade(row, live) }] as const];
  });
  return {
    pools: rows.map(stored),
    released: new Map(released),
    toForce: new Set(toForce),
    enforced: new Map(enforced),
  };
}

/** Every pool, or those of these names, in the order of names. */
export async function readPools(db: Queryable, names?: readonly string[]): Promise<StoredPool[]> {
  const all = 'SELECT name, spec, sequence, created_at, updated_at FROM pool';
  const rows = await (names === undefined
    ? db.query<PoolRow>(`${all} ORDER BY name`)
    : db.query<PoolRow>(`${all} WHERE name = ANY($1::text[]) ORDER BY name`, [names], 'read-pools'));
  return rows.map(stored);
}

/** Other pools that share an address with a pool. */
export interface Overlaps {
  /** the first of them: containing ones first, then by name */
  readonly first: readonly { readonly name: string; readonly spec: PoolSpec }[];
  readonly count: number;
}

/**
 * For each of these pools the others that it overlaps, `most` of them and their number; pools without any are left out. Each CIDR is
 * asked for once: a cluster may have a thousand pools of the same one.
 */
export async function overlapsOf(
  db: Queryable,
  names: readonly string[],
  most: number,
): Promise<ReadonlyMap<string, Overlaps>> {
  const rows = await db.query<{ names: string[]; count: number; first: { name: string; spec: PoolSpec }[] }>(
    `SELECT p.names, o.count, o.first
     FROM (SELECT cidr, array_agg(name) AS names FROM pool WHERE name = ANY($1::text[]) GROUP BY cidr) p,
     LATERAL (
       SELECT count(*)::int - 1 AS count,
              (SELECT jsonb_agg(jsonb_build_object('name', name, 'spec', spec)) FROM (
                 SELECT name, spec FROM pool WHERE cidr && p.cidr
                 ORDER BY cidr, name COLLATE "C" LIMIT $2 + 1
               ) AS f) AS first
       FROM pool WHERE cidr && p.cidr
     ) o
     WHERE o.count > 0`,
    [names, most],
    'overlaps-of',
  );
  return new Map(
    rows.flatMap(({ names: same, count, first }) =>
      same.map(
        (name) => [name, { first: first.filter((other) => other.name !== name).slice(0, most), count }] as const,
      ),
    ),
  );
}

function stored(row: PoolRow): StoredPool {
  return {
    name: row.name,
    spec: row.spec,
    sequence: Number(row.sequence),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}
