/** A node's interfaces and routes, parsed and indexed: what is local to it, and which way a packet takes. */
import { type Address, type Family, parseAddress } from '../net/address.ts';
import { overlaps, type Prefix, parseInterface, prefixOf, rangeOf } from '../net/prefix.ts';
import type { NodeFacts } from './node-facts.ts';
import type { Checked, FieldError } from './read-flow.ts';

export interface InterfaceAddress {
  readonly address: Address;
  readonly length: number;
  /** an earlier IPv4 address of the interface has the same subnet: the kernel never picks this one by itself */
  readonly secondary: boolean;
}

export interface ReadInterface {
  readonly name: string;
  readonly addresses: readonly InterfaceAddress[];
}

export interface Route {
  readonly to: Prefix;
  readonly via: Address | null;
  readonly dev: string;
}

export interface RoutesOfLength {
  readonly length: number;
  readonly byPrefix: ReadonlyMap<bigint, readonly Route[]>;
}

export interface ReadFacts {
  readonly name: string;
  readonly interfaces: readonly ReadInterface[];
  /** longest prefix first; equal prefixes in the order listed */
  readonly routes: Readonly<Record<Family, readonly RoutesOfLength[]>>;
  readonly local: (address: Address) => boolean;
}

const known = new WeakMap<NodeFacts, Checked<ReadFacts>>();

/** Reads facts; remembered for the object, because a stream of flows asks about one node again and again. */
export function readFacts(facts: NodeFacts): Checked<ReadFacts> {
  const found = known.get(facts);
  if (found !== undefined) return found;
  const read = parseFacts(facts);
  known.set(facts, read);
  return read;
}

function parseFacts(facts: NodeFacts): Checked<ReadFacts> {
  const errors: FieldError[] = [];
  const interfaces = facts.interfaces.map(({ name, addresses }, i) => ({
    name,
    addresses: readAddresses(addresses, `node.interfaces[${i}].addresses`, errors),
  }));
  const listed = facts.routes.flatMap((route, i) => readRoute(route, `node.routes[${i}]`, errors));
  if (errors.length > 0) return { ok: false, errors };
  const routes = [...listed, ...connected(interfaces)];
  const value = {
    name: facts.name,
    interfaces,
    routes: { 4: indexRoutes(routes, 4), 6: indexRoutes(routes, 6) },
    local: localOf(interfaces),
  };
  return { ok: true, value };
}

function readAddresses(texts: readonly string[], field: string, errors: FieldError[]): InterfaceAddress[] {
  const addresses: InterfaceAddress[] = [];
  for (const [i, text] of texts.entries()) {
    const parsed = parseInterface(text);
    if (!parsed.ok) {
      errors.push({ field: `${field}[${i}]`, message: parsed.reason });
      continue;
    }
    const { address, length } = parsed.value;
    const subnet = prefixOf(address, length);
    const secondary =
      address.family === 4 &&
      addresses.some((other) => other.length === length && overlaps(prefixOf(other.address, length), subnet));
    addresses.push({ address, length, secondary });
  }
  return addresses;
}

/** `default` belongs to the family of its next hop or source; without either, to both. */
function readRoute(route: NodeFacts['routes'][number], field: string, errors: FieldError[]): Route[] {
  const before = errors.length;
  const address = (name: 'via' | 'src'): Address | null => {
    const text = route[name];
    if (text === null || text === undefined) return null;
    const parsed = parseAddress(text);
    if (!parsed.ok) errors.push({ field: `${field}.${name}`, message: parsed.reason });
    return parsed.ok ? parsed.value : null;
  };
  const via = address('via');
  const src = address('src');
  const to: Prefix[] = [];
  if (route.to === 'default') {
    const family = src?.family ?? via?.family;
    for (const each of family === undefined ? ([4, 6] as const) : [family])
      to.push({ family: each, value: 0n, length: 0 });
  } else {
    const text = route.to.includes('/') ? route.to : `${route.to}/${route.to.includes(':') ? 128 : 32}`;
    const parsed = parseInterface(text);
    if (parsed.ok) to.push(prefixOf(parsed.value.address, parsed.value.length));
    else errors.push({ field: `${field}.to`, message: parsed.reason });
  }
  return errors.length > before ? [] : to.map((prefix) => ({ to: prefix, via, dev: route.dev }));
}

/** The kernel makes a route to the subnet of every address; facts written by hand leave those out. */
function connected(interfaces: readonly ReadInterface[]): Route[] {
  return interfaces.flatMap(({ name, addresses }) =>
    addresses.map(({ address, length }) => ({ to: prefixOf(address, length), via: null, dev: name })),
  );
}

function indexRoutes(routes: readonly Route[], family: Family): RoutesOfLength[] {
  const lengths = new Map<number, Map<bigint, Route[]>>();
  for (const route of routes) {
    if (route.to.family !== family) continue;
    const byPrefix = lengths.get(route.to.length) ?? new Map<bigint, Route[]>();
    lengths.set(route.to.length, byPrefix);
    const same = byPrefix.get(route.to.value);
    if (same === undefined) byPrefix.set(route.to.value, [route]);
    else same.push(route);
  }
  return [...lengths].sort(([a], [b]) => b - a).map(([length, byPrefix]) => ({ length, byPrefix }));
}

/**
 * What the kernel delivers to the node itself: its addresses, loopback, on IPv4 also the broadcast address of each subnet and
 * everything inside a subnet of `lo`.
 */
function localOf(interfaces: readonly ReadInterface[]): (address: Address) => boolean {
  const own: Record<Family, Set<bigint>> = { 4: new Set([0xffffffffn]), 6: new Set([1n]) };
  const ranges = [{ first: 127n << 24n, last: (128n << 24n) - 1n }];
  for (const { name, addresses } of interfaces) {
    for (const { address, length, secondary } of addresses) {
      own[address.family].add(address.value);
      if (address.family === 6) continue;
      const range = rangeOf(prefixOf(address, length));
      if (name === 'lo') ranges.push(range);
      if (length < 31 && !secondary) own[4].add(range.last);
    }
  }
  return ({ family, value }) =>
    own[family].has(value) || (family === 4 && ranges.some(({ first, last }) => value >= first && value <= last));
}
