/** How many of the nodes that follow a change hold it. */
export interface Held {
  action: string;
  nodes: { holding: number; total: number };
  /** of a use of force that did nothing: why */
  didNothing?: string | null;
}

/** "2 of 3"; for what no node follows, or where there is none, words. */
export function holdingText({ action, nodes: { holding, total }, didNothing }: Held): string {
  if (didNothing != null) return 'did nothing';
  if (total === 0) return action === 'hosts.update' ? 'not for nodes' : 'no node yet';
  return `${holding.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`;
}

/** Why no node holds it, where none follows it. */
export function nobodyText({ action, didNothing }: Pick<Held, 'action' | 'didNothing'>): string {
  if (didNothing != null) return 'It was not applied, so no node ever takes it.';
  return action === 'hosts.update'
    ? 'Agents reported these addresses. While there is a cluster no node takes them from here: its Node objects say them.'
    : 'No node had joined, so nobody could hold it.';
}
