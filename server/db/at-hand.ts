/** What is wanted of pools, what came of it so far, and what is there: read together, of one moment. */
import type { PoolField } from '../../core/cluster/compare.ts';
import type { LivePool } from '../../core/cluster/live-pool.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import { lastSpecsOf } from './changes.ts';
import type { Queryable } from './client.ts';
import type { StoredPool } from './pools.ts';
import { releasedFields } from './released.ts';
import { type SyncRecord, type SyncRow, syncRow } from './sync.ts';

export interface PoolAtHand {
  readonly pool: Pick<StoredPool, 'name' | 'spec' | 'sequence'> | undefined;
  readonly row: SyncRow | undefined;
  readonly live: LivePool | undefined;
  /** its fields that others decide */
  readonly released: readonly PoolField[];
  /** it was released, and is no pool of ours since */
  readonly letGo: boolean;
  /** of one that is to be applied by force: the last change that decided its values without; 0: none that is known */
  readonly unforced?: number;
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };
type Row = { readonly key: string; readonly wanted: PoolSpec | null; readonly version: string | null } & {
  readonly object: LivePool | null;
  readonly released: string[] | null;
  readonly let_go_by: string | null;
} & (SyncRecord<PoolSpec> | Nullable<SyncRecord<PoolSpec>>);

const select = (
  names: string,
): string => `SELECT n.key, p.spec AS wanted, p.sequence AS version, l.object, s.* FROM ${names} AS n(key)
  LEFT JOIN pool p ON p.name = n.key LEFT JOIN live_pool l ON l.name = n.key LEFT JOIN sync s ON s.name = n.key`;
const OF_MANY = select('unnest($1::text[])');
/** An array of one is planned anew each time: it looks cheaper than the ten that a kept plan reckons with. */
const OF_ONE = select('(SELECT $1::text)');

/** All of these names, also those of which there is nothing. */
export async function readAtHand(db: Queryable, names: readonly string[]): Promise<Map<string, PoolAtHand>> {
  const [name] = names;
  const rows = await (names.length === 1
    ? db.query<Row>(OF_ONE, [name], 'read-at-hand-of-one')
    : db.query<Row>(OF_MANY, [names], 'read-at-hand'));
  const hands = new Map<string, PoolAtHand>();
  for (const row of rows) hands.set(row.key, await withUnforced(db, atHand(row)));
  return hands;
}

const VALUELESS: ReadonlySet<string> = new Set(['pool.force', 'pool.policy']);

async function withUnforced(db: Queryable, hand: PoolAtHand): Promise<PoolAtHand> {
  const { pool, row } = hand;
  if (pool === undefined || row?.forceVersion !== pool.sequence) return hand;
  const last = await lastSpecsOf(db, pool.name);
  const unforced = last.find(({ action, sequence }) => !VALUELESS.has(action) && sequence < pool.sequence);
  return { ...hand, unforced: unforced?.sequence ?? 0 };
}

function atHand(row: Row): PoolAtHand {
  const { key, wanted, version, object } = row;
  return {
    pool: wanted === null || version === null ? undefined : { name: key, spec: wanted, sequence: Number(version) },
    row: row.name === null ? undefined : syncRow(row as SyncRecord<PoolSpec>),
    live: object ?? undefined,
    released: releasedFields(row.released ?? []),
    letGo: row.let_go_by !== null,
  };
}
