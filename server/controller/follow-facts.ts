/** Beside the pools: the cluster's NAT settings (FelixConfiguration) and its nodes' addresses into the live ledger, its nodes into their table. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveNode, readLiveNode } from '../../core/cluster/live-node.ts';
import { type LiveFelix, readLiveFelix } from '../../core/cluster/live-settings.ts';
import type { Violation } from '../../core/pool/spec.ts';
import type { Database } from '../db/client.ts';
import { TermOver } from '../db/live.ts';
import type { Connection } from '../kube/connection.ts';
import { type ListWatch, listWatch } from '../kube/list-watch.ts';
import type { PoolGroup } from './cluster-pools.ts';
import { mirrorSettings } from './mirror-settings.ts';
import { nodeFeed } from './node-feed.ts';

export interface FactsOptions {
  readonly db: Database;
  readonly connection: Connection;
  readonly group: PoolGroup;
  readonly epoch: number;
  readonly now: () => number;
  readonly failed: (error: unknown) => void;
}

export interface Facts {
  problems(): readonly Violation[];
  stop(): Promise<void>;
}

const RETRY_MS = 1_000;

/** Nothing is written before both were read once: half of what the cluster says is not what it says. */
export function followFacts({ db, connection, group, epoch, now, failed }: FactsOptions): Facts {
  const stopping = new AbortController();
  let problems: readonly Violation[] = [];
  let asked = false;
  let running: Promise<void> | null = null;

  const write = async (): Promise<void> => {
    while (asked && !stopping.signal.aborted) {
      asked = false;
      try {
        const seen = {
          felix: [...felix.objects.values()],
          hosts: [...nodes.objects.values()].flatMap(({ addresses }) => addresses),
        };
        problems = await mirrorSettings(db, epoch, seen);
      } catch (error) {
        failed(error);
        asked = !(error instanceof TermOver);
        await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
    running = null;
  };
  const moved = (): void => {
    if ([felix, nodes].some((one) => one.state().phase === 'starting')) return;
    asked = true;
    running ??= write();
  };

  const watching = { connection, onChange: moved, onState: () => {}, now };
  const felix: ListWatch<LiveFelix> = listWatch({
    ...watching,
    path: `/apis/${group}/felixconfigurations`,
    keep: readLiveFelix,
  });
  const feed = nodeFeed({ db, epoch, failed });
  const nodes: ListWatch<LiveNode> = listWatch({
    ...watching,
    path: '/api/v1/nodes',
    keep: readLiveNode,
    onChange(changes) {
      feed.take(changes, nodes.objects);
      moved();
    },
  });

  return {
    problems: () => problems,
    stop: async () => {
      stopping.abort();
      await Promise.all([felix.stop(), nodes.stop(), running]);
      await feed.stop();
    },
  };
}
