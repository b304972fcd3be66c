/** When the cluster had what a change of pools decided. */
import { differingFields, type PoolField } from '../../core/cluster/compare.ts';
import { withReleased } from '../../core/cluster/released.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import type { Queryable } from './client.ts';
import { releasedFields } from './released.ts';
import { isVoid } from './void-force.ts';

/**
 * By change, the live change from which on the cluster has all of it. Each pool that it touched counts by its first move for
 * this change; where there is none the cluster said so already, or by its first move for a later one, which overtook it. Null:
 * it has not taken all of it. Changes of other things are left out, and uses of force that did nothing.
 */
export async function poolsCarriedOut(db: Queryable, changes: readonly number[]): Promise<Map<number, number | null>> {
  const rows = (await db.query<Came>(CAME, [changes])).map(cameOf);
  // so few contents are compared: of more pools than that, one that needed no move counts as overtaken
  const open = rows.filter(({ own, later, many }) => own === null && later !== null && many <= MOST_COMPARED);
  const said = await saidAlready(db, open);
  const found = new Map<number, number | null>();
  for (const row of rows) {
    const { sequence, own, later, settled } = row;
    const moved = own ?? (said.has(row) ? null : later);
    const at = moved ?? (settled || said.has(row) ? row.seen : null);
    const before = found.get(sequence);
    found.set(sequence, before === null || at === null ? null : Math.max(before ?? 0, at));
  }
  return found;
}

const MOST_COMPARED = 100;

/** Of one pool that a change touched. Numbers are of live changes. */
interface Touched {
  readonly sequence: number;
  readonly name: string;
  /** how many pools the change touched */
  readonly many: number;
  /** its first move for this change; null for what never moves anything: adopted, released, a field let go */
  readonly own: number | null;
  /** its first move for this change or a later one */
  readonly later: number | null;
  /** nothing waits to be done for this change */
  readonly settled: boolean;
  /** the last one when the change was made */
  readonly seen: number;
}

type Came = { [K in keyof Touched]: Touched[K] extends boolean ? boolean : string | null } & { name: string };

const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text));
const cameOf = ({ name, settled, ...row }: Came): Touched => ({
  name,
  settled,
  sequence: Number(row.sequence),
  many: Number(row.many),
  own: numberOrNull(row.own),
  later: numberOrNull(row.later),
  seen: Number(row.seen),
});

const CAME = `
  WITH asked AS MATERIALIZED (
    SELECT c.sequence, c.pools, cardinality(c.pools) AS many, c.action IN ('pool.adopt', 'pool.release', 'pool.release-field') AS still,
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
  SELECT t.sequence, t.name, t.many, t.own, t.later, t.seen,
    t.still OR coalesce(s.applied_version >= t.sequence, s.name IS NULL AND p.name IS NULL) AS settled
  FROM came t LEFT JOIN sync s ON s.name = t.name LEFT JOIN pool p ON p.name = t.name`;

/** Those of which the cluster said, when the change was made, what it decided. */
async function saidAlready(db: Queryable, open: readonly Touched[]): Promise<Set<Touched>> {
  if (open.length === 0) return new Set();
  const rows = await db.query<{ ours: PoolSpec | null; live: PoolSpec | null; released: string[] | null }>(SAID, [
    open.map(({ sequence }) => sequence),
    open.map(({ name }) => name),
    open.map((row) => row.seen),
  ]);
  return new Set(
    open.filter((_, i) => says(rows[i]?.live ?? null, rows[i]?.ours ?? null, releasedFields(rows[i]?.released ?? []))),
  );
}

const says = (live: PoolSpec | null, ours: PoolSpec | null, released: readonly PoolField[]): boolean =>
  live === null || ours === null
    ? live === ours
    : differingFields(withReleased(ours, released, live), live).length === 0;

const specIn = (content: string): string =>
  `jsonb_path_query_first(${content}, '$[*] ? (@.name == $name).spec', jsonb_build_object('name', a.name))`;
const SAID = `
  SELECT ${specIn('c.after')} AS ours, ${specIn('l.after')} AS live, s.released
  FROM unnest($1::bigint[], $2::text[], $3::bigint[]) WITH ORDINALITY AS a(sequence, name, seen, turn)
  JOIN change c ON c.sequence = a.sequence
  LEFT JOIN LATERAL (SELECT m.after FROM live_change m WHERE m.pools @> ARRAY[a.name] AND m.sequence <= a.seen
    ORDER BY m.sequence DESC LIMIT 1) l ON true
  LEFT JOIN sync s ON s.name = a.name
  ORDER BY a.turn`;
