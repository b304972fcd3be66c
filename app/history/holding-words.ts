/** How many of the nodes that follow a change hold it. */
import { isForce } from './summary.ts';

export interface Held {
  action: string;
  nodes: { holding: number; total: number };
  /** of what did nothing: why */
  didNothing?: string | null;
  /** `theirs`: what the cluster had was taken; `letGo`: what is not decided here any more; `policy`: from which to which */
  before?: object | null;
  after?: object | null;
  /** how many it touched */
  pools?: number;
}

/** "2 of 3"; for what no node follows, or where there is none, words. */
export function holdingText(change: Held): string {
  const { action, nodes, didNothing } = change;
  const { holding, total } = nodes;
  if (movesNothing(change)) return 'changes nothing on the nodes';
  if (didNothing != null) return 'did nothing';
  if (total === 0) return action === 'hosts.update' ? 'not for nodes' : 'no node yet';
  return `${holding.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`;
}

/** Some nodes do not hold it yet. */
export const waits = (change: Held): boolean => isHeldByNodes(change) && change.nodes.holding < change.nodes.total;

/** Nodes follow the cluster, and have it sooner or later. */
export const isHeldByNodes = (change: Held): boolean =>
  change.didNothing == null && !movesNothing(change) && change.nodes.total > 0;

/** Why no node holds it, where none follows it. */
export function nobodyText(change: Omit<Held, 'nodes'>): string {
  if (movesNothing(change)) return 'It changes nothing on the nodes. Nodes hold what the cluster had already.';
  if (change.didNothing != null) return 'Nothing of it was applied, so no node ever takes it.';
  return change.action === 'hosts.update'
    ? 'Agents reported these addresses. While there is a cluster no node takes them from here: its Node objects say them.'
    : 'No node had joined, so nobody could hold it.';
}

/** Of what did nothing: of what that is said, and how it came to it; null: it did something. */
export function didNothingWords({ action, didNothing }: Pick<Held, 'action' | 'didNothing'>): {
  readonly of: string;
  readonly words: string;
} | null {
  if (didNothing == null) return null;
  if (isForce(action))
    return { of: 'Did nothing', words: `It was not applied: ${didNothing}. Nothing was written over by it.` };
  return { of: 'On the nodes', words: `Nothing changes: ${didNothing}.` };
}

/** About whose a pool is: in the cluster it stays as it was. */
const ABOUT_POOLS: readonly string[] = ['pool.adopt', 'pool.release', 'pool.release-field', 'pool.decide-field'];

function movesNothing(change: Omit<Held, 'nodes'>): boolean {
  const { action, before, didNothing } = change;
  if (ABOUT_POOLS.includes(action) || isNotTaken(change)) return true;
  if (before == null) return false;
  // settings that nobody else holds go from the cluster when they are let go
  if ('letGo' in before) return didNothing != null;
  return 'theirs' in before || ('policy' in before && isAsk(before.policy));
}

/** Of others, and without effect: what it says cannot be read, or means nothing. Of many pools a list leaves out what they were and are, and has none on both sides where nothing moved. */
const isNotTaken = ({ action, before, after, pools }: Omit<Held, 'nodes'>): boolean =>
  (action === 'cluster.change' || action === 'settings.update') &&
  (before == null ? after == null && pools === 1 : JSON.stringify(before) === JSON.stringify(after));

/** By the policy `enforce` what differs in the cluster is written over: nodes have another pool then. */
const isAsk = (policy: unknown): boolean => (policy as { to?: unknown } | undefined)?.to === 'ask';
