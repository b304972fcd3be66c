/** The addresses that nodes are known by to each other, from what they reported of themselves. */

import type { NodeFacts } from '../../../core/nat/node-facts.ts';
import { formatAddress } from '../../../core/net/address.ts';
import { parseInterface } from '../../../core/net/prefix.ts';

/**
 * Sorted, canonical, without prefix length. A node has many addresses (bridges and gateways of its pods among them); those
 * on an interface with a default route are the node's own. Without any default route all of them are.
 */
export function nodeAddresses(rows: readonly { readonly facts: NodeFacts | null }[]): string[] {
  const found = new Set<string>();
  for (const { facts } of rows) {
    if (facts === null) continue;
    const uplinks = new Set(facts.routes.filter((route) => isDefault(route.to)).map((route) => route.dev));
    for (const { name, addresses } of facts.interfaces) {
      if (uplinks.size > 0 && !uplinks.has(name)) continue;
      for (const text of addresses) {
        const parsed = parseInterface(text);
        if (!parsed.ok) continue;
        const address = formatAddress(parsed.value.address);
        if (!LOCAL.test(address)) found.add(address);
      }
    }
  }
  return [...found].sort();
}

const isDefault = (to: string): boolean => to === 'default' || to === '0.0.0.0/0' || to === '::/0';
/** loopback and link-local */
const LOCAL = /^(127\.|169\.254\.|fe[89ab][0-9a-f]:|::1$)/;
