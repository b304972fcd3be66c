/** Which address a connection gets on a node: the route to the destination, then MASQUERADE's own choice. */
import { type Address, bitsOf } from '../net/address.ts';
import { contains, prefixOf } from '../net/prefix.ts';
import type { InterfaceAddress, ReadFacts, Route } from './read-facts.ts';

/** The route that the node takes: longest prefix, then the kernel's order; only those by `dev` when it is given. */
export function routeTo(facts: ReadFacts, destination: Address, dev: string | null): Route | undefined {
  for (const { length, byPrefix } of facts.routes[destination.family]) {
    const same = byPrefix.get(prefixOf(destination, length).value);
    const found = dev === null ? same?.[0] : same?.find((route) => route.dev === dev);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** MASQUERADE's source, null when the node has no fitting address. A route's own `src` plays no part. */
export function masqueradeSource(
  facts: ReadFacts,
  dev: string,
  nextHop: Address | null,
  destination: Address,
): Address | null {
  return destination.family === 4 ? sourceV4(facts, dev, nextHop ?? destination) : sourceV6(facts, dev, destination);
}

/**
 * As inet_select_addr: the first address of the interface whose subnet holds the next hop, else its first, else the first of
 * any interface. Secondary ones and those of scope host (127/8) are never picked. A next hop of IPv6 counts as none.
 */
function sourceV4(facts: ReadFacts, dev: string, nextHop: Address): Address | null {
  const own = facts.interfaces.find(({ name }) => name === dev)?.addresses.filter(pickable) ?? [];
  const near = own.find(({ address, length }) => contains(prefixOf(address, length), nextHop));
  const borrowed = facts.interfaces.flatMap(({ addresses }) => addresses).find(pickable);
  return (near ?? own[0] ?? borrowed)?.address ?? null;
}

const pickable = ({ address, secondary }: InterfaceAddress): boolean =>
  address.family === 4 && !secondary && address.value >> 24n !== 127n;

/**
 * As ipv6_dev_get_saddr (RFC 6724): the best address of any interface for the destination itself, not for the next hop. Asked
 * in turn: same address, fitting scope, on the out-interface, same label, longest common prefix; ties keep the kernel's order.
 * Deprecated and temporary addresses are not in the facts and cannot be told apart.
 */
function sourceV6(facts: ReadFacts, dev: string, destination: Address): Address | null {
  const scope = scopeOf(destination);
  const linkOnly = scope <= LINK_LOCAL || destination.value >> 120n === 0xffn;
  let best: { address: Address; score: readonly number[] } | null = null;
  for (const { name, addresses } of facts.interfaces) {
    if (linkOnly && name !== dev) continue;
    for (const { address, length } of addresses) {
      if (address.family !== 6) continue;
      const own = scopeOf(address);
      const score = [
        address.value === destination.value ? 1 : 0,
        own >= scope ? -own : own - 128,
        name === dev ? 1 : 0,
        labelOf(address) === labelOf(destination) ? 1 : 0,
        Math.min(commonBits(address, destination), length),
      ];
      if (best === null || better(score, best.score)) best = { address, score };
    }
  }
  return best?.address ?? null;
}

function better(a: readonly number[], b: readonly number[]): boolean {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? 0;
    if (value !== other) return value > other;
  }
  return false;
}

const LINK_LOCAL = 2;

function scopeOf({ value }: Address): number {
  if (value >> 120n === 0xffn) return Number((value >> 112n) & 15n);
  if (value === 1n || value >> 118n === 0x3fan) return LINK_LOCAL;
  return value >> 118n === 0x3fbn ? 5 : 14;
}

/** The kernel's default label table, the most specific prefix first. */
const labels: readonly { readonly value: bigint; readonly length: number; readonly label: number }[] = [
  { value: 1n, length: 128, label: 0 },
  { value: 0xffffn << 32n, length: 96, label: 4 },
  { value: 0n, length: 96, label: 3 },
  { value: 0x20010000n << 96n, length: 32, label: 6 },
  { value: 0x20010010n << 96n, length: 28, label: 7 },
  { value: 0x3ffen << 112n, length: 16, label: 12 },
  { value: 0x2002n << 112n, length: 16, label: 2 },
  { value: 0xfec0n << 112n, length: 10, label: 11 },
  { value: 0xfc00n << 112n, length: 7, label: 5 },
];

function labelOf(address: Address): number {
  return labels.find(({ value, length }) => contains({ family: 6, value, length }, address))?.label ?? 1;
}

function commonBits(a: Address, b: Address): number {
  const different = a.value ^ b.value;
  return different === 0n ? 128 : bitsOf(6) - different.toString(2).length;
}
