import type { Queryable } from '../../db/client.ts';
import type { StoredPool } from '../../db/pools.ts';
import type { SyncRow } from '../../db/sync.ts';
import { lastInForce } from '../../db/void-force.ts';
import { noteVoidForce } from './note-void-force.ts';

type Row = Omit<SyncRow, 'since'>;

/** For a change that decides about no field: what was applied of the pool stays all that was decided, and nobody is written over for this. */
export async function leaveFields(tx: Queryable, pool: StoredPool, row: Row, change: number): Promise<Row> {
  await noteVoidForce(tx, pool, row);
  const { applied, policy } = row;
  if (policy !== 'ask' || applied === null || applied.version < (await lastInForce(tx, row.name))) return row;
  return { ...row, applied: { ...applied, version: change } };
}
