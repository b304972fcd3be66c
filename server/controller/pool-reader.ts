/** What is wanted of a pool and what is there. Those that are asked for at the same time are read together. */
import type { LivePool } from '../../core/cluster/live-pool.ts';
import type { Queryable } from '../db/client.ts';
import { readLivePools } from '../db/live.ts';
import { readPools, type StoredPool } from '../db/pools.ts';
import { readSync, type SyncRow } from '../db/sync.ts';

export interface PoolAtHand {
  readonly pool: StoredPool | undefined;
  readonly row: SyncRow | undefined;
  readonly live: LivePool | undefined;
}

export type PoolReader = (name: string) => Promise<PoolAtHand>;

/** One read at a time: a name is never answered by a read that had begun before it was asked for. */
export function poolReader(db: Queryable): PoolReader {
  let waiting: { readonly names: Set<string>; readonly read: Promise<Map<string, PoolAtHand>> } | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const next = (): NonNullable<typeof waiting> => {
    const names = new Set<string>();
    const read = last.then(() => {
      waiting = null;
      return readAll(db, [...names]);
    });
    last = read.catch(() => {});
    return { names, read };
  };
  return async (name) => {
    waiting ??= next();
    waiting.names.add(name);
    return (await waiting.read).get(name) ?? { pool: undefined, row: undefined, live: undefined };
  };
}

async function readAll(db: Queryable, names: readonly string[]): Promise<Map<string, PoolAtHand>> {
  const [pools, rows, live] = await Promise.all([readPools(db, names), readSync(db, names), readLivePools(db, names)]);
  const [byPool, byRow, byLive] = [byName(pools), byName(rows), byName(live)];
  return new Map(names.map((name) => [name, { pool: byPool.get(name), row: byRow.get(name), live: byLive.get(name) }]));
}

const byName = <T extends { readonly name: string }>(all: readonly T[]): Map<string, T> =>
  new Map(all.map((one) => [one.name, one]));
