/** A Node object as it is shown. Anything may stand in an object: nothing here throws. */
import { fieldsOf } from '../calico/object.ts';
import { readNode } from '../calico/read-node.ts';
import { printable } from '../net/quote.ts';
import { type AgentPlacement, placesAgent } from './agent-placement.ts';

export interface LiveNode {
  readonly name: string;
  /** canonical; none for a node that cannot be read */
  readonly addresses: readonly string[];
  /** its condition Ready; Unknown when it has none */
  readonly ready: 'True' | 'False' | 'Unknown';
  /** the kubelet's or the node controller's words, empty without */
  readonly reason: string;
  readonly message: string;
  /** ISO 8601, since when it is so; null: it does not say */
  readonly since: string | null;
  /** an agent is meant to run there */
  readonly agentWanted: boolean;
}

const LONGEST = 500;

/** `agents`: where they are meant to run. */
export function readLiveNode(object: unknown, agents: AgentPlacement): LiveNode {
  const fields = fieldsOf(object);
  const read = readNode(fields);
  const conditions = fieldsOf(fields['status'])['conditions'];
  const ready = (Array.isArray(conditions) ? conditions : []).map(fieldsOf).find(({ type }) => type === 'Ready');
  const status = ready?.['status'];
  const text = (value: unknown): string => (typeof value === 'string' ? printable(value, LONGEST) : '');
  const since = Date.parse(text(ready?.['lastTransitionTime']));
  return {
    name: text(fieldsOf(fields['metadata'])['name']),
    addresses: read.ok ? read.value.addresses : [],
    ready: status === 'True' || status === 'False' ? status : 'Unknown',
    reason: text(ready?.['reason']),
    message: text(ready?.['message']),
    since: Number.isNaN(since) ? null : new Date(since).toISOString(),
    agentWanted: placesAgent(agents, object),
  };
}
