/** The list of nodes as the address of the page, and in the order in which somebody is needed. */
import { type NodeState, nodeStates } from '../../core/wire/reasons.ts';

export interface NodesView {
  state: NodeState | '';
  search: string;
}

export function parseNodes(params: URLSearchParams): NodesView {
  return {
    state: nodeStates.find((state) => state === params.get('state')) ?? '',
    search: params.get('search')?.trim() ?? '',
  };
}

export function buildNodes({ state, search }: NodesView): string {
  const params = new URLSearchParams();
  if (state !== '') params.set('state', state);
  if (search.trim() !== '') params.set('search', search.trim());
  const text = params.toString();
  return text === '' ? '/nodes' : `/nodes?${text}`;
}

/** What needs somebody comes first. */
const order: readonly NodeState[] = ['Failed', 'Drifted', 'Stale', 'Pending', 'Observed', 'Programmed'];
const byName = new Intl.Collator('en', { numeric: true });

export function visibleNodes<T extends { name: string; state: NodeState }>(nodes: readonly T[], view: NodesView): T[] {
  const wanted = view.search.toLowerCase();
  return nodes
    .filter(({ name, state }) => (view.state === '' || state === view.state) && name.toLowerCase().includes(wanted))
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || byName.compare(a.name, b.name));
}
