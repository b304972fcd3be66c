/**
 * On which nodes of a cluster agents are meant to run: what their DaemonSet selects and tolerates, judged as its controller
 * does. A node that is left out on purpose lacks no agent.
 */
import { fieldsOf } from '../calico/object.ts';

export interface Toleration {
  readonly key?: string | undefined;
  readonly operator?: 'Exists' | 'Equal' | undefined;
  readonly value?: string | undefined;
  readonly effect?: string | undefined;
}

/** null: nowhere */
export type AgentPlacement = Placement | null;

interface Placement {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
}

/** Every node, whatever its taints. */
export const EVERYWHERE: Placement = { nodeSelector: {}, tolerations: [{ operator: 'Exists' }] };

/** `node` is a Node object; anything may stand in it, and what cannot be read selects nothing and taints nothing. */
export function placesAgent(placement: AgentPlacement, node: unknown): boolean {
  if (placement === null) return false;
  const { nodeSelector, tolerations } = placement;
  const fields = fieldsOf(node);
  const labels = fieldsOf(fieldsOf(fields['metadata'])['labels']);
  if (!Object.entries(nodeSelector).every(([key, value]) => labels[key] === value)) return false;
  const taints = fieldsOf(fields['spec'])['taints'];
  const all = [...tolerations, ...OF_EVERY_DAEMON_SET];
  return (Array.isArray(taints) ? taints : [])
    .map(fieldsOf)
    .filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
    .every((taint) => all.some((one) => tolerates(one, taint)));
}

/** What the controller adds to the pods of every DaemonSet, and of one that uses its node's network. */
const OF_EVERY_DAEMON_SET: readonly Toleration[] = [
  ...['not-ready', 'unreachable'].map((word) => ({ key: word, effect: 'NoExecute' })),
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable', 'network-unavailable'].map((word) => ({
    key: word,
    effect: 'NoSchedule',
  })),
].map(({ key, effect }) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect }));

function tolerates(one: Toleration, taint: Readonly<Record<string, unknown>>): boolean {
  if (one.effect !== undefined && one.effect !== '' && one.effect !== taint['effect']) return false;
  if (one.key === undefined || one.key === '') return one.operator === 'Exists';
  if (one.key !== taint['key']) return false;
  return one.operator === 'Exists' || (one.value ?? '') === (taint['value'] ?? '');
}
