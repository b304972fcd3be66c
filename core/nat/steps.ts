/** Step codes: every reason that an answer may give. Each question asked is a step, passed or not. */
import type { Step } from './verdict.ts';

/** One line a code: when it stands in an answer. Codes of `traceFlow` begin with RULE_, CHAIN_ or SET_. */
export const stepCodes = {
  FLOW_NEW: 'the flow is the first packet of a connection, the only one that NAT rules judge',
  FLOW_ESTABLISHED: 'the packet belongs to a connection that is judged already',
  FLOW_INVALID: 'connection tracking does not know the packet (invalid or untracked)',
  DESTINATION_RESOLVED: 'a service proxy rewrote the destination; the new one is judged',
  SERVICE_REFUSED: 'the service has no backend to send to',
  SERVICE_UNRESOLVED: 'which backends the service leads to is not known',
  SERVICE_PROXY_NAT: 'the service proxy rewrites the source itself, before any rule for pools is asked',
  BACKENDS_DIFFER: 'the service’s backends are judged differently; which one is chosen is not known',
  DESTINATION_LOCAL: 'the destination is an address of the node itself (or loopback)',
  DESTINATION_NOT_LOCAL: 'the destination is none of the node’s own addresses',
  NODE_UNKNOWN: 'nothing is known of the node, so its own addresses and routes were not looked at',
  NODE_STALE: 'the node has not reported for too long, so what it holds is not known',
  SOURCE_IS_HOST: 'the connection begins on a node’s own network, with the node’s address',
  SOURCE_IN_NAT_POOL: 'the source lies in a pool with natOutgoing',
  SOURCE_IN_POOL: 'the source lies in pools, none of them with natOutgoing',
  SOURCE_IN_NO_POOL: 'the source lies in no pool',
  POOL_HIDDEN: 'the pool has the CIDR of another with a lower name, so it decides nothing',
  DESTINATION_IN_POOL: 'the destination lies in a pool, enabled or disabled',
  DESTINATION_IN_NO_POOL: 'the destination lies in no pool that exempts',
  DESTINATION_IN_LOAD_BALANCER_POOL: 'the destination lies in a pool for load balancers alone, which exempts nothing',
  DESTINATION_IS_NODE: 'the destination is a node’s address, and the settings exempt those',
  DESTINATION_IS_NODE_NOT_EXEMPT: 'the destination is a node’s address, and the settings do not exempt those',
  DESTINATION_IS_NO_NODE: 'the destination is no node’s address (asked only where the settings exempt those)',
  ROUTE: 'the route that the node takes to the destination',
  ROUTE_MISSING: 'the node has no route to the destination',
  INTERFACE_MATCHES: 'the out-interface passes the filter',
  INTERFACE_DIFFERS: 'the out-interface does not pass the filter',
  INTERFACE_UNKNOWN: 'there is a filter, and the out-interface is not known',
  SOURCE_MASQUERADED: 'the source becomes the node’s address on the out-interface',
  SOURCE_FIXED: 'the source becomes the fixed address of the settings',
  PORTS: 'the source ports that NAT may pick from',
  CHAIN_NOT_REACHED: 'no jump leads into our chain',
  CHAIN_END: 'no rule of the chain matched',
  RULE_MATCHES: 'all matches of the rule hold; its target decides',
  RULE_PASSED_BY: 'one match of the rule does not hold',
  RULE_FOREIGN: 'a rule of somebody else, or one that cannot be read, may decide first',
} as const;
export type StepCode = keyof typeof stepCodes;

/** Where reasons are collected; null when nobody reads them, and then no text is made. */
export type Steps = Step[] | null;

/** A step; `rule` is a pool rule (C17) or the comment of a kernel rule. */
export function step(code: StepCode, text: string, about: { pool?: string; field?: string; rule?: string } = {}): Step {
  return { code, text, pool: about.pool ?? null, field: about.field ?? null, rule: about.rule ?? null };
}
