/**
 * When a type is deleted, the API server says of each of its objects that it is gone, as if somebody had deleted them all;
 * only discovery tells the two apart. So what follows a deletion waits, in order, until discovery has said that the type
 * is there to stay. Discovery hears of a dying type before the first of its objects goes, but from another side of the
 * server; the wait is for that, and each deletion has its own: one that comes while an earlier one waits may be the first of
 * its type. A type with few objects may be gone and made anew within it. The server ends the watches of such a type a second
 * later: where everything that was known goes, the wait is longer than that.
 */
import type { TypePresence } from './discovery.ts';
import { failure, KubeError } from './kube-error.ts';

const WAIT_MS = 250;
const ALL_MS = 2_000;

export interface DeletionGuard<E> {
  /** `deliver` gets it now, or when what came before it is cleared. */
  take(event: E, isDeletion: boolean): void;
  /** a deletion, and what came after it, is not cleared yet */
  waiting(): boolean;
  /** What waits is forgotten: another stream will bring it again. */
  stop(): void;
}

export interface DeletionGuardOptions<E> {
  readonly path: string;
  readonly presence: () => Promise<TypePresence>;
  readonly deliver: (event: E) => void;
  /** of what waits: nothing that was known is left after it */
  readonly takesAll: (waiting: readonly E[]) => Promise<boolean>;
  /** the type is not there, or nobody can say: what waits is forgotten */
  readonly failed: (error: unknown) => void;
}

export function guardDeletions<E>(options: DeletionGuardOptions<E>): DeletionGuard<E> {
  const { path, presence, deliver, takesAll, failed } = options;
  let waiting: { readonly event: E; readonly isDeletion: boolean }[] | null = null;
  let stopped = false;

  const served = async (afterMs: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await mustBeServed(path, presence);
  };
  const clear = async (held: NonNullable<typeof waiting>): Promise<void> => {
    while (held.length > 0) {
      let cleared = held.length;
      await served(WAIT_MS);
      if (!stopped && (await takesAll(held.map(({ event }) => event)))) {
        cleared = held.length;
        await served(ALL_MS - WAIT_MS);
      }
      if (stopped) return;
      const next = held.findIndex(({ isDeletion }, at) => isDeletion && at >= cleared);
      for (const { event } of held.splice(0, next === -1 ? held.length : next)) deliver(event);
    }
    waiting = null;
  };
  return {
    take(event, isDeletion) {
      if (waiting !== null) {
        waiting.push({ event, isDeletion });
        return;
      }
      if (!isDeletion) {
        deliver(event);
        return;
      }
      waiting = [{ event, isDeletion }];
      clear(waiting).catch(failed);
    },
    waiting: () => waiting !== null,
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
