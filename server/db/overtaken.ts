/** Pools about which something else was decided while the leader looked at them, or waited for an answer. */
import type { Queryable } from './client.ts';
import { readSync, type SyncRow } from './sync.ts';

/** What a decision writes of a row. */
export type Found = Pick<SyncRow, 'name' | 'applied' | 'deletedBy' | 'forceVersion'>;

/** Of these rows, as they were found, the names of those that a decision has written since: until the transaction ends none writes another. */
export async function namesOvertaken(tx: Queryable, found: readonly Found[]): Promise<Set<string>> {
  if (found.length === 0) return new Set();
  const names = found.map(({ name }) => name);
  // a statement of its own: the next one sees what was committed while this one waited for it
  await tx.query('SELECT FROM sync WHERE name = ANY($1::text[]) FOR UPDATE', [names]);
  const now = new Map((await readSync(tx, names)).map((row) => [row.name, standOf(row)]));
  return new Set(found.flatMap((row) => ((now.get(row.name) ?? standOf(row)) === standOf(row) ? [] : row.name)));
}

const standOf = ({ applied, deletedBy, forceVersion }: Found): string =>
  JSON.stringify([applied?.uid, applied?.version, deletedBy, forceVersion]);
