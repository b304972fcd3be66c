import type { NodeFacts } from '../../../core/nat/node-facts.ts';
import { formatAddress, parseAddress } from '../../../core/net/address.ts';
import { contains, type Prefix, parseInterface, parsePrefix } from '../../../core/net/prefix.ts';

/** More than any node has; a report must not be able to fill everybody's set of hosts. */
const MOST = 64;

/** The node's own addresses that the world may know it by: of global scope, on an interface with a default route. Sorted. */
export function uplinkAddresses(facts: NodeFacts | null): string[] {
  if (facts === null) return [];
  const defaults = new Set(['default', '0.0.0.0/0', '::/0']);
  const uplinks = new Set(facts.routes.filter((route) => defaults.has(route.to)).map((route) => route.dev));
  const addresses = facts.interfaces
    .filter((one) => uplinks.has(one.name))
    .flatMap((one) => one.addresses.flatMap(globalAddress));
  return [...new Set(addresses)].sort().slice(0, MOST);
}

const notGlobal: readonly Prefix[] = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fe80::/10',
  'ff00::/8',
]
  .map(parsePrefix)
  .flatMap((parsed) => (parsed.ok ? [parsed.value] : []));

function globalAddress(text: string): string[] {
  const parsed = text.includes('/') ? parseInterface(text) : parseAddress(text);
  if (!parsed.ok) return [];
  const address = 'address' in parsed.value ? parsed.value.address : parsed.value;
  return notGlobal.some((prefix) => contains(prefix, address)) ? [] : [formatAddress(address)];
}
