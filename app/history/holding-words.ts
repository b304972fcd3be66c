/** How many of the nodes that follow a change hold it. */
export interface Held {
  action: string;
  nodes: { holding: number; total: number };
}

/** "2 of 3"; for what no node follows, or where there is none, words. */
export function holdingText({ action, nodes: { holding, total } }: Held): string {
  if (total === 0) return action === 'hosts.update' ? 'not for nodes' : 'no node yet';
  return `${holding.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`;
}

/** Why no node holds it, where none follows it. */
export const nobodyText = (action: string): string =>
  action === 'hosts.update'
    ? 'Agents reported these addresses. While there is a cluster no node takes them from here: its Node objects say them.'
    : 'No node had joined, so nobody could hold it.';
