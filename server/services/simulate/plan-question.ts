/** A question with names as flows between addresses: one, or one for each backend of a service. */

import { fullName } from '../../../core/names/find.ts';
import type { Known, NameBook, NamedType } from '../../../core/names/name-book.ts';
import { type Caller, type Front, type ServicePlan, serviceFlows } from '../../../core/names/service-flows.ts';
import { readFlow } from '../../../core/nat/read-flow.ts';
import type { Flow } from '../../../core/nat/verdict.ts';
import { AppError } from '../app-error.ts';
import { hasFamily, type PlainEnd, resolveFrom, resolveTo, type ServiceEnd, unknownWords } from './resolve-ends.ts';

/** What a name, or an address that the cluster knows, stands for. */
export interface EndView {
  /** `pod/shop/web-1`; null: nobody is known to have the address */
  readonly name: string | null;
  readonly kind: 'pod' | 'service' | 'node' | 'address';
  readonly node: string | null;
  readonly addresses: string[];
  readonly hostNetwork: boolean;
  /** how a service is reached */
  readonly service: {
    readonly type: string;
    readonly front: Front['is'];
    readonly port: string | null;
    readonly internalPolicy: string;
    readonly externalPolicy: string;
  } | null;
  /** when the cluster was last heard about it; null: nothing of it is known from the cluster */
  readonly at: string | null;
}

export interface PlannedQuestion {
  readonly from: EndView;
  readonly to: EndView;
  /** the node that the cluster says the source is on */
  readonly node: string | null;
  readonly caller: Caller['is'];
  /** the question between addresses; null: the source has none */
  readonly flow: Flow | null;
  /** null: `to` is no service */
  readonly plan: ServicePlan | null;
  /** what of the names is not known, in words */
  readonly unknown: string[];
}

/** What the plan needs to know beside the names. */
export interface Surroundings {
  /** the node that hosts an address, by what agents report */
  readonly hostOf: (address: string) => string | undefined;
  /** the node asked for in the question */
  readonly node: string | undefined;
  /** is it in a pool that is in effect? */
  readonly inPool: (address: string) => boolean;
}

/** Throws INVALID_INPUT with the issue of each end: unknown names, several that fit (with candidates), no address in common. */
export function planQuestion(book: NameBook, flow: Flow, around: Surroundings): PlannedQuestion {
  const protocol = (flow.proto ?? 'tcp').toLowerCase();
  const from = resolveFrom(book, flow.from);
  const to = resolveTo(book, flow.to, flow.port, protocol);
  if (!from.ok || !to.ok) {
    const rest = readFlow({ ...flow, from: '0.0.0.0', to: '0.0.0.0' });
    const others = rest.ok ? [] : rest.errors.filter(({ field }) => field !== 'resolvedTo');
    throw invalid([...[from, to].flatMap((end) => (end.ok ? [] : [end.issue])), ...others]);
  }
  const caller = callerOf(from.value, around);
  const views = {
    from: viewOf(book, from.value),
    to: viewOf(book, to.value),
    unknown: (['pods', 'services', 'endpointslices', 'nodes'] as const)
      .map((type) => book.known(type))
      .filter(({ phase }) => phase !== 'live')
      .map(unknownWords),
  };
  const rest = { ...views, node: caller.node, caller: caller.is };
  if (from.value.addresses.length === 0) {
    if (caller.is !== 'host')
      throw invalid([{ field: 'from', message: `from must have an address, and ${views.from.name} has none yet` }]);
    return { ...rest, flow: null, plan: null };
  }
  return to.value.is === 'service'
    ? { ...rest, ...toService(book, flow, to.value, caller) }
    : { ...rest, ...toAddress(flow, from.value, to.value), plan: null };
}

function callerOf({ found, addresses }: PlainEnd, { hostOf, node, inPool }: Surroundings): Caller {
  const [first] = addresses;
  const reported = first === undefined ? undefined : hostOf(first);
  if (found?.kind === 'node') return { is: 'host', node: node ?? found.node.name, addresses: oneEach(addresses) };
  const host = node ?? found?.pod.node ?? reported ?? null;
  if (found !== null) return { is: found.pod.hostNetwork ? 'host' : 'pod', node: host, addresses: oneEach(addresses) };
  return { is: addresses.some(inPool) ? 'pod' : 'outside', node: host, addresses };
}

const oneEach = (addresses: readonly string[]): string[] =>
  ([4, 6] as const).flatMap((family) => addresses.filter((one) => hasFamily([one], family)).slice(0, 1));

/** Of two ends that have both families, IPv4. */
function toAddress(flow: Flow, from: PlainEnd, to: PlainEnd): { flow: Flow } {
  if (to.addresses.length === 0) {
    throw invalid([
      {
        field: 'to',
        message: `to must have an address, and ${to.found === null ? 'it' : fullName(to.found)} has none yet`,
      },
    ]);
  }
  const family = ([4, 6] as const).find((one) => hasFamily(from.addresses, one) && hasFamily(to.addresses, one));
  if (family === undefined) throw invalid([noCommonFamily(from.addresses)]);
  const pick = (addresses: readonly string[]): string => addresses.find((one) => hasFamily([one], family)) ?? '';
  const port = to.port === null ? {} : { port: to.port };
  return { flow: { ...flow, from: pick(from.addresses), to: pick(to.addresses), ...port } };
}

function toService(
  book: NameBook,
  flow: Flow,
  to: ServiceEnd,
  caller: Caller,
): { flow: Flow; plan: ServicePlan | null } {
  const { service, front, port } = to;
  const number = port === null ? flow.port : front.is === 'node-port' ? port.nodePort : port.port;
  const heads = front.is === 'headless' ? caller.addresses : front.addresses;
  const family = ([4, 6] as const).find((one) => hasFamily(caller.addresses, one) && hasFamily(heads, one));
  const pick = (addresses: readonly string[]): string => {
    const fitting = addresses.find((one) => family === undefined || hasFamily([one], family));
    return fitting ?? addresses[0] ?? '';
  };
  const asked: Flow = {
    ...flow,
    from: pick(caller.addresses),
    to: front.is === 'headless' ? flow.to : pick(heads),
    ...(number === undefined ? {} : { port: number }),
  };
  // the backend is said: nothing is left to choose
  if (flow.resolvedTo !== undefined) return { flow: { ...asked, to: pick(heads) }, plan: null };
  if (to.dns !== null) {
    const text = `${to.dns} is the name of the load balancer of ${service.namespace}/${service.name}: where it leads, DNS says.`;
    return { flow: asked, plan: { is: 'unresolved', text } };
  }
  if (family === undefined && service.type !== 'ExternalName') throw invalid([noCommonFamily(caller.addresses)]);
  const known = book.known('endpointslices');
  if (known.phase === 'starting' && service.type !== 'ExternalName') {
    return {
      flow: asked,
      plan: { is: 'unresolved', text: `Which backends the service has is not known: ${unknownWords(known)}.` },
    };
  }
  const slices = [...book.directory.slices.values()].filter(
    (slice) => slice.service === service.name && slice.namespace === service.namespace,
  );
  return { flow: asked, plan: serviceFlows({ service, slices, front, port, caller }) };
}

const noCommonFamily = (from: readonly string[]): { field: string; message: string } => {
  const words = ([4, 6] as const).filter((family) => hasFamily(from, family)).map((family) => `IPv${family}`);
  return { field: 'to', message: `to must have an address of ${words.join(' or ')} as from has` };
};

const invalid = (issues: readonly { field: string; message: string }[]): AppError =>
  new AppError('INVALID_INPUT', issues.map(({ message }) => message).join('; '), { issues });

function viewOf(book: NameBook, end: PlainEnd | ServiceEnd): EndView {
  if (end.is === 'service') {
    const { service, front, port } = end;
    const number = port === null ? null : front.is === 'node-port' ? port.nodePort : port.port;
    return {
      name: fullName({ kind: 'service', service }),
      kind: 'service',
      node: front.is === 'node-port' ? front.node : null,
      addresses: front.is === 'headless' ? [] : [...front.addresses],
      hostNetwork: false,
      service: {
        type: service.type,
        front: front.is,
        port: port === null ? null : `${number}/${port.protocol}`,
        internalPolicy: service.internalPolicy,
        externalPolicy: service.externalPolicy,
      },
      at: heardAt(book, ['services', 'endpointslices']),
    };
  }
  const { found, addresses } = end;
  const shown = { addresses: [...addresses], service: null };
  if (found === null) return { name: null, kind: 'address', node: null, hostNetwork: false, at: null, ...shown };
  const { kind } = found;
  if (kind === 'node') {
    const at = heardAt(book, ['nodes']);
    return { name: fullName(found), kind, node: found.node.name, hostNetwork: true, at, ...shown };
  }
  const { node, hostNetwork } = found.pod;
  return { name: fullName(found), kind, node, hostNetwork, at: heardAt(book, ['pods']), ...shown };
}

/** The oldest of them. */
function heardAt(book: NameBook, types: readonly NamedType[]): string | null {
  const heard = types.map((type): Known => book.known(type)).flatMap(({ heardAt: at }) => at ?? []);
  return heard.length === 0 ? null : new Date(Math.min(...heard)).toISOString();
}
