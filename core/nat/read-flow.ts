/** A question as typed, checked: addresses parsed, every error at once. */
import { type Address, parseAddress } from '../net/address.ts';
import { quote } from '../net/quote.ts';
import { onePort, splitPort } from '../net/split-port.ts';
import { type Flow, flowStates } from './verdict.ts';

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

export interface ReadFlow {
  readonly from: Address;
  readonly to: Address;
  /** what is judged: the destination after a service proxy, else `to` */
  readonly destination: Address;
  readonly proxied: boolean;
  /** IANA protocol number; TCP when not said */
  readonly protocol: number;
  readonly sport: number | null;
  readonly state: (typeof flowStates)[number];
  readonly outInterface: string | null;
}

export const protocols: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, gre: 47, icmpv6: 58, sctp: 132 };

/** Protocols whose source port (or what stands for it) NAT picks from a range of ports. */
export const hasPorts = (protocol: number): boolean => [6, 17, 33, 132, 136].includes(protocol);

export function readFlow(flow: Flow): Checked<ReadFlow> {
  const errors: FieldError[] = [];
  const target = splitPort(flow.to);
  const address = (field: 'from' | 'to' | 'resolvedTo'): Address | undefined => {
    const text = field === 'to' ? target.address : flow[field];
    if (text === undefined) return undefined;
    if (field !== 'to' && splitPort(text).port !== null) {
      errors.push({ field, message: `${field} must be an address without a port: ${quote(text)}` });
      return undefined;
    }
    const parsed = parseAddress(text);
    if (!parsed.ok) errors.push({ field, message: parsed.reason });
    return parsed.ok ? parsed.value : undefined;
  };
  const from = address('from');
  const to = address('to');
  const resolved = address('resolvedTo');
  if (from !== undefined && to !== undefined && from.family !== to.family) {
    errors.push({ field: 'to', message: `to must be IPv${from.family} as from is: ${quote(flow.to)}` });
  }
  if (from !== undefined && resolved !== undefined && from.family !== resolved.family) {
    errors.push({
      field: 'resolvedTo',
      message: `resolvedTo must be IPv${from.family} as from is: ${quote(flow.resolvedTo)}`,
    });
  }
  const protocol = protocolOf(flow.proto);
  if (protocol === undefined) {
    errors.push({
      field: 'proto',
      message: `proto must be tcp, udp, icmp, sctp, gre or a number from 0 to 255: ${quote(flow.proto)}`,
    });
  }
  for (const field of ['port', 'sport'] as const) {
    const port = flow[field];
    if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65535)) continue;
    errors.push({ field, message: `${field} must be a number from 0 to 65535: ${quote(port)}` });
  }
  const port = onePort(target.port, flow.port);
  if ('message' in port) errors.push({ field: 'port', message: port.message });
  if (flow.state !== undefined && !flowStates.includes(flow.state)) {
    errors.push({ field: 'state', message: `state must be one of ${flowStates.join(', ')}: ${quote(flow.state)}` });
  }
  if (flow.outInterface !== undefined && !interfaceName.test(flow.outInterface)) {
    const message = `outInterface must be an interface name of 1 to 15 characters without spaces: ${quote(flow.outInterface)}`;
    errors.push({ field: 'outInterface', message });
  }
  if (errors.length > 0 || from === undefined || to === undefined || protocol === undefined)
    return { ok: false, errors };
  const read: ReadFlow = {
    from,
    to,
    destination: resolved ?? to,
    proxied: resolved !== undefined,
    protocol,
    sport: flow.sport ?? null,
    state: flow.state ?? 'new',
    outInterface: flow.outInterface ?? null,
  };
  return { ok: true, value: read };
}

const interfaceName = /^[^\s/]{1,15}$/;

function protocolOf(text: string | undefined): number | undefined {
  if (text === undefined) return protocols['tcp'];
  if (/^(0|[1-9]\d{0,2})$/.test(text)) return Number(text) <= 255 ? Number(text) : undefined;
  return Object.hasOwn(protocols, text.toLowerCase()) ? protocols[text.toLowerCase()] : undefined;
}
