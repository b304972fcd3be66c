/** The way that a node sends what no other route fits, and the address that NAT would give it there. */
import { type Address, type Family, formatAddress } from '../net/address.ts';
import type { NodeFacts } from './node-facts.ts';
import { masqueradeSource } from './predict-source.ts';
import { readFacts } from './read-facts.ts';

export interface DefaultWay {
  readonly interface: string;
  /** null: the node has no fitting one */
  readonly address: string | null;
}

/** Somewhere outside: with IPv6 the source depends on the destination, and with IPv4 only where there is no next hop. */
const outside: Readonly<Record<Family, Address>> = {
  4: { family: 4, value: 0x01000000n },
  6: { family: 6, value: 0x2000n << 112n },
};

/** Null without a default route, and for facts that cannot be read. */
export function defaultWay(facts: NodeFacts | null, family: Family): DefaultWay | null {
  const read = facts === null ? null : readFacts(facts);
  if (read === null || !read.ok) return null;
  const routes = read.value.routes[family].find(({ length }) => length === 0)?.byPrefix.get(0n);
  const [route] = routes ?? [];
  if (route === undefined) return null;
  const address = masqueradeSource(read.value, route.dev, route.via, outside[family]);
  return { interface: route.dev, address: address === null ? null : formatAddress(address) };
}
