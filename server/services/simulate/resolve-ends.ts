/** The ends of a question, which may be names of the cluster, as what they stand for. */

import {
  type Directory,
  type Found,
  findNamed,
  fullName,
  hostWith,
  serviceAt,
  serviceOfNodePort,
} from '../../../core/names/find.ts';
import type { Known, NameBook, NamedType } from '../../../core/names/name-book.ts';
import type { NamedNode, NamedPod, NamedService, ServicePort } from '../../../core/names/objects.ts';
import { isHeadless } from '../../../core/names/objects.ts';
import { type EndKind, type ReadEnd, readEnd } from '../../../core/names/read-end.ts';
import { choosePort, type Front } from '../../../core/names/service-flows.ts';
import { parseAddress } from '../../../core/net/address.ts';
import { quote } from '../../../core/net/quote.ts';
import { onePort, readPort } from '../../../core/net/split-port.ts';
import type { Issue } from '../app-error.ts';

/** Where a connection begins or, when no service stands there, ends. `found` null: an address that nobody is known to have. */
export interface PlainEnd {
  readonly is: 'plain';
  readonly found: Exclude<Found, { kind: 'service' }> | null;
  /** those it may use */
  readonly addresses: readonly string[];
  /** as typed behind the name or address */
  readonly port: number | null;
}

export interface ServiceEnd {
  readonly is: 'service';
  readonly service: NamedService;
  readonly front: Front;
  readonly port: ServicePort | null;
  /** the name typed stands for something that only DNS knows; null: it does not */
  readonly dns: string | null;
}

export type Resolved<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issue: Issue };

export function resolveFrom(book: NameBook, typed: string): Resolved<PlainEnd> {
  const end = readEnd(typed);
  if (end.is === 'neither') return refuse('from', end.message);
  if (end.is === 'address') {
    if (end.port !== null) return refuse('from', `from must be an address without a port: ${quote(typed)}`);
    return plain({ found: hostWith(book.directory, end.address), addresses: [end.address] });
  }
  const one = theOne(book, 'from', typed, end, ['pod', 'node']);
  if (!one.ok) return one;
  if (one.value.kind === 'service') return refuse('from', mustBeSource(typed));
  if (end.port !== null) return refuse('from', `from must be a name without a port: ${quote(typed)}`);
  return plainNamed(book.directory, one.value, null);
}

/** `port` and `protocol` of the question. */
export function resolveTo(
  book: NameBook,
  typed: string,
  port: number | undefined,
  protocol: string,
): Resolved<PlainEnd | ServiceEnd> {
  const { directory } = book;
  const end = readEnd(typed);
  if (end.is === 'neither') return refuse('to', end.message);
  if (end.is === 'address') {
    const one = onePort(end.port, port);
    return 'message' in one ? refuse('port', one.message) : atAddress(directory, end.address, one.port, protocol);
  }
  if (end.port !== null && port !== undefined && end.port !== String(port)) {
    return refuse('port', `port must be said once: ${quote(end.port)} behind the name and ${port} beside it`);
  }
  const asked = end.port ?? (port === undefined ? null : String(port));
  const one = theOne(book, 'to', typed, end, ['pod', 'service', 'node']);
  if (!one.ok) return one;
  const found = one.value;
  if (found.kind === 'node') {
    const own = onePort(end.port, port);
    const service = 'port' in own ? serviceOfNodePort(directory, own.port ?? 0, protocol) : null;
    if (service === null) return plainNamed(directory, found, end.port);
    return atNodePort(service, found.node, String(asked), protocol);
  }
  if (found.kind === 'pod') return plainNamed(directory, found, end.port);
  const { service } = found;
  const front: Front = isHeadless(service) ? { is: 'headless' } : { is: 'cluster-ip', addresses: service.clusterIps };
  const chosen = choosePort(service, asked, protocol, front.is);
  if ('issue' in chosen) return refuse('port', chosen.issue);
  const balancer = service.type !== 'ExternalName' && service.hostNames.includes(end.name) && end.name !== service.name;
  return { ok: true, value: { is: 'service', service, front, port: chosen.port, dns: balancer ? end.name : null } };
}

/** An address that a proxy answers for is that service; one at whose port nothing listens stays an address. */
function atAddress(
  directory: Directory,
  address: string,
  port: number | undefined,
  protocol: string,
): Resolved<PlainEnd | ServiceEnd> {
  const asked = port === undefined ? null : String(port);
  const service = serviceAt(directory, address);
  if (service !== null) {
    const front: Front = { is: service.clusterIps.includes(address) ? 'cluster-ip' : 'external', addresses: [address] };
    const chosen = choosePort(service, asked, protocol, front.is);
    if ('port' in chosen) return { ok: true, value: { is: 'service', service, front, port: chosen.port, dns: null } };
  }
  const found = hostWith(directory, address);
  if (found?.kind === 'node' && port !== undefined) {
    const behind = serviceOfNodePort(directory, port, protocol);
    if (behind !== null) return atNodePort(behind, { ...found.node, addresses: [address] }, String(port), protocol);
  }
  return plain({ found, addresses: [address] }, port ?? null);
}

function atNodePort(service: NamedService, node: NamedNode, asked: string, protocol: string): Resolved<ServiceEnd> {
  const front: Front = { is: 'node-port', addresses: node.addresses, node: node.name };
  const chosen = choosePort(service, asked, protocol, front.is);
  if ('issue' in chosen) return refuse('port', chosen.issue);
  return { ok: true, value: { is: 'service', service, front, port: chosen.port, dns: null } };
}

const plain = (end: Pick<PlainEnd, 'found' | 'addresses'>, port: number | null = null): Resolved<PlainEnd> => ({
  ok: true,
  value: { is: 'plain', port, ...end },
});

function plainNamed(
  directory: Directory,
  found: Exclude<Found, { kind: 'service' }>,
  port: string | null,
): Resolved<PlainEnd> {
  const read = port === null ? { port } : readPort(`port of a ${found.kind}`, port);
  if ('message' in read) return refuse('port', read.message);
  const addresses = found.kind === 'node' ? found.node.addresses : addressesOf(directory, found.pod);
  return plain({ found, addresses }, read.port);
}

/** A pod on the host's network has its node's addresses, also before its status says so. */
function addressesOf(directory: Directory, pod: NamedPod): readonly string[] {
  if (pod.addresses.length > 0 || !pod.hostNetwork || pod.node === null) return pod.addresses;
  return directory.nodes.get(pod.node)?.addresses ?? [];
}

const MOST_CANDIDATES = 20;

function theOne(
  book: NameBook,
  field: 'from' | 'to',
  typed: string,
  end: Extract<ReadEnd, { is: 'name' }>,
  allowed: readonly EndKind[],
): Resolved<Found> {
  const found = findNamed(book.directory, end, allowed);
  const [first, second] = found;
  if (first !== undefined && second === undefined) return { ok: true, value: first };
  const candidates = found.slice(0, MOST_CANDIDATES).map(fullName);
  if (first !== undefined) {
    const more = found.length > candidates.length ? ' and more' : '';
    const message = `${field} must name one of ${candidates.join(', ')}${more}: ${quote(typed)}`;
    return { ok: false, issue: { field, message, candidates } };
  }
  const wanted = end.kinds.filter((kind) => allowed.includes(kind));
  if (wanted.length === 0) return refuse(field, mustBeSource(typed));
  const unknown = wanted
    .flatMap((kind) => typesOf[kind])
    .map((type) => book.known(type))
    .filter(({ phase }) => phase !== 'live');
  const but = unknown.length === 0 ? '' : `; ${unknown.map(unknownWords).join('; ')}`;
  return refuse(
    field,
    `${field} must be an address, or the name of a ${wanted.join(' or ')} that the cluster has: ${quote(typed)}${but}`,
  );
}

const typesOf: Readonly<Record<EndKind, readonly NamedType[]>> = {
  pod: ['pods'],
  service: ['services'],
  node: ['nodes'],
};

/** What of the names is not known, in words. */
export function unknownWords({ type, phase, error, forbidden }: Known): string {
  if (forbidden) return `${type} are not known: the right to list and watch ${type} is missing`;
  if (phase === 'starting') return `${type} are not known yet${error === null ? '' : `: ${error}`}`;
  return `${type} are known as they last were: ${error ?? 'the cluster is not heard'}`;
}

const mustBeSource = (typed: string): string =>
  `from must be an address, a pod or a node: no connection begins at a service: ${quote(typed)}`;

const refuse = (field: string, message: string): { ok: false; issue: Issue } => ({
  ok: false,
  issue: { field, message },
});

/** The families of these addresses. */
export const hasFamily = (addresses: readonly string[], family: 4 | 6): boolean =>
  addresses.some((address) => {
    const parsed = parseAddress(address);
    return parsed.ok && parsed.value.family === family;
  });
