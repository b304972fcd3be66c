/** Which node a source address lives on, by what the nodes know of their own routes. */

import type { NodeFacts } from '../../../core/nat/node-facts.ts';
import { type Address, bitsOf, parseAddress } from '../../../core/net/address.ts';
import { type Prefix, parseInterface, parsePrefix, prefixOf } from '../../../core/net/prefix.ts';

/** The node with the longest route to the address that needs no gateway; undefined when none or several have it. */
export type HostOf = (address: Address) => string | undefined;

/** An address of the node itself counts as its longest route. Default routes say nothing about who lives where. */
export function hostIndex(nodes: Iterable<NodeFacts>): HostOf {
  const index = new Map<string, Set<string>>();
  const lengths: Record<4 | 6, Set<number>> = { 4: new Set(), 6: new Set() };
  for (const { name, interfaces, routes } of nodes) {
    const own = interfaces.flatMap((one) => one.addresses.flatMap(addressOf));
    const attached = routes.filter((route) => route.via === null).flatMap((route) => prefixesOf(route.to));
    for (const prefix of [...own, ...attached]) {
      if (prefix.length === 0) continue;
      lengths[prefix.family].add(prefix.length);
      const names = index.get(keyOf(prefix)) ?? new Set();
      index.set(keyOf(prefix), names.add(name));
    }
  }
  const longestFirst = { 4: sorted(lengths[4]), 6: sorted(lengths[6]) };
  return (address) => {
    for (const length of longestFirst[address.family]) {
      const names = index.get(keyOf(prefixOf(address, length)));
      if (names !== undefined) return names.size === 1 ? [...names][0] : undefined;
    }
    return undefined;
  };
}

const sorted = (lengths: ReadonlySet<number>): number[] => [...lengths].sort((a, b) => b - a);
const keyOf = ({ family, value, length }: Prefix): string => `${family} ${value} ${length}`;

function addressOf(text: string): Prefix[] {
  const parsed = parseInterface(text);
  return parsed.ok ? [single(parsed.value.address)] : [];
}

function prefixesOf(text: string): Prefix[] {
  const prefix = parsePrefix(text);
  if (prefix.ok) return [prefix.value];
  const address = parseAddress(text);
  return address.ok ? [single(address.value)] : [];
}

const single = (address: Address): Prefix => ({ ...address, length: bitsOf(address.family) });
