/**
 * What one browser is told: first it subscribes, then what it missed is replayed, then it follows. Notices that come while
 * it is busy are kept as one set, so a slow browser costs a bounded amount of memory.
 */
import type { LiveEvent } from '../../core/wire/events.ts';
import type { Database } from '../db/client.ts';
import { type Cursor, formatCursor } from './cursor.ts';
import type { Hub, Signal } from './hub.ts';

export interface LiveOptions {
  readonly db: Database;
  readonly hub: Hub;
  /** where it was; null: it was nowhere, or says something unreadable */
  readonly cursor: Cursor | null;
  readonly signal: AbortSignal | undefined;
  /**
   * For how many milliseconds the session or token holds. Asked at the start, when they are over (a session that is used is
   * extended), and after accounts moved or may have: null ends the stream, for the browser to sign in again.
   */
  readonly holds: () => Promise<number | null>;
}

export interface Tracked {
  readonly id: string;
  readonly event: LiveEvent;
}

/** More changes than this are not told one by one: ask for everything again. */
const MOST_CHANGES = 200;
/** Clocks of servers differ a little, and a report is committed a little after its time. */
const OVERLAP_MS = 5_000;
/** the longest time that a timer can have */
const LONGEST_MS = 2 ** 31 - 1;

export async function* liveEvents({ db, hub, cursor, signal, holds }: LiveOptions): AsyncGenerator<Tracked> {
  const pending = makePending();
  const unsubscribe = hub.subscribe(pending.add);
  const stop = (): void => pending.add({ kind: 'closing' });
  signal?.addEventListener('abort', stop, { once: true });
  let expiry: NodeJS.Timeout | undefined;
  const stillAllowed = async (): Promise<boolean> => {
    clearTimeout(expiry);
    const left = await holds();
    if (left === null) return false;
    expiry = setTimeout(() => pending.add({ kind: 'expiry' }), Math.min(LONGEST_MS, Math.ceil(left)));
    return true;
  };
  try {
    if (hub.closing() || signal?.aborted) return;
    let at = await present(db);
    if (!(await stillAllowed())) {
      yield tracked(at, { kind: 'access' });
      return;
    }
    if (cursor === null) {
      // what was read before the subscription stood may be older than it
      yield tracked(at, { kind: 'reset' });
    } else {
      yield* numbered(await missed(db, cursor, at), cursor, at);
    }
    for (;;) {
      const { closing, resync, expiry: over, access, cluster, watch, changes, nodes } = await pending.take();
      if (closing) return;
      const from = at;
      // where notices were lost, one of a session or token that ended may be among them
      if ((access || resync || over) && !(await stillAllowed())) {
        // the browser asks who it is now, and learns that it is nobody
        yield tracked(from, { kind: 'access' });
        return;
      }
      at = { sequence: Math.max(at.sequence, ...changes), at: Date.now() };
      if (resync) {
        // the listener was away: notices were lost
        at = await present(db);
        yield* numbered(await missed(db, from, at), from, at);
        continue;
      }
      const events: LiveEvent[] = [
        // changes are committed in the order of their numbers: of one that was told, the notice was still on its way
        ...changes.flatMap((sequence) => (sequence > from.sequence ? [{ kind: 'change' as const, sequence }] : [])),
        ...nodes.map((node) => ({ kind: 'node' as const, node })),
        ...(access ? [{ kind: 'access' as const }] : []),
        ...(cluster ? [{ kind: 'cluster' as const }] : []),
        ...(watch ? [{ kind: 'watch' as const }] : []),
      ];
      yield* numbered(events, from, at);
    }
  } finally {
    unsubscribe();
    clearTimeout(expiry);
    signal?.removeEventListener('abort', stop);
  }
}

const tracked = (at: Cursor, event: LiveEvent): Tracked => ({ id: formatCursor(at), event });

/** An id says that everything up to it was told: only the last event carries the cursor that all of them lead to. */
function* numbered(events: readonly LiveEvent[], from: Cursor, to: Cursor): Generator<Tracked> {
  let { sequence } = from;
  for (const [index, event] of events.entries()) {
    if (event.kind === 'change') sequence = Math.max(sequence, event.sequence);
    yield tracked(index === events.length - 1 ? to : { sequence, at: from.at }, event);
  }
}

async function present(db: Database): Promise<Cursor> {
  const [row] = await db.query<{ sequence: string; at: number }>(
    'SELECT sequence, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at FROM desired WHERE id = 1',
  );
  return { sequence: Number(row?.sequence ?? 0), at: Math.floor(row?.at ?? 0) };
}

/**
 * Changes after the cursor and nodes that reported since; one reset when that is too much, or the cursor is not of this
 * database. What leaves no trace when it happens (a node was forgotten, an account removed, the watch told something) is
 * asked again in any case.
 */
async function missed(db: Database, cursor: Cursor, now: Cursor): Promise<LiveEvent[]> {
  const behind = now.sequence - cursor.sequence;
  if (behind < 0 || behind > MOST_CHANGES) return [{ kind: 'reset' }];
  const changes = Array.from({ length: behind }, (_, index): LiveEvent => {
    return { kind: 'change', sequence: cursor.sequence + 1 + index };
  });
  const nodes = await db.query<{ name: string }>(
    'SELECT name FROM node WHERE reported_at >= to_timestamp($1::float8 / 1000) ORDER BY name',
    [cursor.at - OVERLAP_MS],
  );
  const [moved] = await db.query(
    `SELECT FROM live_change WHERE at >= to_timestamp($1::float8 / 1000)
     UNION ALL SELECT FROM sync WHERE since >= to_timestamp($1::float8 / 1000) LIMIT 1`,
    [cursor.at - OVERLAP_MS],
  );
  const events = [...changes, ...nodes.map(({ name }): LiveEvent => ({ kind: 'node', node: name }))];
  const untraced: LiveEvent[] = [{ kind: 'nodes' }, { kind: 'watch' }, { kind: 'access' }];
  return [...events, ...(moved === undefined ? [] : [{ kind: 'cluster' as const }]), ...untraced];
}

interface Batch {
  readonly closing: boolean;
  readonly resync: boolean;
  /** the time of the session or token is over, as was last known */
  readonly expiry: boolean;
  readonly access: boolean;
  readonly cluster: boolean;
  readonly watch: boolean;
  readonly changes: readonly number[];
  readonly nodes: readonly string[];
}

/** What moved since it was last taken, each thing once. */
function makePending() {
  const none = { closing: false, resync: false, expiry: false, access: false, cluster: false, watch: false };
  let flags = none;
  let changes = new Set<number>();
  let nodes = new Set<string>();
  let wake: (() => void) | null = null;
  const isEmpty = (): boolean => !Object.values(flags).some(Boolean) && changes.size === 0 && nodes.size === 0;
  return {
    add: (signal: Signal | { readonly kind: 'expiry' }): void => {
      if (signal.kind === 'change') changes.add(signal.sequence);
      else if (signal.kind === 'node' || signal.kind === 'credential') nodes.add(signal.node);
      else if (signal.kind === 'live' || signal.kind === 'sync' || signal.kind === 'nodes')
        flags = { ...flags, cluster: true };
      else flags = { ...flags, [signal.kind]: true };
      wake?.();
    },
    take: async (): Promise<Batch> => {
      while (isEmpty()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const batch = { ...flags, changes: [...changes].sort((a, b) => a - b), nodes: [...nodes].sort() };
      flags = { ...none, closing: flags.closing };
      changes = new Set();
      nodes = new Set();
      return batch;
    },
  };
}
