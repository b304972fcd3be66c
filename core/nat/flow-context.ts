/** What simulate and the packet tracer share: everything around the address decision. */
import { formatAddress } from '../net/address.ts';
import type { EffectiveSettings } from './effective-settings.ts';
import type { NodeFacts } from './node-facts.ts';
import { masqueradeSource, routeTo } from './predict-source.ts';
import { type ReadFacts, type Route, readFacts } from './read-facts.ts';
import { type Checked, hasPorts, type ReadFlow, readFlow } from './read-flow.ts';
import { type Steps, step } from './steps.ts';
import type { Answer, Flow, VerdictCode } from './verdict.ts';

export interface FlowContext {
  readonly flow: ReadFlow;
  readonly facts: ReadFacts | null;
  /** null without facts, or when the node has none */
  readonly route: Route | null;
  /** as said in the flow, else by the route; null when neither is known */
  readonly outInterface: string | null;
}

/** Flow and facts parsed, every error of both at once. */
export function contextOf(flow: Flow, facts: NodeFacts | undefined): Checked<FlowContext> {
  const asked = readFlow(flow);
  const node = facts === undefined ? null : readFacts(facts);
  if (!asked.ok || node?.ok === false) {
    return { ok: false, errors: [...(asked.ok ? [] : asked.errors), ...(node?.ok === false ? node.errors : [])] };
  }
  const { destination, outInterface } = asked.value;
  const known = node?.value ?? null;
  const route = known === null ? null : (routeTo(known, destination, outInterface) ?? null);
  return {
    ok: true,
    value: { flow: asked.value, facts: known, route, outInterface: outInterface ?? route?.dev ?? null },
  };
}

/** Reasons for which NAT rules are never asked; null when they are. */
export function decidedBefore({ flow, facts }: FlowContext, steps: Steps): VerdictCode | null {
  if (flow.state === 'established') {
    steps?.push(
      step(
        'FLOW_ESTABLISHED',
        'The connection exists already: it keeps the source it was given, and NAT rules are not asked.',
      ),
    );
    return 'NO_SNAT_ESTABLISHED';
  }
  if (flow.state !== 'new') {
    const text = `The packet is ${flow.state}: connection tracking does not know it, so it leaves with its own source.`;
    steps?.push(step('FLOW_INVALID', text));
    return 'NO_SNAT_INVALID_PACKET';
  }
  steps?.push(step('FLOW_NEW', 'The packet is the first one of a connection: NAT rules are asked.'));
  const destination = formatAddress(flow.destination);
  if (flow.proxied) {
    const text = `A service proxy sends ${formatAddress(flow.to)} to ${destination}: the rules see ${destination}.`;
    steps?.push(step('DESTINATION_RESOLVED', text));
  }
  if (facts === null) {
    const loopback = isLoopback(flow);
    if (loopback)
      steps?.push(step('DESTINATION_LOCAL', `${destination} is a loopback address: the packet never leaves the node.`));
    else
      steps?.push(
        step('NODE_UNKNOWN', `The node is not known: whether ${destination} is its own address was not checked.`),
      );
    return loopback ? 'NO_SNAT_DESTINATION_IS_LOCAL' : null;
  }
  if (facts.local(flow.destination)) {
    const text = `${destination} is delivered on ${facts.name} itself: the packet never leaves the node.`;
    steps?.push(step('DESTINATION_LOCAL', text));
    return 'NO_SNAT_DESTINATION_IS_LOCAL';
  }
  steps?.push(step('DESTINATION_NOT_LOCAL', `${destination} is no address of ${facts.name}.`));
  return null;
}

function isLoopback({ destination: { family, value } }: ReadFlow): boolean {
  return family === 4 ? value >> 24n === 127n : value === 1n;
}

/** Says the way out; asked only of flows that the addresses alone would NAT. */
export function routeStep({ flow, facts, route, outInterface }: FlowContext, steps: Steps): void {
  if (facts === null) return;
  const destination = formatAddress(flow.destination);
  if (route === null) {
    steps?.push(
      step(
        'ROUTE_MISSING',
        `${facts.name} is not known to have a route to ${destination}${flow.outInterface === null ? '' : ` by ${flow.outInterface}`}.`,
      ),
    );
    return;
  }
  const via = route.via === null ? 'directly' : `by ${formatAddress(route.via)}`;
  steps?.push(step('ROUTE', `${facts.name} sends to ${destination} out of ${outInterface}, ${via}.`));
}

/** How a SNAT target picks: `fixed` and `ports` of the settings, or of a rule in the kernel. */
export interface Target {
  readonly fixed: EffectiveSettings['fixed'][4];
  readonly ports: EffectiveSettings['ports'];
}

/** The source after NAT, with its steps. */
export function natSource(context: FlowContext, { fixed, ports }: Target, steps: Steps): Answer['source'] {
  const { flow, facts, route, outInterface } = context;
  let address = fixed;
  if (fixed !== null) {
    const field = flow.from.family === 4 ? 'natOutgoingAddress' : 'natOutgoingAddressV6';
    steps?.push(step('SOURCE_FIXED', `The source becomes the fixed address ${formatAddress(fixed)}.`, { field }));
  } else {
    if (facts !== null && outInterface !== null) {
      address = masqueradeSource(facts, outInterface, route?.via ?? null, flow.destination);
    }
    const text =
      address === null
        ? unknownSource(context)
        : `The source becomes ${formatAddress(address)}, ${facts?.name}’s address for ${outInterface}.`;
    steps?.push(step('SOURCE_MASQUERADED', text));
  }
  const range = portsOf(flow, ports);
  if (range !== null) {
    const field = ports !== null && isRanged(flow.protocol) ? { field: 'natPortRange' } : {};
    steps?.push(step('PORTS', `NAT picks a source port between ${range[0]} and ${range[1]}.`, field));
  }
  return { address: address === null ? null : formatAddress(address), interface: outInterface, ports: range };
}

function unknownSource({ facts, outInterface }: FlowContext): string {
  if (facts === null)
    return 'The source becomes the node’s address on its out-interface; the node is not known, so neither is the address.';
  if (outInterface === null) return `Without a route nothing is sent, so no address of ${facts.name} can be named.`;
  return `${facts.name} has no address that could stand as source on ${outInterface}.`;
}

const isRanged = (protocol: number): boolean => protocol === 6 || protocol === 17;

/** Without a range the kernel stays in the class of the port that the pod used: below 512, below 1024, or above. */
function portsOf({ protocol, sport }: ReadFlow, ports: Target['ports']): [number, number] | null {
  if (ports !== null && isRanged(protocol)) return [ports[0], ports[1]];
  if (!hasPorts(protocol)) return null;
  if (sport === null || sport >= 1024) return [1024, 65535];
  return sport < 512 ? [1, 511] : [600, 1023];
}
