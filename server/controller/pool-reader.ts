/** What is wanted of a pool and what is there. Those that are asked for at the same time are read together. */
import { setImmediate as turn } from 'node:timers/promises';
import { type PoolAtHand, readAtHand } from '../db/at-hand.ts';
import type { Queryable } from '../db/client.ts';

export interface PoolReader {
  of(name: string): Promise<PoolAtHand>;
  /** What is asked of this pool within `work` is answered by what was read of it just now. */
  having(name: string, hand: PoolAtHand | null, work: () => void): void;
}

const NOTHING: PoolAtHand = { pool: undefined, row: undefined, live: undefined, released: [], letGo: false };

/** One read at a time: else than `having`, a name is never answered by a read that had begun before it was asked for. */
export function poolReader(db: Queryable): PoolReader {
  let waiting: { readonly names: Set<string>; readonly read: Promise<Map<string, PoolAtHand>> } | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const next = (): NonNullable<typeof waiting> => {
    const names = new Set<string>();
    // what was written together is done with together: the workers that it sets free ask in the same turn
    const read = Promise.all([last, turn()]).then(() => {
      waiting = null;
      return readAtHand(db, [...names]);
    });
    last = read.catch(() => {});
    return { names, read };
  };
  let had: { readonly name: string; readonly hand: PoolAtHand } | null = null;
  return {
    async of(name) {
      if (had?.name === name) return had.hand;
      waiting ??= next();
      waiting.names.add(name);
      return (await waiting.read).get(name) ?? NOTHING;
    },
    having(name, hand, work) {
      had = hand && { name, hand };
      try {
        work();
      } finally {
        had = null;
      }
    },
  };
}
