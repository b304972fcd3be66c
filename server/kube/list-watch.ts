/**
 * The objects of one type, kept as the cluster has them: a list, then a watch from there on, for ever. What is held is
 * replaced only by a list that is complete or changed by an event; while the server is away, answers nonsense, refuses us or
 * loses the type itself, the last known objects stay. It never gives up and says at any time what it knows.
 *
 * A type that was made anew is restored object by object. Of one that may be, the caller says what was known (`lasting`):
 * its lists are believed when none of that is missing.
 *
 * A stream lives for STREAM_S and is then asked for anew; one that is older is dead without a word. That bounds how long a
 * connection that was cut in silence can fool us.
 */
import { doubtful, lacksText, type Remembered } from '../../core/cluster/come-back.ts';
import type { Connection } from './connection.ts';
import { guardDeletions, mustBeServed } from './deletion-guard.ts';
import { presenceOf } from './discovery.ts';
import { failure, KubeError, type KubeErrorKind } from './kube-error.ts';
import { list } from './list.ts';
import { type KubeObject, keyOf } from './object.ts';
import { retryDelay } from './retry-delay.ts';
import { type WatchEvent, watch } from './watch.ts';
import type { WatchState } from './watch-state.ts';

const STREAM_S = 25;
const DEAD_AFTER_MS = 29_000;
/** a stream that ends sooner was not ended because its time was over */
const SPENT_MS = STREAM_S * 1_000 - 500;
/** a stream that ends sooner, even cleanly, was none */
const SHORT_MS = 1_000;
/** after these the next thing is a list: where we were is lost, or in doubt */
const LIST_AGAIN: readonly KubeErrorKind[] = ['expired', 'garbled', 'too-large', 'no-such-type', 'bad-request'];

/** One object that is new, changed or gone. `now` null: gone; `before` null: new. Never both. */
export interface Change<T> {
  /** `name`, or `namespace/name` */
  readonly key: string;
  readonly before: T | null;
  readonly now: T | null;
}

/** A change of objects that could not be kept is none. */
export const readable = <T>({ key, before, now }: Change<T | null>): Change<T>[] =>
  before === null && now === null ? [] : [{ key, before, now }];

/** Of a type that can be deleted and made anew. */
export interface Lasting {
  /** the type was lost before this watch began */
  readonly lost: boolean;
  /** Asked for the first list, and where something held is missing. */
  readonly remembered: () => Promise<Remembered>;
}

export interface ListWatchOptions<T> {
  readonly connection: Connection;
  /** of the type: `/apis/projectcalico.org/v3/ippools` */
  readonly path: string;
  /** `labelSelector`, `fieldSelector` */
  readonly query?: Readonly<Record<string, string>>;
  /** Absent: only an empty list is doubted, where the server did not know the type a moment ago. */
  readonly lasting?: Lasting;
  /** What is held of an object: as little as is needed. */
  readonly keep: (object: KubeObject) => T;
  /** After the objects have changed; the first list comes whole, even when it is empty. */
  readonly onChange: (changes: readonly Change<T>[]) => void;
  readonly onState: (state: WatchState) => void;
  readonly now: () => number;
}

export interface ListWatch<T> {
  /** By key. Empty until the first list. */
  readonly objects: ReadonlyMap<string, T>;
  state(): WatchState;
  stop(): Promise<void>;
}

interface Held<T> {
  readonly uid: string;
  readonly version: string;
  readonly kept: T;
}

export function listWatch<T>(options: ListWatchOptions<T>): ListWatch<T> {
  const { connection, path, query = {}, lasting, keep, onChange, onState, now } = options;
  const objects = new Map<string, T>();
  const identities = new Map<string, string>();
  const stopping = new AbortController();
  let state: WatchState = { phase: 'starting', since: now(), heardAt: null, error: null };
  /** the type was not there: what is listed next may be half of it */
  let typeWasLost = lasting?.lost ?? false;

  const presence = () => presenceOf(connection, path, stopping.signal);

  const heard = (): void => {
    state = { ...state, heardAt: now() };
  };
  const live = (): void => {
    heard();
    if (state.phase === 'live') return;
    state = { phase: 'live', since: now(), heardAt: state.heardAt, error: null };
    onState(state);
  };
  const failed = (error: KubeError): void => {
    const phase = state.phase === 'live' ? 'blind' : state.phase;
    const told = phase === state.phase && error.message === state.error?.message;
    state = { ...state, phase, since: phase === state.phase ? state.since : now(), error };
    if (!told) onState(state);
  };

  const set = (held: Held<T>, key: string): Change<T>[] => {
    const identity = `${held.uid} ${held.version}`;
    if (identities.get(key) === identity) return [];
    const before = objects.get(key) ?? null;
    objects.set(key, held.kept);
    identities.set(key, identity);
    return [{ key, before, now: held.kept }];
  };
  const drop = (key: string): Change<T>[] => {
    const before = objects.get(key);
    objects.delete(key);
    identities.delete(key);
    return before === undefined ? [] : [{ key, before, now: null }];
  };

  /** Replaces what is held; what came out is told as changes. Resolves with where the watch begins. */
  const relist = async (): Promise<string> => {
    const { signal } = stopping;
    const read = (object: KubeObject) => [keyOf(object), heldOf(object, keep)] as const;
    const { items, resourceVersion } = await list(connection, { path, query, keep: read, signal });
    const listed = new Map(items.map(([key, { uid }]) => [key, uid]));
    const gone = [...objects.keys()].filter((key) => !listed.has(key));
    const first = state.phase === 'starting';
    if (gone.length > 0 || (first && lasting !== undefined)) await mustBeBelieved(listed);
    typeWasLost = false;
    const changes = [...gone.flatMap(drop), ...items.flatMap(([key, held]) => set(held, key))];
    live();
    if (first || changes.length > 0) onChange(changes);
    return resourceVersion;
  };

  /** Of a complete list that lacks something that is held, or may. */
  const mustBeBelieved = async (listed: ReadonlyMap<string, string>): Promise<void> => {
    await mustBeServed(path, presence);
    if (lasting === undefined) {
      if (typeWasLost && listed.size === 0) throw madeAnew(path, 'is empty');
      return;
    }
    const lacks = doubtful(await lasting.remembered(), listed, typeWasLost);
    if (lacks.missing.length > 0) throw madeAnew(path, `lacks ${lacksText(lacks, 'objects')}`);
  };

  const deliver = (event: WatchEvent): void => {
    if (event.type === 'bookmark') return;
    const key = keyOf(event.object);
    const changes = event.type === 'set' ? set(heldOf(event.object, keep), key) : drop(key);
    if (changes.length > 0) onChange(changes);
  };

  const takesAll = async (events: readonly WatchEvent[]): Promise<boolean> => {
    if (lasting === undefined) return false;
    const gone = new Set(events.flatMap((event) => (event.type === 'gone' ? [keyOf(event.object)] : [])));
    const known = [...(await lasting.remembered()).known.keys()];
    // one that we do not hold has gone before: only the caller does not know yet
    return known.length > 0 && known.every((key) => gone.has(key) || !objects.has(key));
  };

  /** One stream. Resolves at its clean end; `reached` gets each version that the watch has come to. */
  const follow = async (from: string, reached: (version: string) => void): Promise<void> => {
    const ending = new AbortController();
    const began = now();
    const stop = (): void => ending.abort(stopping.signal.reason);
    stopping.signal.addEventListener('abort', stop);
    const dead = failure('unreachable', 'the server must end a watch in time; this one was cut off');
    const timer = setTimeout(() => ending.abort(new KubeError(`GET ${path}`, dead)), DEAD_AFTER_MS);
    const guard = guardDeletions<WatchEvent>({
      path,
      presence,
      deliver(event) {
        deliver(event);
        reached(event.resourceVersion);
      },
      takesAll,
      failed: (error) => ending.abort(error),
    });
    try {
      const asked = { path, query, resourceVersion: from, seconds: STREAM_S, signal: ending.signal };
      const events = await watch(connection, asked);
      live();
      for await (const event of events) {
        heard();
        // a bookmark waits in its turn: it is past everything before it
        guard.take(event, event.type === 'gone');
      }
      // all watches of a type that is gone are ended: whether it was made anew at once, a list says; where the time was
      // over, too, the next stream brings again what waits
      if (guard.waiting() && now() - began < SPENT_MS) throw endedEarly(path);
      heard();
    } finally {
      clearTimeout(timer);
      guard.stop();
      stopping.signal.removeEventListener('abort', stop);
    }
  };

  const run = async (): Promise<void> => {
    let from: string | null = null;
    let attempt = 0;
    while (!stopping.signal.aborted) {
      const began = now();
      try {
        from ??= await relist();
        await follow(from, (version) => {
          from = version;
        });
        if (now() - began > SHORT_MS) attempt = 0;
        // once is nothing: the server ends all watches of a type that has changed
        else if (attempt++ > 0) throw endedAtOnce(path);
      } catch (error) {
        if (stopping.signal.aborted) return;
        const known = error instanceof KubeError ? error : unexpected(path, error);
        // it answers again, if only to say that it starts
        const back = state.error?.kind === 'unreachable' && known.kind !== 'unreachable';
        if (back || now() - began > SHORT_MS) attempt = 0;
        if (LIST_AGAIN.includes(known.kind)) from = null;
        if (known.kind === 'no-such-type') typeWasLost = true;
        // it is only late: the list says whether the server is well
        if (known.kind === 'expired' && attempt++ === 0) continue;
        failed(known);
        await pause(retryDelay(known.failure, attempt++, Math.random()), stopping.signal);
      }
    }
  };
  const ended = run();

  return {
    objects,
    state: () => state,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

const heldOf = <T>(object: KubeObject, keep: (object: KubeObject) => T): Held<T> => ({
  uid: object.metadata.uid,
  version: object.metadata.resourceVersion,
  kept: keep(object),
});

const madeAnew = (path: string, how: string): KubeError =>
  new KubeError(
    `GET ${path}`,
    failure('no-such-type', `the type was deleted and made anew, and ${how}; the last known objects stay in force`),
  );

const endedEarly = (path: string): KubeError =>
  new KubeError(`GET ${path}?watch=true`, failure('expired', 'it ended while objects were being deleted'));

const endedAtOnce = (path: string): KubeError =>
  new KubeError(`GET ${path}?watch=true`, failure('garbled', 'a watch must last; this one ended at once'));

/** A fault of ours must not end the watch either; it is shown like the others. */
const unexpected = (path: string, error: unknown): KubeError =>
  new KubeError(`GET ${path}`, failure('garbled', error instanceof Error ? error.message : String(error)));

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
