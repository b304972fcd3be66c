/** What was decided about a pool, and what the cluster said of it from then on. */
import { differingFields, fieldsMoved, isBeside, type PoolField, poolFields } from '../../core/cluster/compare.ts';
import { OUR_MANAGER } from '../../core/cluster/managed-fields.ts';
import { withReleased } from '../../core/cluster/released.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import type { Queryable } from './client.ts';
import { readReleased } from './released.ts';

/** A change, and one of the pools that it touched. */
export interface Asked {
  readonly sequence: number;
  readonly name: string;
  /** the last live change when the change was made */
  readonly seen: number;
}

export interface Known {
  readonly was: PoolSpec | null;
  readonly ours: PoolSpec | null;
  /** fields that others decide by now */
  readonly released: readonly PoolField[];
  /** the last one until `seen`, and those after it until the first of ours for it or for a later change */
  readonly states: readonly State[];
}

interface State {
  /** the live change that brought it */
  readonly sequence: number;
  /** null: the cluster had no such pool */
  readonly spec: PoolSpec | null;
  /** we wrote it, for no change or for this one or a later one */
  readonly byUs: boolean;
}

/** The live change from which on the cluster said what was decided, or since one of ours had a part of it. */
export function firstSaid({ was, ours, released, states }: Known, seen: number): number | 'never' {
  const start = states.find(({ sequence }) => sequence <= seen)?.spec ?? null;
  const since = states.filter(({ sequence }) => sequence > seen);
  if (ours === null && start === null) return 'never';
  // what it decided itself was let go after it
  const othersDecide = released.filter(
    (field) => was === null || ours === null || !fieldsMoved(was, ours).includes(field),
  );
  const says = (spec: PoolSpec | null): boolean => isAs(ours, spec, othersDecide);
  if (says(start)) return seen;
  // a policy decides no field: what it writes over is what differed
  const decided = fieldsBetween(was, ours).length > 0 ? fieldsBetween(was, ours) : fieldsBetween(start, ours);
  let last = start;
  for (const { sequence, spec, byUs } of since) {
    if (says(spec) || (byUs && brings(last, spec, ours, decided))) return sequence;
    last = spec;
  }
  return 'never';
}

/** One of the fields became as it was decided. A pool of another CIDR is another pool. */
function brings(
  from: PoolSpec | null,
  to: PoolSpec | null,
  ours: PoolSpec | null,
  decided: readonly PoolField[],
): boolean {
  if (ours === null || to === null) return false;
  const otherwise = fieldsMoved(ours, to).filter((field) => !isBeside(ours[field], from?.[field], to[field]));
  if (otherwise.includes('cidr')) return false;
  return fieldsBetween(from, to).some((field) => decided.includes(field) && !otherwise.includes(field));
}

function isAs(ours: PoolSpec | null, live: PoolSpec | null, released: readonly PoolField[]): boolean {
  if (live === null || ours === null) return live === ours;
  return differingFields(withReleased(ours, released, live), live).length === 0;
}

/** All of them where it was made or deleted. */
function fieldsBetween(a: PoolSpec | null, b: PoolSpec | null): readonly PoolField[] {
  if (a === null || b === null) return a === b ? [] : poolFields;
  return fieldsMoved(a, b);
}

export async function statesOf<One extends Asked>(db: Queryable, asked: readonly One[]): Promise<Map<One, Known>> {
  if (asked.length === 0) return new Map();
  const names = [...new Set(asked.map(({ name }) => name))];
  const changes = [...new Set(asked.map(({ sequence }) => sequence))];
  const [moves, was, ours, released] = await Promise.all([
    movesOf(db, names),
    specsIn(db, 'change', 'before', changes, names),
    specsIn(db, 'change', 'after', changes, names),
    readReleased(db, names),
  ]);
  const shown = new Map(asked.map((one) => [one, around(moves.get(one.name) ?? [], one)]));
  const live = await specsIn(
    db,
    'live_change',
    'after',
    [...new Set([...shown.values()].flat().map(sequenceOf))],
    names,
  );
  return new Map(
    asked.map((one) => {
      const { sequence: change, name } = one;
      const states = (shown.get(one) ?? []).map(({ sequence, byUs, cause }) => {
        return { sequence, spec: live(sequence, name), byUs: byUs && (cause === null || cause >= change) };
      });
      const fields = released.get(name)?.fields ?? [];
      return [one, { was: was(change, name), ours: ours(change, name), released: fields, states }];
    }),
  );
}

interface Move {
  readonly sequence: number;
  readonly byUs: boolean;
  readonly cause: number | null;
}

const sequenceOf = ({ sequence }: Move): number => sequence;

/** The last one until it was made, and those after it: with the first one of ours for it or for a later change it is over. */
function around(moves: readonly Move[], { seen, sequence: change }: Asked): readonly Move[] {
  const after = moves.findIndex(({ sequence }) => sequence > seen);
  const first = after === -1 ? moves.length : after;
  const over = moves.findIndex(({ cause }, index) => index >= first && cause !== null && cause >= change);
  return moves.slice(Math.max(first - 1, 0), over === -1 ? undefined : over + 1);
}

/** By name, in their order. In one look for all: one by one the log is gone through again and again. */
async function movesOf(db: Queryable, names: readonly string[]): Promise<Map<string, Move[]>> {
  const rows = await db.query<{ name: string; sequence: string; by_us: boolean; cause: string | null }>(
    `SELECT n.name, m.sequence, m.actor = '${OUR_MANAGER}' AS by_us, m.cause
     FROM live_change m CROSS JOIN LATERAL unnest(m.pools) AS n(name)
     WHERE m.pools && $1::text[] AND n.name = ANY($1::text[]) ORDER BY m.sequence`,
    [names],
  );
  const moves = new Map<string, Move[]>();
  for (const { name, sequence, by_us: byUs, cause } of rows) {
    const move = { sequence: Number(sequence), byUs, cause: cause === null ? null : Number(cause) };
    const known = moves.get(name);
    if (known === undefined) moves.set(name, [move]);
    else known.push(move);
  }
  return moves;
}

/** What rows say of pools. Each is read once: one may have all pools of a cluster. */
async function specsIn(
  db: Queryable,
  table: 'change' | 'live_change',
  side: 'before' | 'after',
  sequences: readonly number[],
  names: readonly string[],
): Promise<(sequence: number, name: string) => PoolSpec | null> {
  const rows = await db.query<{ sequence: string; name: string; spec: PoolSpec }>(
    `SELECT r.sequence, p->>'name' AS name, p->'spec' AS spec FROM ${table} r, jsonb_path_query(r.${side}, '$[*]') AS p
     WHERE r.sequence = ANY($1::bigint[]) AND p->>'name' = ANY($2::text[])`,
    [sequences, names],
  );
  const specs = new Map(rows.map(({ sequence, name, spec }) => [`${sequence} ${name}`, spec]));
  return (sequence, name) => specs.get(`${sequence} ${name}`) ?? null;
}
