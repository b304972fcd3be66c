/**
 * One term of the controller: it alone watches the cluster's pools, keeps the live ledger, and brings pools to what is
 * desired. Before the first whole list it writes nothing: what is there is not known.
 */
import type { AgentPlacement } from '../../core/cluster/agent-placement.ts';
import { type LivePool, readLivePool } from '../../core/cluster/live-pool.ts';
import type { PoolAtHand } from '../db/at-hand.ts';
import type { Database } from '../db/client.ts';
import { TermOver } from '../db/live.ts';
import type { Hub } from '../events/hub.ts';
import type { Connection } from '../kube/connection.ts';
import { type Lasting, listWatch, readable } from '../kube/list-watch.ts';
import type { WatchState } from '../kube/watch-state.ts';
import { clusterFelix, clusterPools, type PoolGroup, poolsPath } from './cluster-pools.ts';
import { followDesired } from './follow-desired.ts';
import { followFacts } from './follow-facts.ts';
import { lateWrites } from './late-writes.ts';
import { mirrorFeed } from './mirror-feed.ts';
import { carriedOutNotes } from './note-carried-out.ts';
import { poolReader } from './pool-reader.ts';
import { poolWriter } from './pool-writer.ts';
import { readOnce } from './read-once.ts';
import type { SyncOutcome } from './refused-by.ts';
import { syncPool } from './sync-pool.ts';
import { syncSettings } from './sync-settings.ts';
import { type WorkQueue, workQueue } from './work-queue.ts';

export interface LeadOptions {
  readonly db: Database;
  readonly hub: Hub;
  readonly connection: Connection;
  readonly group: PoolGroup;
  /** where they are meant to run */
  readonly agents: AgentPlacement;
  /** of this term: `beginTerm` */
  readonly epoch: number;
  /** what a list of a type must have to be believed, where that was lost or made anew */
  readonly lasting: { readonly pools: Lasting; readonly settings: Lasting };
  readonly now: () => number;
  /** another one leads: nothing more is written */
  readonly onTermOver: () => void;
  /** nothing waits any more to be brought to what is desired */
  readonly onSettled?: () => void;
  /** a fault that is tried again: the database is away, or the code is wrong */
  readonly onError: (error: unknown) => void;
}

export interface SavedPool {
  readonly change: { readonly id: number };
  /** the pool as it was read since; null: it was not */
  readonly behind: PoolAtHand | null;
}

export interface Leading {
  watch(): WatchState;
  /** of FelixConfigurations */
  settingsWatch(): WatchState;
  /** a whole list of them is in the ledger */
  mirrored(): { readonly pools: boolean; readonly settings: boolean };
  /** pools and settings that wait to be brought to what is desired */
  queued(): number;
  /** Resolves when what is being done with the pool after its save is over, and rejects as that does. */
  takeUp(pool: string, saving: Promise<SavedPool>): Promise<void>;
  /** Stops writing, then watching. */
  stop(): Promise<void>;
}

/**
 * Pools that are worked on at a time. The connection sends no more than sixty-four applies at once; the others are being read,
 * or wait until what came of them is written together.
 */
const AT_A_TIME = 128;
const LONGEST_MS = 5_000;
/** Pages say "within five minutes" of what the cluster refuses (app/pools/sync/sync-words.ts). */
const RESYNC_MS = 300_000;
/** So long a notice waits for a save: what holds that up may last, and others may have decided. */
const LONGEST_SAVE_MS = 250;

export function lead(options: LeadOptions): Leading {
  const { db, hub, connection, group, epoch, now, onError } = options;
  const readPool = readOnce(readLivePool);
  const cluster = clusterPools(connection, group, readPool);
  const felix = clusterFelix(connection, group);
  let over = false;
  const failed = (error: unknown): void => {
    if (!(error instanceof TermOver)) onError(error);
    else if (!over) {
      over = true;
      options.onTermOver();
    }
  };

  const read = poolReader(db);
  const [late, ofSettings] = [lateWrites(), lateWrites()];
  const queueOf = (workers: number, sync: (name: string) => Promise<SyncOutcome>): WorkQueue =>
    workQueue({
      workers,
      delay: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 10), LONGEST_MS) * (0.5 + Math.random() / 2),
      work: (name) =>
        sync(name).catch((error: unknown) => {
          failed(error);
          return error instanceof TermOver ? 'settled' : 'again';
        }),
      onEmpty: () => {
        if (queue.size() + settings.size() > 0) return;
        notes.look();
        options.onSettled?.();
      },
    });
  const queue: WorkQueue = queueOf(AT_A_TIME, (name) =>
    syncPool(
      {
        read: read.of,
        write: writer.outcome,
        sending: writer.sending,
        late,
        cluster,
        now: () => new Date(now()),
      },
      name,
    ),
  );
  const writer = poolWriter({ db, epoch, underWay: queue.underWay });
  // each apply restarts Felix on its nodes: there is no hurry
  const settings: WorkQueue = queueOf(1, (name) => syncSettings({ db, cluster: felix, epoch, late: ofSettings }, name));

  const notes = carriedOutNotes(db, failed);

  const mirrored = { pools: false, settings: false };
  const desired = followDesired({ db, failed, pools: queue.add, settings: settings.add });
  const feed = mirrorFeed<LivePool>({
    all: writer.all,
    some: async (seen) => queue.add(await writer.seen(seen)),
    failed,
    onMirrored: (_names, whole) => {
      if (whole) {
        mirrored.pools = true;
        desired.all();
      }
      facts.poolsMoved();
    },
  });
  const pools = listWatch<LivePool | null>({
    connection,
    path: poolsPath(group),
    lasting: options.lasting.pools,
    keep: readPool,
    onChange: (changes) => feed.take(changes.flatMap(readable), pools.objects),
    onState: () => {},
    now,
  });
  const facts = followFacts({
    ...options,
    lasting: options.lasting.settings,
    failed,
    onMirrored: (names, whole) => {
      mirrored.settings ||= whole;
      if (whole) desired.allSettings();
      else settings.add(names);
    },
  });
  /** by pool that is being saved here the numbers that were told meanwhile: the save knows more, and comes at the same time */
  const told = new Map<string, number[]>();
  const unsubscribe = hub.subscribe((signal) => {
    if (signal.kind === 'resync') desired.moved();
    if (signal.kind !== 'change') return;
    const { sequence, pool } = signal;
    const waiting = pool === undefined ? undefined : told.get(pool);
    if (waiting === undefined) desired.told(sequence, pool);
    else waiting.push(sequence);
  });
  const resync = setInterval(() => {
    desired.all();
    // while one is tried again and again, the queue is never empty
    notes.look();
  }, RESYNC_MS);

  return {
    watch: pools.state,
    settingsWatch: facts.settingsWatch,
    mirrored: () => ({ ...mirrored }),
    queued: () => queue.size() + settings.size(),
    async takeUp(pool, saving) {
      const waiting = told.get(pool) ?? [];
      told.set(pool, waiting);
      const tell = (): void => {
        told.delete(pool);
        for (const sequence of waiting.splice(0)) desired.told(sequence, pool);
      };
      const timer = setTimeout(tell, LONGEST_SAVE_MS);
      try {
        const { change, behind } = await saving;
        read.having(pool, behind, () => desired.told(change.id, pool));
      } finally {
        clearTimeout(timer);
        tell();
      }
      await queue.underWay.get(pool);
    },
    stop: async () => {
      clearInterval(resync);
      unsubscribe();
      await Promise.all([queue.stop(), settings.stop(), desired.stop(), notes.stop()]);
      await Promise.all([pools.stop(), facts.stop()]);
      await feed.stop();
    },
  };
}
