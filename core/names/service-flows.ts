/**
 * What a service proxy makes of a connection to a service: one flow for each backend that it may choose, as kube-proxy does it
 * (iptables and nftables alike). Zone hints are not looked at: every backend that takes connections is named.
 *
 * | asked for | backends | the proxy's own source NAT |
 * |---|---|---|
 * | cluster IP | all, with internalTrafficPolicy Local those of the caller's node | a pod that reaches itself; callers that are no pod |
 * | external or load balancer's IP, node port of the own node | all; policy Local from outside: the node's | always; policy Local: a pod that reaches itself, and the node itself |
 * | node port of another node | that node decides: all, with policy Local its own | there, always; policy Local: never |
 * | headless | all: the name itself stands for them | never |
 */
import type { Family } from '../net/address.ts';
import { isHeadless, type NamedService, type ServiceEndpoint, type ServicePort, type ServiceSlice } from './objects.ts';

export interface Caller {
  /** `pod`: its address is a pod's; `host`: a node's own; `outside`: neither */
  readonly is: 'pod' | 'host' | 'outside';
  /** null: not known */
  readonly node: string | null;
  /** one a family at most, the families that are asked about */
  readonly addresses: readonly string[];
}

/** By which of its addresses the service is reached. */
export type Front =
  | { readonly is: 'cluster-ip'; readonly addresses: readonly string[] }
  | { readonly is: 'external'; readonly addresses: readonly string[] }
  | { readonly is: 'node-port'; readonly addresses: readonly string[]; readonly node: string }
  | { readonly is: 'headless' };

export interface ServiceFlow {
  readonly from: string;
  readonly to: string;
  /** the backend, where the caller's node rewrites the destination to it; null: it goes to `to` as it is */
  readonly resolvedTo: string | null;
  readonly backend: Backend;
  /** the node on which the proxy itself rewrites the source (null: nobody knows which); undefined: it does not */
  readonly masqueradedOn?: string | null;
}

export interface Backend {
  readonly address: string;
  readonly port: number | null;
  /** `namespace/name` */
  readonly pod: string | null;
  readonly node: string | null;
}

export type ServicePlan =
  | { readonly is: 'flows'; readonly flows: readonly ServiceFlow[] }
  /** nothing is sent on: `text` says why */
  | { readonly is: 'refused'; readonly text: string }
  | { readonly is: 'unresolved'; readonly text: string };

export interface ServiceQuestion {
  readonly service: NamedService;
  /** those of the service */
  readonly slices: readonly ServiceSlice[];
  readonly front: Front;
  /** of the service; null: any */
  readonly port: ServicePort | null;
  readonly caller: Caller;
}

/** Sorted by family and backend. */
export function serviceFlows(question: ServiceQuestion): ServicePlan {
  const { service, front, caller } = question;
  const called = `${service.namespace}/${service.name}`;
  if (service.type === 'ExternalName') {
    const text = `Service ${called} stands for the name ${service.hostNames[0] ?? ''}: where that leads, DNS says.`;
    return { is: 'unresolved', text };
  }
  const local = localOn(question);
  if (local === null) {
    const text = `Service ${called} has internalTrafficPolicy Local, and the node that the connection begins on is not known.`;
    return { is: 'unresolved', text };
  }
  const flows: ServiceFlow[] = [];
  let elsewhere = false;
  const fronts = front.is === 'headless' ? caller.addresses : front.addresses;
  for (const family of [4, 6] as const) {
    const from = caller.addresses.find((address) => is(family, address));
    const to = fronts.find((address) => is(family, address));
    if (from === undefined || to === undefined) continue;
    const all = backendsOf(question, family);
    elsewhere ||= usable(all).length > 0;
    const chosen = usable(local === undefined ? all : all.filter(({ endpoint }) => endpoint.node === local));
    for (const { endpoint, backend } of chosen) flows.push(flowTo(question, { from, to, endpoint, backend }));
  }
  if (flows.length > 0) return { is: 'flows', flows };
  if (local === undefined || !elsewhere) {
    return { is: 'refused', text: `Service ${called} has no backend that takes connections: they are refused.` };
  }
  const policy = front.is === 'cluster-ip' ? 'internalTrafficPolicy' : 'externalTrafficPolicy';
  const text = `Service ${called} has ${policy} Local and no backend that takes connections on ${local}: they are dropped there.`;
  return { is: 'refused', text };
}

/** The node whose backends alone may be chosen; undefined: any node's; null: a node that is not known. */
function localOn({ service, front, caller }: ServiceQuestion): string | null | undefined {
  if (front.is === 'headless') return undefined;
  if (front.is === 'cluster-ip') return service.internalPolicy === 'Local' ? caller.node : undefined;
  if (service.externalPolicy !== 'Local') return undefined;
  if (front.is === 'node-port') return front.node === caller.node ? undefined : front.node;
  // from outside it enters on a node with a backend, whichever that is
  return undefined;
}

function flowTo(
  { front, service, caller }: ServiceQuestion,
  { from, to, endpoint, backend }: { from: string; to: string; endpoint: ServiceEndpoint; backend: Backend },
): ServiceFlow {
  if (front.is === 'headless') return { from, to: endpoint.address, resolvedTo: null, backend };
  const proxied = { from, to, resolvedTo: endpoint.address, backend };
  const itself = endpoint.address === from;
  const cluster = service.externalPolicy === 'Cluster';
  if (front.is === 'cluster-ip') {
    return caller.is !== 'pod' || itself ? { ...proxied, masqueradedOn: caller.node } : proxied;
  }
  if (front.is === 'node-port' && front.node !== caller.node) {
    // a backend on that node's own network is delivered there, and no source is rewritten on the way in
    const onward = cluster && !front.addresses.includes(endpoint.address);
    return onward ? { ...proxied, masqueradedOn: front.node } : { ...proxied, resolvedTo: null };
  }
  const masqueraded = cluster || caller.is === 'host' || (caller.is === 'pod' && itself);
  if (masqueraded) return { ...proxied, masqueradedOn: caller.is === 'outside' ? null : caller.node };
  return proxied;
}

interface Candidate {
  readonly endpoint: ServiceEndpoint;
  readonly backend: Backend;
}

function backendsOf({ slices, port }: ServiceQuestion, family: Family): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const slice of slices) {
    if (slice.family !== family) continue;
    const target =
      port === null ? null : slice.ports.find((one) => one.name === port.name && one.protocol === port.protocol);
    if (target === undefined) continue;
    for (const endpoint of slice.endpoints) {
      const pod = endpoint.pod === null ? null : `${slice.namespace}/${endpoint.pod}`;
      const backend = {
        address: endpoint.address,
        port: target === null ? null : (target.port ?? port?.port ?? null),
        pod,
        node: endpoint.node,
      };
      const key = `${endpoint.address} ${backend.port}`;
      // an endpoint may move from one slice to another and stand in both for a moment
      if (!found.has(key) || endpoint.ready) found.set(key, { endpoint, backend });
    }
  }
  return [...found.values()].sort(
    (a, b) => order(a.backend.pod ?? '', b.backend.pod ?? '') || order(a.backend.address, b.backend.address),
  );
}

/** Those that are ready; where none is, those that end but still serve. */
function usable(candidates: readonly Candidate[]): readonly Candidate[] {
  const ready = candidates.filter(({ endpoint }) => endpoint.ready);
  return ready.length > 0 ? ready : candidates.filter(({ endpoint }) => endpoint.servesWhileEnding);
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const is = (family: Family, address: string): boolean => address.includes(':') === (family === 6);

/**
 * By name or number. Without either: the only one, and null where there are several, which stands for all of them: the
 * backends of every port. `issue`: why there is none, naming those that there are.
 */
export function choosePort(
  service: NamedService,
  asked: string | null,
  protocol: string,
  front: Front['is'],
): { readonly port: ServicePort | null } | { readonly issue: string } {
  if (service.type === 'ExternalName') return { port: null };
  // nothing is rewritten there: whatever port is asked for is the backend's own
  if (isHeadless(service) && asked !== null && /^\d+$/.test(asked)) return { port: null };
  const number = (one: ServicePort): number => (front === 'node-port' ? one.nodePort : one.port);
  const open = service.ports.filter((one) => one.protocol === protocol && number(one) !== 0);
  const fitting = asked === null ? open : open.filter((one) => String(number(one)) === asked || one.name === asked);
  const [first, second] = fitting;
  if (first !== undefined) return { port: second === undefined || asked !== null ? first : null };
  if (isHeadless(service) && asked === null) return { port: null };
  const known = service.ports.map((one) => `${number(one)}/${one.protocol}${one.name === '' ? '' : ` (${one.name})`}`);
  const said = asked === null ? protocol : `${asked}/${protocol}`;
  return {
    issue: `port must be one that ${service.namespace}/${service.name} has, ${known.join(', ') || 'and it has none'}: '${said}'`,
  };
}
