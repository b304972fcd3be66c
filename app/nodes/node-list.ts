/** The list of nodes as the address of the page, and in the order in which somebody is needed. */
import { type NodeReason, type NodeState, nodeStates } from '../../core/wire/reasons.ts';

/** What a node and its agent can be to each other in a cluster, beside all being well. */
export const clusterReasons = ['NoAgent', 'TwoAgents', 'NodeNotInCluster', 'NodeNotReady'] as const;
export type ClusterReason = (typeof clusterReasons)[number];

export interface NodesView {
  state: NodeState | '';
  reason: ClusterReason | '';
  search: string;
}

export function parseNodes(params: URLSearchParams): NodesView {
  return {
    state: nodeStates.find((state) => state === params.get('state')) ?? '',
    reason: clusterReasons.find((reason) => reason === params.get('reason')) ?? '',
    search: params.get('search')?.trim() ?? '',
  };
}

export function buildNodes({ state, reason, search }: NodesView): string {
  const params = new URLSearchParams();
  if (state !== '') params.set('state', state);
  if (reason !== '') params.set('reason', reason);
  if (search.trim() !== '') params.set('search', search.trim());
  const text = params.toString();
  return text === '' ? '/nodes' : `/nodes?${text}`;
}

/** What needs somebody comes first. */
const order: readonly NodeState[] = ['Failed', 'Drifted', 'Stale', 'Pending', 'Observed', 'Programmed'];
const byName = new Intl.Collator('en', { numeric: true });

interface Listed {
  name: string;
  state: NodeState;
  conditions: readonly { reason: NodeReason }[];
}

export const hasReason = ({ conditions }: Pick<Listed, 'conditions'>, wanted: NodeReason): boolean =>
  conditions.some(({ reason }) => reason === wanted);

export function visibleNodes<T extends Listed>(nodes: readonly T[], view: NodesView): T[] {
  const wanted = view.search.trim().toLowerCase();
  return nodes
    .filter(
      (node) =>
        (view.state === '' || node.state === view.state) &&
        (view.reason === '' || hasReason(node, view.reason)) &&
        node.name.toLowerCase().includes(wanted),
    )
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || byName.compare(a.name, b.name));
}
