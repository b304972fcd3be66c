/** From the watch into the live ledger, in order, and whole again after a failure. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TermOver } from '../db/live.ts';
import type { Change } from '../kube/list-watch.ts';

export interface MirrorFeed<T> {
  /** What changed, and everything that is held now. */
  take(changes: readonly Change<T>[], objects: ReadonlyMap<string, T | null>): void;
  stop(): Promise<void>;
}

export interface MirrorFeedOptions<T> {
  /** writes a complete list: what it does not name is gone */
  readonly all: (objects: readonly T[]) => Promise<unknown>;
  readonly some: (changes: { readonly seen: readonly T[]; readonly gone: readonly T[] }) => Promise<unknown>;
  /** `whole`: the ledger now holds exactly what the watch does */
  readonly onMirrored: (names: readonly string[], whole: boolean) => void;
  readonly failed: (error: unknown) => void;
}

const RETRY_MS = 1_000;

/** The first take is the whole list. What could not be written is written as a whole, later. */
export function mirrorFeed<T>({ all, some, onMirrored, failed }: MirrorFeedOptions<T>): MirrorFeed<T> {
  let waiting: Change<T>[] = [];
  let whole = true;
  let held: ReadonlyMap<string, T | null> = new Map();
  let running: Promise<void> | null = null;
  let asked = false;
  const stopping = new AbortController();

  const step = async (): Promise<void> => {
    const changes = waiting;
    const complete = whole;
    waiting = [];
    whole = false;
    try {
      if (complete) await all([...held.values()].flatMap((object) => object ?? []));
      else await some(seenIn(changes));
      onMirrored(
        changes.map(({ key }) => key),
        complete,
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

/** The last word on each object: one event may follow another while a write is under way. */
function seenIn<T>(changes: readonly Change<T>[]): { seen: T[]; gone: T[] } {
  const last = new Map(changes.map((change) => [change.key, change]));
  const seen = [...last.values()].flatMap(({ now }) => (now === null ? [] : [now]));
  const gone = [...last.values()].flatMap(({ before, now }) => (now === null && before !== null ? [before] : []));
  return { seen, gone };
}
