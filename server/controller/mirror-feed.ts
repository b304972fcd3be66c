/** From the watch into the live ledger, in order, and whole again after a failure. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LivePool } from '../../core/cluster/live-pool.ts';
import type { Database } from '../db/client.ts';
import { TermOver } from '../db/live.ts';
import type { Change } from '../kube/list-watch.ts';
import { mirror, mirrorAll } from './mirror.ts';

export interface MirrorFeed {
  /** What changed, and everything that is held now. */
  take(changes: readonly Change<LivePool>[], objects: ReadonlyMap<string, LivePool | null>): void;
  stop(): Promise<void>;
}

export interface MirrorFeedOptions {
  readonly db: Database;
  readonly epoch: number;
  /** `whole`: the ledger now holds exactly what the watch does */
  readonly onMirrored: (names: readonly string[], whole: boolean) => void;
  readonly failed: (error: unknown) => void;
}

const RETRY_MS = 1_000;

/** The first take is the whole list. What could not be written is written as a whole, later. */
export function mirrorFeed({ db, epoch, onMirrored, failed }: MirrorFeedOptions): MirrorFeed {
  let waiting: Change<LivePool>[] = [];
  let whole = true;
  let held: ReadonlyMap<string, LivePool | null> = new Map();
  let running: Promise<void> | null = null;
  let asked = false;
  const stopping = new AbortController();

  const step = async (): Promise<void> => {
    const changes = waiting;
    const all = whole;
    waiting = [];
    whole = false;
    try {
      if (all)
        await mirrorAll(
          db,
          epoch,
          [...held.values()].flatMap((pool) => pool ?? []),
        );
      else await mirror(db, epoch, seenIn(changes));
      onMirrored(
        changes.map(({ key }) => key),
        all,
      );
    } catch (error) {
      whole = true;
      failed(error);
      if (error instanceof TermOver) stopping.abort();
      else await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      asked = true;
    }
  };
  const run = async (): Promise<void> => {
    while (asked && !stopping.signal.aborted) {
      asked = false;
      await step();
    }
    running = null;
  };

  return {
    take(changes, objects) {
      held = objects;
      waiting.push(...changes);
      asked = true;
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** The last word on each pool: one event may follow another while a write is under way. */
function seenIn(changes: readonly Change<LivePool>[]): { seen: LivePool[]; gone: LivePool[] } {
  const last = new Map(changes.map((change) => [change.key, change]));
  const seen = [...last.values()].flatMap(({ now }) => now ?? []);
  const gone = [...last.values()].flatMap(({ before, now }) => (now === null && before !== null ? [before] : []));
  return { seen, gone };
}
