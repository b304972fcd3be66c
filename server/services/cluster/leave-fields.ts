import type { SyncRow } from '../../db/sync.ts';

type Row = Omit<SyncRow, 'since'>;

/** For a change that decides about no field: what was applied of the pool (`sequence`) stays all that was decided, and nobody is written over for this. */
export function leaveFields(row: Row, sequence: number, change: number): Row {
  const { applied, policy } = row;
  if (policy !== 'ask' || applied === null || applied.version < sequence) return row;
  return { ...row, applied: { ...applied, version: change } };
}
