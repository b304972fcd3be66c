/** What needs somebody, most urgent first. Pure: it is given the states and the time. */
import { objectAt } from '../../core/cluster/felix-objects.ts';
import type { SyncState } from '../../core/cluster/sync-state.ts';
import type { Violation } from '../../core/pool/spec.ts';
import type { NodeState } from '../../core/wire/reasons.ts';
import type { Condition } from '../../core/wire/report.ts';
import { type ClusterState, refusedTexts, verdictOf, waitingStates } from '../cluster/connection.ts';
import { poolPath } from '../pools/paths.ts';

export interface NodeInList {
  name: string;
  state: NodeState;
  conditions: readonly Pick<Condition, 'type' | 'status' | 'reason' | 'message' | 'since'>[];
}

export type Attention =
  | {
      kind: 'node';
      state: NodeState;
      name: string;
      reason: string | null;
      text: string;
      since: string | null;
      href: string;
    }
  /** more of one state than are listed singly */
  | { kind: 'nodes'; state: NodeState; count: number; href: string }
  /** nodes that the cluster and their agents do not agree on, whatever their kernel holds */
  | { kind: 'odd'; reason: OddReason; count: number; text: string; href: string }
  | { kind: 'pools'; names: readonly string[]; count: number; text: string; href: string }
  /** `object`: which FelixConfiguration; `stops`: Felix stops on it, or does not put it in force; null: it breaks our rules */
  | { kind: 'settings'; object: string; stops: boolean | null; text: string; href: string }
  /** the cluster is not heard */
  | { kind: 'cluster'; text: string; since: string | null; href: string }
  /** pools that stand so in the cluster */
  | { kind: 'sync'; state: SyncState; count: number; href: string }
  /** what the cluster refuses of pools that are done with here */
  | { kind: 'refused'; text: string; href: string }
  /** FelixConfigurations that stand so */
  | { kind: 'settings-sync'; state: SyncState; count: number; href: string };

/** A rollout takes seconds: a node that waits longer is worth a look. */
export const PENDING_TOO_LONG_MS = 30_000;
const LISTED = 5;

export function attentionOf({
  nodes,
  pools,
  settings,
  cluster,
  now,
}: {
  nodes: readonly NodeInList[];
  /** violations by pool */
  pools: ReadonlyMap<string, readonly Violation[]>;
  /** violations, or what is wrong in the cluster */
  settings: readonly (Pick<Violation, 'field' | 'message'> & { stops?: boolean; kept?: boolean })[];
  /** null without one */
  cluster: ClusterState | null;
  now: number;
}): Attention[] {
  const of = (state: NodeState): Attention[] =>
    listed(
      state,
      nodes.filter((node) => node.state === state && (state !== 'Pending' || waitsTooLong(node, now))),
    );
  return [
    ...(cluster === null ? [] : lost(cluster, now)),
    ...of('Failed'),
    ...of('Drifted'),
    ...(cluster === null ? [] : [...unsynced(cluster), ...refused(cluster)]),
    ...settings.map(
      ({ field, message, stops = null, kept }): Attention => ({
        kind: 'settings',
        object: objectAt(field) ?? field,
        stops,
        text: kept ? `${message}. Outgate’s nodes keep what it said before.` : message,
        href: '/settings',
      }),
    ),
    ...brokenPools(pools),
    ...of('Stale'),
    ...of('Pending'),
    ...odd(nodes),
  ];
}

function lost(cluster: ClusterState, now: number): Attention[] {
  const { kind, text, follows, since } = verdictOf(cluster, now);
  // half of a backup is none, whatever else is heard
  return kind === 'lost' || cluster.back !== null
    ? [{ kind: 'cluster', text: `${text} ${follows}`, since, href: '/cluster' }]
    : [];
}

const unsynced = ({ counts, settings }: ClusterState): Attention[] =>
  waitingStates.flatMap((state): Attention[] => [
    ...(counts[state] > 0
      ? [{ kind: 'sync' as const, state, count: counts[state], href: `/pools?sync=${state}` }]
      : []),
    ...(settings[state] > 0
      ? [{ kind: 'settings-sync' as const, state, count: settings[state], href: '/settings' }]
      : []),
  ]);

const refused = (cluster: ClusterState): Attention[] =>
  refusedTexts(cluster).map((text) => ({ kind: 'refused', text, href: '/cluster' }));

function listed(state: NodeState, nodes: readonly NodeInList[]): Attention[] {
  const href = `/nodes?state=${state}`;
  if (nodes.length > LISTED) return [{ kind: 'nodes', state, count: nodes.length, href }];
  return nodes.map((node) => {
    const cause = causeOf(node);
    return {
      kind: 'node',
      state,
      name: node.name,
      reason: cause?.reason ?? null,
      text: cause?.message ?? '',
      since: cause?.since ?? null,
      href: `/nodes/${encodeURIComponent(node.name)}`,
    };
  });
}

const oddReasons = {
  TwoAgents: 'have two agents',
  NodeNotInCluster: 'have an agent and are not in the cluster',
  NodeNotReady: 'are not ready',
} as const;
export type OddReason = keyof typeof oddReasons;

function odd(nodes: readonly NodeInList[]): Attention[] {
  return (Object.keys(oddReasons) as OddReason[]).flatMap((reason): Attention[] => {
    const found = nodes.flatMap(({ name, conditions }) => {
      const condition = conditions.find((one) => one.reason === reason);
      return condition === undefined ? [] : [{ name, message: condition.message }];
    });
    const [first] = found;
    if (first === undefined) return [];
    const count = found.length;
    const text =
      count === 1 ? `${first.name}: ${first.message}` : `${count.toLocaleString('en-US')} nodes ${oddReasons[reason]}`;
    return [{ kind: 'odd', reason, count, text, href: `/nodes?reason=${reason}` }];
  });
}

function brokenPools(pools: ReadonlyMap<string, readonly Violation[]>): Attention[] {
  const broken = [...pools].filter(([, violations]) => violations.length > 0);
  const [first] = broken;
  if (first === undefined) return [];
  const [name, violations] = first;
  const rest = broken.length === 1 ? '' : `, and ${broken.length - 1} more`;
  const names = broken.slice(0, LISTED).map(([each]) => each);
  const [violation] = violations;
  const text = violation === undefined ? '' : `${violation.message} (${violation.rule})${rest}`;
  const href = broken.length === 1 ? poolPath(name) : '/pools';
  return [{ kind: 'pools', names, count: broken.length, text, href }];
}

/**
 * The condition that says why: what is compared with the effective state first, then what the agent itself says, then what the
 * cluster says of the node (a node can be programmed and not be in the cluster). Others
 * (drift that was repaired, rules of others) stand beside the state and do not explain it.
 */
export const causeOf = ({ conditions }: Pick<NodeInList, 'conditions'>): NodeInList['conditions'][number] | undefined =>
  conditions.find(({ type }) => type === 'Current') ??
  conditions.find(({ type, status }) => type === 'Programmed' && status !== 'True') ??
  conditions.find(({ type }) => ['OneAgent', 'InCluster', 'NodeReady'].includes(type));

function waitsTooLong(node: NodeInList, now: number): boolean {
  const since = causeOf(node)?.since;
  return since !== undefined && now - Date.parse(since) > PENDING_TOO_LONG_MS;
}
