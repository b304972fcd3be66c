/** Beside the pools: the cluster's NAT settings (FelixConfiguration) and its nodes' addresses into the live ledger, its nodes into their table. */
import { isDeepStrictEqual } from 'node:util';
import type { AgentPlacement } from '../../core/cluster/agent-placement.ts';
import { type LiveNode, readLiveNode } from '../../core/cluster/live-node.ts';
import { type LiveFelix, readLiveFelix } from '../../core/cluster/live-settings.ts';
import type { Database } from '../db/client.ts';
import type { Connection } from '../kube/connection.ts';
import { type Change, type Lasting, type ListWatch, listWatch, readable } from '../kube/list-watch.ts';
import type { WatchState } from '../kube/watch-state.ts';
import { felixPath, type PoolGroup } from './cluster-pools.ts';
import { mirrorFeed } from './mirror-feed.ts';
import { mirrorAllSettings, mirrorSettings } from './mirror-settings.ts';
import { nodeFeed } from './node-feed.ts';

export interface FactsOptions {
  readonly db: Database;
  readonly connection: Connection;
  readonly group: PoolGroup;
  readonly epoch: number;
  /** of FelixConfigurations */
  readonly lasting: Lasting;
  readonly now: () => number;
  readonly failed: (error: unknown) => void;
  readonly agents: AgentPlacement;
  /** FelixConfigurations that are in the ledger as the watch has them; `whole`: all of them */
  readonly onMirrored: (names: readonly string[], whole: boolean) => void;
}

export interface Facts {
  /** of FelixConfigurations */
  settingsWatch(): WatchState;
  /** Settings that a pool forbade may be in force now. */
  poolsMoved(): void;
  stop(): Promise<void>;
}

/**
 * Both are waited for: half of what the cluster says is not what it says. But what we may not read, or cannot, leaves what
 * was known of it, and does not keep us from the other.
 */
export function followFacts(options: FactsOptions): Facts {
  const { db, connection, group, epoch, lasting, now, failed, onMirrored, agents } = options;
  const unread = (one: ListWatch<unknown>): boolean => one.state().phase === 'starting';
  const hosts = (): string[] | null =>
    unread(nodes) ? null : [...nodes.objects.values()].flatMap(({ addresses }) => addresses);
  let inForce = true;
  const feed = mirrorFeed<LiveFelix>({
    all: async (all) => {
      inForce = await mirrorAllSettings(db, epoch, { all, hosts });
    },
    some: async (seen) => {
      inForce = await mirrorSettings(db, epoch, { ...seen, hosts });
    },
    onMirrored,
    failed,
  });
  const hostsAlone = async (): Promise<void> => {
    await mirrorSettings(db, epoch, { seen: [], gone: [], hosts });
  };
  const hostsFeed = mirrorFeed<never>({ all: hostsAlone, some: hostsAlone, onMirrored: () => {}, failed });
  const moved = (changes: readonly Change<LiveFelix | null>[]): void => {
    const both = [felix, nodes];
    if (both.every(unread) || both.some((one) => unread(one) && one.state().error === null)) return;
    if (unread(felix)) hostsFeed.take([], new Map());
    else feed.take(changes.flatMap(readable), felix.objects);
  };
  const onState = ({ phase }: WatchState): void => {
    if (phase === 'starting') moved([]);
  };
  const watching = { connection, onState, now };
  const felix: ListWatch<LiveFelix | null> = listWatch({
    ...watching,
    path: felixPath(group),
    lasting,
    keep: readLiveFelix,
    onChange: moved,
  });
  let listed = false;
  const nodesFeed = nodeFeed({ db, epoch, failed });
  const nodes: ListWatch<LiveNode> = listWatch({
    ...watching,
    path: '/api/v1/nodes',
    keep: (object) => readLiveNode(object, agents),
    onChange(changes) {
      nodesFeed.take(changes, nodes.objects);
      // after the first list most events are heartbeats
      if (!listed || changes.some(movesAddresses)) moved([]);
      listed = true;
    },
  });
  return {
    settingsWatch: felix.state,
    poolsMoved() {
      if (!inForce) moved([]);
    },
    stop: async () => {
      await Promise.all([felix.stop(), nodes.stop()]);
      await Promise.all([feed.stop(), hostsFeed.stop(), nodesFeed.stop()]);
    },
  };
}

const movesAddresses = ({ before, now }: Change<LiveNode>): boolean =>
  !isDeepStrictEqual(before?.addresses ?? [], now?.addresses ?? []);
