/** From the watch of the cluster's Nodes into the database, whole after a failure. Most events are heartbeats: they say nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { LiveNode } from '../../core/cluster/live-node.ts';
import type { Database } from '../db/client.ts';
import { writeAllClusterNodes, writeClusterNodes } from '../db/cluster-nodes.ts';
import { TermOver } from '../db/live.ts';
import type { Change } from '../kube/list-watch.ts';

export interface NodeFeed {
  /** What changed, and everything that is held now. The first take is the whole list. */
  take(changes: readonly Change<LiveNode>[], nodes: ReadonlyMap<string, LiveNode>): void;
  stop(): Promise<void>;
}

export interface NodeFeedOptions {
  readonly db: Database;
  readonly epoch: number;
  readonly failed: (error: unknown) => void;
}

const RETRY_MS = 1_000;

export function nodeFeed({ db, epoch, failed }: NodeFeedOptions): NodeFeed {
  const stopping = new AbortController();
  let whole = true;
  let held: ReadonlyMap<string, LiveNode> = new Map();
  let moved = new Set<string>();
  let running: Promise<void> | null = null;

  const step = async (): Promise<void> => {
    const names = [...moved];
    const all = whole;
    moved = new Set();
    whole = false;
    if (all) return writeAllClusterNodes(db, epoch, [...held.values()]);
    const gone = names.filter((name) => !held.has(name));
    return writeClusterNodes(
      db,
      epoch,
      names.flatMap((name) => held.get(name) ?? []),
      gone,
    );
  };
  const run = async (): Promise<void> => {
    while ((whole || moved.size > 0) && !stopping.signal.aborted) {
      await step().catch(async (error: unknown) => {
        whole = true;
        failed(error);
        if (error instanceof TermOver) stopping.abort();
        else await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      });
    }
    running = null;
  };

  return {
    take(changes, nodes) {
      held = nodes;
      for (const { key, before, now } of changes) if (!isDeepStrictEqual(before, now)) moved.add(key);
      // a run with nothing to do ends before it is noted here, and would be taken for one that goes on
      if (whole || moved.size > 0) running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
