/** A node's state against the effective state, at a time. */

import { printable } from '../../../core/net/quote.ts';
import { LONGEST_MESSAGE } from '../../../core/wire/limits.ts';
import { type NodeState, nodeStates } from '../../../core/wire/reasons.ts';
import type { Condition } from '../../../core/wire/report.ts';
import type { Queryable } from '../../db/client.ts';
import { groupNodes, type NodeGroup, type NodeRow, type PodRow } from '../../db/nodes.ts';

/** Three report intervals without a report. */
export const STALE_AFTER_MS = 30_000;

/**
 * Stale goes before everything: what it said is too old to say it again. A node that programmed another revision than the
 * effective one is Pending.
 */
export function stateOf({ hasAgent, silent, state, current }: Omit<NodeGroup, 'nodes' | 'holding'>): NodeState {
  if (silent) return 'Stale';
  const said = nodeStates.find((one) => one === state);
  if (!hasAgent || said === undefined || (said === 'Programmed' && !current)) return 'Pending';
  return said;
}

/** All nodes by how they stand now, and how many are in each state; `revision` is the effective one. */
export async function nodesByState(
  db: Queryable,
  revision: string,
  now: Date,
): Promise<{
  readonly groups: readonly (NodeGroup & { readonly is: NodeState })[];
  readonly counts: Record<NodeState, number>;
  readonly total: number;
}> {
  const found = await groupNodes(db, revision, new Date(now.getTime() - STALE_AFTER_MS));
  const groups = found.map((group) => ({ ...group, is: stateOf(group) }));
  const counts = Object.fromEntries(nodeStates.map((state) => [state, 0])) as Record<NodeState, number>;
  for (const { is, nodes } of groups) counts[is] += nodes;
  return { groups, counts, total: groups.reduce((sum, { nodes }) => sum + nodes, 0) };
}

/** Of one node. The condition that says why comes first; what the cluster says of the node comes after it. */
export function nodeStateAt(
  row: Pick<
    NodeRow,
    'state' | 'revision' | 'reportedAt' | 'joinedAt' | 'conditions' | 'object' | 'nodesKnown' | 'byPod' | 'pods'
  >,
  revision: string,
  now: Date,
): { state: NodeState; conditions: Condition[] } {
  const conditions = [...inCluster(row, now), ...row.conditions];
  const last = row.reportedAt ?? row.joinedAt ?? new Date(row.object?.since ?? now);
  const silent = now.getTime() - last.getTime() > STALE_AFTER_MS;
  const hasAgent = row.joinedAt !== null;
  const state = stateOf({ hasAgent, silent, state: row.state, current: row.revision === revision });
  const why = (reason: Condition['reason'], message: string) => ({
    state,
    conditions: [condition(reason, message, last), ...conditions],
  });
  if (!hasAgent) return why('NoAgent', 'the cluster has this node, and no agent has signed in for it');
  if (silent) {
    return why(
      'NoReport',
      row.reportedAt === null ? 'it has never reported' : `its last report came at ${last.toISOString()}`,
    );
  }
  if (row.state === 'Programmed' && row.revision !== revision) {
    return why('RevisionBehind', `it holds revision ${row.revision ?? 'none'}, the effective one is ${revision}`);
  }
  return { state, conditions };
}

/** What the Node objects and the pods that signed in say beside the agent's own words. */
function inCluster(
  { object, nodesKnown, joinedAt, byPod, pods }: Parameters<typeof nodeStateAt>[0],
  now: Date,
): Condition[] {
  const found: Condition[] = [];
  if (object === null && nodesKnown && joinedAt !== null) {
    const message = 'an agent signs in for this node, and the cluster has no node of this name: it counts nowhere';
    found.push({ ...condition('NodeNotInCluster', message, joinedAt), type: 'InCluster' });
  }
  if (object !== null && object.ready !== 'True') {
    const message = [object.reason, object.message].filter((text) => text !== '').join(': ') || 'it does not say why';
    const since = new Date(object.readySince ?? object.since);
    const status = object.ready === 'False' ? 'False' : 'Unknown';
    found.push({ ...condition('NodeNotReady', message, since), type: 'NodeReady', status });
  }
  const { serving, others } = byPod ? livingPods(pods, now) : { serving: null, others: [] };
  if (serving !== null && others.length > 0) {
    const message = `${serving.name} is served; ${others.map(({ name }) => name).join(', ')} came before it and still signs in`;
    found.push({ ...condition('TwoAgents', message, new Date(serving.since)), type: 'OneAgent' });
  }
  return found;
}

/**
 * Of the pods heard in the last 30 s the one that came last is served. An older one is another agent when it was heard after
 * that one came: one that ended meanwhile was only replaced.
 */
export function livingPods(pods: readonly PodRow[], now: Date): { serving: PodRow | null; others: PodRow[] } {
  const alive = pods.filter(({ seenAt }) => now.getTime() - Date.parse(seenAt) <= STALE_AFTER_MS);
  const serving = alive.at(-1) ?? pods.at(-1) ?? null;
  const others = alive.filter((pod) => serving !== null && pod !== serving && heardAfter(pod, serving));
  return { serving, others };
}

const heardAfter = (pod: PodRow, other: PodRow): boolean => Date.parse(pod.seenAt) > Date.parse(other.since);

const condition = (reason: Condition['reason'], message: string, since: Date): Condition => ({
  type: 'Current',
  status: 'False',
  reason,
  // names stand in it, and one that is too long must not take the list of all nodes with it
  message: printable(message, LONGEST_MESSAGE - '...'.length),
  since: since.toISOString(),
});
