/**
 * One term of the controller: it alone watches the cluster's pools, keeps the live ledger, and brings pools to what is
 * desired. Before the first whole list it writes nothing: what is there is not known.
 */
import { type LivePool, readLivePool } from '../../core/cluster/live-pool.ts';
import type { Violation } from '../../core/pool/spec.ts';
import { changesSince } from '../db/changes.ts';
import type { Database } from '../db/client.ts';
import { readDesired } from '../db/desired.ts';
import { TermOver } from '../db/live.ts';
import { readPools } from '../db/pools.ts';
import { makeMissingSync, readSync } from '../db/sync.ts';
import type { Hub } from '../events/hub.ts';
import type { Connection } from '../kube/connection.ts';
import { type Change, listWatch } from '../kube/list-watch.ts';
import type { WatchState } from '../kube/watch-state.ts';
import { clusterPools, type PoolGroup, poolsPath } from './cluster-pools.ts';
import { followFacts } from './follow-facts.ts';
import { mirrorFeed } from './mirror-feed.ts';
import { outcomeWriter } from './outcome-writer.ts';
import { poolReader } from './pool-reader.ts';
import { syncPool } from './sync-pool.ts';
import { workQueue } from './work-queue.ts';

export interface LeadOptions {
  readonly db: Database;
  readonly hub: Hub;
  readonly connection: Connection;
  readonly group: PoolGroup;
  /** of this term: `beginTerm` */
  readonly epoch: number;
  readonly now: () => number;
  /** another one leads: nothing more is written */
  readonly onTermOver: () => void;
  /** a fault that is tried again: the database is away, or the code is wrong */
  readonly onError: (error: unknown) => void;
}

export interface Leading {
  watch(): WatchState;
  /** settings of the cluster that would stop Felix, and were not taken over */
  settingsProblems(): readonly Violation[];
  /** pools that wait to be brought to what is desired */
  queued(): number;
  /** Stops writing, then watching. */
  stop(): Promise<void>;
}

/**
 * Pools that are worked on at a time. The connection sends no more than sixteen applies at once; the others are being read,
 * or wait for the database to have what came of them.
 */
const AT_A_TIME = 64;
const LONGEST_MS = 5_000;
const RESYNC_MS = 300_000;
const BATCH = 500;

export function lead(options: LeadOptions): Leading {
  const { db, hub, connection, group, epoch, now, onError } = options;
  const cluster = clusterPools(connection, group);
  let over = false;
  const failed = (error: unknown): void => {
    if (!(error instanceof TermOver)) onError(error);
    else if (!over) {
      over = true;
      options.onTermOver();
    }
  };

  const read = poolReader(db);
  const write = outcomeWriter(db, epoch);
  const queue = workQueue({
    workers: AT_A_TIME,
    delay: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 10), LONGEST_MS) * (0.5 + Math.random() / 2),
    work: (name) =>
      syncPool({ read, write, cluster, now: () => new Date(now()) }, name).catch((error: unknown) => {
        failed(error);
        return error instanceof TermOver ? 'settled' : 'again';
      }),
  });

  const desired = followDesired({ db, failed, add: queue.add });
  const feed = mirrorFeed({
    db,
    epoch,
    failed,
    onMirrored: (names, whole) => (whole ? desired.all() : queue.add(names)),
  });
  const pools = listWatch<LivePool | null>({
    connection,
    path: poolsPath(group),
    keep: readLivePool,
    onChange: (changes) => feed.take(changes.flatMap(readable), pools.objects),
    onState: () => {},
    now,
  });
  const facts = followFacts({ ...options, failed });
  const unsubscribe = hub.subscribe((signal) => {
    if (signal.kind === 'change' || signal.kind === 'resync') desired.moved();
  });
  const resync = setInterval(desired.all, RESYNC_MS);

  return {
    watch: pools.state,
    settingsProblems: facts.problems,
    queued: queue.size,
    stop: async () => {
      clearInterval(resync);
      unsubscribe();
      await queue.stop();
      await Promise.all([pools.stop(), facts.stop()]);
      await feed.stop();
    },
  };
}

const readable = ({ before, now, ...rest }: Change<LivePool | null>): Change<LivePool>[] =>
  before === null && now === null ? [] : [{ ...rest, before, now }];

/** The pools that changes touched, once the first list is mirrored. */
function followDesired(options: {
  readonly db: Database;
  readonly failed: (error: unknown) => void;
  readonly add: (names: Iterable<string>) => void;
}): { all: () => void; moved: () => void } {
  const { db, failed, add } = options;
  let sequence: number | null = null;
  let running = false;
  let again = false;

  const follow = async (): Promise<void> => {
    if (sequence === null) return;
    for (;;) {
      const changes = await changesSince(db, sequence, BATCH);
      for (const change of changes) {
        add(change.pools);
        sequence = change.sequence;
      }
      if (changes.length < BATCH) return;
    }
  };
  const all = async (): Promise<void> => {
    await makeMissingSync(db);
    const now = (await readDesired(db)).sequence;
    const [wanted, known] = await Promise.all([readPools(db), readSync(db)]);
    sequence = Math.max(sequence ?? 0, now);
    add([...wanted, ...known].map(({ name }) => name));
    // a change between the reads was told before its number could be compared
    moved();
  };
  const moved = (): void => {
    again = true;
    if (running) return;
    running = true;
    const drain = async (): Promise<void> => {
      while (again) {
        again = false;
        await follow();
      }
    };
    drain()
      .catch(failed)
      .finally(() => {
        running = false;
      });
  };
  return { all: () => void all().catch(failed), moved };
}
