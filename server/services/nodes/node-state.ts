/** A node's state against the effective state, at a time. */

import { type NodeState, nodeStates } from '../../../core/wire/reasons.ts';
import type { Condition } from '../../../core/wire/report.ts';
import type { NodeRow, PodRow } from '../../db/nodes.ts';

/** Three report intervals without a report. */
export const STALE_AFTER_MS = 30_000;

/**
 * Stale goes before everything: what it said is too old to say it again. A node that programmed another revision than the
 * effective one is Pending. The condition that says so comes first; what the cluster says of the node comes after it.
 */
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
  const stale = now.getTime() - last.getTime() > STALE_AFTER_MS;
  if (row.joinedAt === null) {
    const why = condition('NoAgent', 'the cluster has this node, and no agent has signed in for it', last);
    return { state: stale ? 'Stale' : 'Pending', conditions: [why, ...conditions] };
  }
  if (stale) {
    const message = row.reportedAt === null ? 'it has never reported' : `its last report came at ${last.toISOString()}`;
    return { state: 'Stale', conditions: [condition('NoReport', message, last), ...conditions] };
  }
  const reported = nodeStates.find((state) => state === row.state) ?? 'Pending';
  if (reported === 'Programmed' && row.revision !== revision) {
    const message = `it holds revision ${row.revision ?? 'none'}, the effective one is ${revision}`;
    return { state: 'Pending', conditions: [condition('RevisionBehind', message, last), ...conditions] };
  }
  return { state: reported, conditions };
}

/** What the Node objects and the pods that signed in say beside the agent's own words. */
function inCluster(
  { object, nodesKnown, joinedAt, byPod, pods }: Parameters<typeof nodeStateAt>[0],
  now: Date,
): Condition[] {
  const found: Condition[] = [];
  if (object === null && nodesKnown && joinedAt !== null) {
    const message = 'an agent signs in for this node, and the cluster has no node of this name';
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
  message,
  since: since.toISOString(),
});
