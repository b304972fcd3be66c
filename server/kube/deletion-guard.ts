/**
 * When a type is deleted, the API server says of each of its objects that it is gone, as if somebody had deleted them all;
 * only discovery tells the two apart. So what follows a deletion waits, in order, until discovery has said that the type
 * is there to stay. Discovery hears of a dying type before the first of its objects goes, but from another side of the
 * server; the wait is for that.
 */
import type { TypePresence } from './discovery.ts';
import { failure, KubeError } from './kube-error.ts';

const WAIT_MS = 250;

export interface DeletionGuard<E> {
  /** `deliver` gets it now, or when what came before it is cleared. */
  take(event: E, isDeletion: boolean): void;
  /** Resolves when nothing waits any more; rejects when what waits must not be delivered. */
  settled(): Promise<void>;
  /** What waits is forgotten: another stream will bring it again. */
  stop(): void;
}

export interface DeletionGuardOptions<E> {
  readonly path: string;
  readonly presence: () => Promise<TypePresence>;
  readonly deliver: (event: E) => void;
  /** the type is not there, or nobody can say: what waits is forgotten */
  readonly failed: (error: unknown) => void;
}

export function guardDeletions<E>({ path, presence, deliver, failed }: DeletionGuardOptions<E>): DeletionGuard<E> {
  let waiting: E[] | null = null;
  let settled: Promise<void> = Promise.resolve();
  let stopped = false;

  const clear = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    await mustBeServed(path, presence);
    if (stopped) return;
    const ready = waiting ?? [];
    waiting = null;
    for (const event of ready) deliver(event);
  };
  return {
    take(event, isDeletion) {
      if (waiting !== null) {
        waiting.push(event);
        return;
      }
      if (!isDeletion) {
        deliver(event);
        return;
      }
      waiting = [event];
      settled = clear();
      settled.catch(failed);
    },
    settled: () => settled,
    stop() {
      stopped = true;
    },
  };
}

/** Rejects with `no-such-type` unless the type is there to stay. */
export async function mustBeServed(path: string, presence: () => Promise<TypePresence>): Promise<void> {
  const found = await presence();
  if (found === 'served') return;
  const message = found === 'leaving' ? 'the type is being deleted' : 'the server does not know the type';
  throw new KubeError(`GET ${path}`, failure('no-such-type', `${message}; the last known objects stay in force`));
}
