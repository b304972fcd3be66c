import type { Queryable } from '../../db/client.ts';
import type { SyncRow } from '../../db/sync.ts';
import { lastInForce } from '../../db/void-force.ts';

type Row = Omit<SyncRow, 'since'>;

/** For a change that decides about no field: what was applied of the pool stays all that was decided, and nobody is written over for this. */
export async function leaveFields(tx: Queryable, row: Row, change: number): Promise<Row> {
  const { applied, policy } = row;
  if (policy !== 'ask' || applied === null || applied.version < (await lastInForce(tx, row.name))) return row;
  return { ...row, applied: { ...applied, version: change } };
}
