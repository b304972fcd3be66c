/**
 * What NAT settings must hold. FelixConfiguration's schema lets through texts that stop Felix or that it ignores in silence
 * (`0:70000`, `30000-40000`, filter `eth 0`): all of them are refused here, before anything is stored or programmed.
 */
import { type Address, formatAddress, parseAddress } from '../net/address.ts';
import { contains, formatPrefix, type Prefix, prefixOf } from '../net/prefix.ts';
import { quote } from '../net/quote.ts';
import type { Pool, Violation } from '../pool/spec.ts';
import { prefixOfPool } from './counted-pools.ts';
import { leadingZeros, parsePortRange } from './port-range.ts';
import { type ClusterSettings, exclusions, type NatSettings } from './settings.ts';

/**
 * Every violation at once, global settings first, then nodes by name. `field` is `global.<setting>` or `nodes.<name>.<setting>`.
 * An empty text means not set, as in Calico. Rules:
 * N1 natOutgoingAddress is a usable IPv4 address; N2 natOutgoingAddressV6 a usable IPv6 address; N3 natPortRange is `n:m`, both
 * from 1 to 65535, the lower first; N4 the interface filter is a name, or the beginning of names with one `+` at its end;
 * N5 natOutgoingExclusions is one of its two words; N6 a fixed address lies in no pool that is NATed and gives out addresses;
 * N7 natPortRange has no leading zeros; N8 the interface filter does not begin with '-' (Felix takes both, and both can be
 * programmed all the same).
 */
export function validateSettings(settings: ClusterSettings, pools: readonly Pool[]): Violation[] {
  const nodes = Object.keys(settings.nodes).sort();
  const ownerOf = nattedOwner(pools);
  return [
    ...violationsOf(settings.global, 'global', ownerOf),
    ...nodes.flatMap((name) => violationsOf(settings.nodes[name] ?? {}, `nodes.${name}`, ownerOf)),
  ];
}

function violationsOf(settings: NatSettings, place: string, ownerOf: OwnerOf): Violation[] {
  const found: Violation[] = [];
  const check = (name: keyof NatSettings, rule: string, judge: (text: string) => string | undefined): void => {
    const text = settings[name];
    if (!isSet(text)) return;
    const message = judge(text);
    if (message !== undefined) found.push({ rule, field: `${place}.${name}`, message });
  };
  check('natOutgoingAddress', 'N1', (text) => badAddress('natOutgoingAddress', text, 4));
  check('natOutgoingAddressV6', 'N2', (text) => badAddress('natOutgoingAddressV6', text, 6));
  check('natPortRange', 'N3', badRange);
  check('natPortRange', 'N7', leadingZeros);
  check('iptablesNATOutgoingInterfaceFilter', 'N4', badFilter);
  check('iptablesNATOutgoingInterfaceFilter', 'N8', matchesNothing);
  check('natOutgoingExclusions', 'N5', badExclusions);
  check('natOutgoingAddress', 'N6', (text) => insidePool('natOutgoingAddress', text, ownerOf));
  check('natOutgoingAddressV6', 'N6', (text) => insidePool('natOutgoingAddressV6', text, ownerOf));
  return found;
}

export const isSet = (text: string | undefined): text is string => text !== undefined && text !== '';

/** Ranges that no packet on the wire may carry as its source. */
const unusable: readonly { readonly what: string; readonly range: Prefix }[] = [
  { what: 'unspecified', range: { family: 4, value: 0n, length: 8 } },
  { what: 'loopback', range: { family: 4, value: 127n << 24n, length: 8 } },
  { what: 'multicast', range: { family: 4, value: 224n << 24n, length: 4 } },
  { what: 'reserved or broadcast', range: { family: 4, value: 240n << 24n, length: 4 } },
  { what: 'unspecified', range: { family: 6, value: 0n, length: 128 } },
  { what: 'loopback', range: { family: 6, value: 1n, length: 128 } },
  { what: 'link local', range: { family: 6, value: 0xfe80n << 112n, length: 10 } },
  { what: 'multicast', range: { family: 6, value: 0xffn << 120n, length: 8 } },
];

function badAddress(name: string, text: string, family: 4 | 6): string | undefined {
  if (text.includes('/')) return `${name} must be one address without a prefix length: ${quote(text)}`;
  const parsed = parseAddress(text);
  if (!parsed.ok) return `${name} must be an IPv${family} address: ${quote(text)}`;
  if (parsed.value.family !== family) {
    const other = family === 4 ? '; IPv6 has natOutgoingAddressV6' : '; IPv4 has natOutgoingAddress';
    return `${name} must be an IPv${family} address: ${quote(text)}${other}`;
  }
  const bad = unusable.find(({ range }) => contains(range, parsed.value));
  if (bad === undefined) return undefined;
  return `${name} must be an address that a packet can come from: ${quote(text)} is ${bad.what} (${formatPrefix(bad.range)})`;
}

function badRange(text: string): string | undefined {
  const parsed = parsePortRange(text);
  return parsed.ok ? undefined : parsed.reason;
}

function badFilter(text: string): string | undefined {
  const name = 'iptablesNATOutgoingInterfaceFilter';
  if (!/^[a-zA-Z0-9:._+-]{1,15}$/.test(text)) {
    return `${name} must be 1 to 15 letters, digits or characters of ':._+-': ${quote(text)}`;
  }
  return /\+./.test(text) ? `${name} must have '+' at its end alone: ${quote(text)}` : undefined;
}

/** `-o`, an option that slipped into the value: it is matched like any name, no interface is called so, and nothing is NATed. */
function matchesNothing(text: string): string | undefined {
  if (badFilter(text) !== undefined || !text.startsWith('-')) return undefined;
  return `iptablesNATOutgoingInterfaceFilter must not begin with '-': ${quote(text)} matches no interface, so nothing would be NATed`;
}

function badExclusions(text: string): string | undefined {
  if (exclusions.some((one) => one === text)) return undefined;
  return `natOutgoingExclusions must be ${exclusions.join(' or ')}: ${quote(text)}`;
}

function insidePool(name: string, text: string, ownerOf: OwnerOf): string | undefined {
  const parsed = parseAddress(text);
  if (!parsed.ok) return undefined;
  const owner = ownerOf(parsed.value);
  if (owner === undefined) return undefined;
  const reason = 'a pod could be given the same address';
  return `${name} must lie in no enabled pool with natOutgoing: ${quote(formatAddress(parsed.value))} lies in ${quote(owner.name)}, ${reason}`;
}

/** The first enabled pool with natOutgoing that holds the address. */
type OwnerOf = (address: Address) => Pool | undefined;

/** Indexed when first asked: every node may have an address of its own, and there may be thousands of pools. */
function nattedOwner(pools: readonly Pool[]): OwnerOf {
  let index: ReturnType<typeof indexOf> | undefined;
  return (address) => {
    index ??= indexOf(pools);
    let first: { readonly pool: Pool; readonly order: number } | undefined;
    for (const [length, byPrefix] of index[address.family]) {
      const found = byPrefix.get(prefixOf(address, length).value);
      if (found !== undefined && (first === undefined || found.order < first.order)) first = found;
    }
    return first?.pool;
  };
}

/** By family, length and value of the prefix; of the same prefix the first pool. */
function indexOf(pools: readonly Pool[]) {
  const index = { 4: new Map<number, ByPrefix>(), 6: new Map<number, ByPrefix>() };
  for (const [order, pool] of pools.entries()) {
    const prefix = pool.spec.natOutgoing && !pool.spec.disabled ? prefixOfPool(pool) : undefined;
    if (prefix === undefined) continue;
    const byPrefix = index[prefix.family].get(prefix.length) ?? new Map();
    if (!byPrefix.has(prefix.value)) byPrefix.set(prefix.value, { pool, order });
    index[prefix.family].set(prefix.length, byPrefix);
  }
  return index;
}

type ByPrefix = Map<bigint, { readonly pool: Pool; readonly order: number }>;
