/**
 * What happens to a connection, and why: the verdict of {@link decide} with every question it took, in order.
 *
 * The answer is about the pools and settings given (the desired state). What a node's kernel would do is traceFlow's answer,
 * with the same codes, so that the two can be compared.
 */
import { formatAddress } from '../net/address.ts';
import { formatPrefix } from '../net/prefix.ts';
import type { CountedPool } from './counted-pools.ts';
import { type Decider, decide, EXEMPT, NATS, NODE } from './decide.ts';
import { contextOf, decidedBefore, type FlowContext, natSource, routeStep } from './flow-context.ts';
import type { NodeFacts } from './node-facts.ts';
import type { Checked } from './read-flow.ts';
import { type Steps, step } from './steps.ts';
import { entriesAt, flagsAt, type Key, keyOf } from './table.ts';
import { type Answer, type Flow, type Step, type VerdictCode, verdictOf } from './verdict.ts';

export { type Decider, makeDecider } from './decide.ts';
export type { Checked, FieldError } from './read-flow.ts';

/**
 * Judges one flow. `facts` are those of the node that the source lives on; without them the address after MASQUERADE, the
 * node's own addresses and (unless the flow says it) the out-interface are not known. With an interface filter that last one
 * leaves the verdict open: INDETERMINATE_NODE_STALE, because nothing current is known of the node.
 */
export function simulate(decider: Decider, flow: Flow, facts?: NodeFacts): Checked<Answer> {
  const steps: Step[] = [];
  const judged = judge(decider, flow, facts, steps);
  return judged.ok ? { ok: true, value: { ...judged.value, steps } } : judged;
}

/** The answer without its steps, for many flows: the same verdict, code and source as {@link simulate}, several times faster. */
export function judge(
  decider: Decider,
  flow: Flow,
  facts?: NodeFacts,
  steps: Steps = null,
): Checked<Omit<Answer, 'steps'>> {
  const read = contextOf(flow, facts);
  if (!read.ok) return read;
  const context = read.value;
  const early = decidedBefore(context, steps);
  if (early !== null) return answer(early, noSource);
  const from = keyOf(context.flow.from);
  const to = keyOf(context.flow.destination);
  const code = decide(decider, from, to, context.outInterface ?? undefined);
  if (steps !== null) explain(decider, context, { from, to, code }, steps);
  if (!code.startsWith('SNAT')) return answer(code, { ...noSource, interface: context.outInterface });
  const { fixed, ports } = decider.settings;
  return answer(code, natSource(context, { fixed: fixed[context.flow.from.family], ports }, steps));
}

const noSource: Answer['source'] = { address: null, interface: null, ports: null };

function answer(code: VerdictCode, source: Answer['source']): Checked<Omit<Answer, 'steps'>> {
  return { ok: true, value: { verdict: verdictOf(code), code, source } };
}

interface Asked {
  readonly from: Key;
  readonly to: Key;
  readonly code: VerdictCode;
}

/** Steps up to the one that decided. */
function explain(decider: Decider, context: FlowContext, asked: Asked, steps: Step[]): void {
  explainSource(decider, context, asked.from, steps);
  if (asked.code === 'NO_SNAT_SOURCE_NOT_IN_POOL' || asked.code === 'NO_SNAT_POOL_NAT_OFF') return;
  explainDestination(decider, context, asked.to, steps);
  if (asked.code === 'NO_SNAT_DESTINATION_IN_POOL' || asked.code === 'NO_SNAT_DESTINATION_IS_NODE') return;
  routeStep(context, steps);
  explainFilter(decider, context, asked.code, steps);
}

function explainSource(decider: Decider, { flow }: FlowContext, key: Key, steps: Step[]): void {
  const from = formatAddress(flow.from);
  const pools = poolsAt(decider, flow.from.family, key);
  steps.push(...pools.flatMap(hiddenSteps));
  const [first] = pools;
  const nat = pools.find(({ pool }) => pool.spec.natOutgoing ?? false);
  if (first === undefined) {
    steps.push(step('SOURCE_IN_NO_POOL', `The source ${from} lies in no pool: NAT is for pool addresses alone.`));
  } else if (nat === undefined) {
    const rest = 'natOutgoing is off there, and in every pool around it.';
    const about = { pool: first.pool.name, field: 'spec.natOutgoing' };
    steps.push(step('SOURCE_IN_POOL', `The source ${from} lies in pool ${named(first)}: ${rest}`, about));
  } else {
    const inner =
      nat === first
        ? ''
        : ` Pool ${named(first)} inside it has it off, which changes nothing: any pool with natOutgoing is enough.`;
    const about = { pool: nat.pool.name, field: 'spec.natOutgoing' };
    steps.push(
      step(
        'SOURCE_IN_NAT_POOL',
        `The source ${from} lies in pool ${named(nat)}, which has natOutgoing.${inner}`,
        about,
      ),
    );
  }
}

function explainDestination(decider: Decider, { flow }: FlowContext, key: Key, steps: Step[]): void {
  const to = formatAddress(flow.destination);
  const table = decider.tables[flow.from.family];
  const entries = entriesAt(table, key);
  steps.push(...poolsAt(decider, flow.from.family, key).flatMap(hiddenSteps));
  const exempting = entries.find(({ flags }) => flags & EXEMPT)?.value;
  if (exempting) {
    const state = exempting.pool.spec.disabled ? ' (disabled pools count too)' : '';
    const text = `The destination ${to} lies in pool ${named(exempting)}${state}: traffic between pools keeps its source.`;
    steps.push(step('DESTINATION_IN_POOL', text, { pool: exempting.pool.name, field: 'spec.cidr' }));
    return;
  }
  const balancer = entries.find(({ value }) => value !== null)?.value;
  if (balancer) {
    const text = `The destination ${to} lies in pool ${named(balancer)}, which serves load balancers alone and exempts nothing.`;
    steps.push(
      step('DESTINATION_IN_LOAD_BALANCER_POOL', text, { pool: balancer.pool.name, field: 'spec.allowedUses' }),
    );
  } else {
    steps.push(step('DESTINATION_IN_NO_POOL', `The destination ${to} lies in no pool.`));
  }
  const field = 'natOutgoingExclusions';
  const isNode = (flagsAt(table, key) & NODE) !== 0;
  if (isNode && decider.settings.exemptHosts) {
    steps.push(
      step('DESTINATION_IS_NODE', `${to} is a node’s address, and natOutgoingExclusions is IPPoolsAndHostIPs.`, {
        field,
      }),
    );
  } else if (isNode) {
    const text = `${to} is a node’s address; natOutgoingExclusions is IPPoolsOnly, so that exempts nothing.`;
    steps.push(step('DESTINATION_IS_NODE_NOT_EXEMPT', text, { field }));
  } else if (decider.settings.exemptHosts) {
    steps.push(step('DESTINATION_IS_NO_NODE', `${to} is no node’s address.`, { field }));
  }
}

function explainFilter(decider: Decider, { outInterface }: FlowContext, code: VerdictCode, steps: Step[]): void {
  const { filter } = decider.settings;
  if (filter === null) return;
  const about = { field: 'iptablesNATOutgoingInterfaceFilter' };
  if (outInterface === null) {
    const text = `NAT is for the interfaces '${filter}' alone, and which one the packet takes is not known without the node’s routes.`;
    steps.push(step('INTERFACE_UNKNOWN', text, about));
  } else if (code === 'NO_SNAT_INTERFACE_FILTER') {
    steps.push(
      step(
        'INTERFACE_DIFFERS',
        `The packet leaves by ${outInterface}; NAT is for the interfaces '${filter}' alone.`,
        about,
      ),
    );
  } else {
    steps.push(
      step('INTERFACE_MATCHES', `The packet leaves by ${outInterface}, which the filter '${filter}' lets in.`, about),
    );
  }
}

/** Pools that hold the address and count, innermost first; a load balancers' pool without NAT says nothing of a source. */
function poolsAt(decider: Decider, family: 4 | 6, key: Key): CountedPool[] {
  return entriesAt(decider.tables[family], key).flatMap(({ value, flags }) =>
    value !== null && (flags & (NATS | EXEMPT)) !== 0 ? [value] : [],
  );
}

function hiddenSteps({ pool, prefix, hidden }: CountedPool): Step[] {
  return hidden.map((other) =>
    step(
      'POOL_HIDDEN',
      `Pool '${other.name}' has the CIDR ${formatPrefix(prefix)} of '${pool.name}', whose name is lower: only '${pool.name}' counts.`,
      {
        pool: other.name,
        field: 'spec.cidr',
        rule: 'C17',
      },
    ),
  );
}

const named = ({ pool, prefix }: CountedPool): string => `'${pool.name}' (${formatPrefix(prefix)})`;
