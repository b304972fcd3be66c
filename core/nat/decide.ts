/** The decision by addresses alone, indexed: built once for a state, asked millions of times a second. */
import { type Family, parseAddress } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import { isLoadBalancerOnly } from '../pool/defaults.ts';
import type { Pool } from '../pool/spec.ts';
import { type CountedPool, countedPools } from './counted-pools.ts';
import { type EffectiveSettings, effectiveSettings } from './effective-settings.ts';
import { passesFilter } from './interface-filter.ts';
import type { NatSettings } from './settings.ts';
import { buildTable, type Entry, flagsAt, type Key, type Table } from './table.ts';
import type { VerdictCode } from './verdict.ts';

/** What an entry of the table says about the addresses in it. */
export const NATS = 1;
export const EXEMPT = 2;
export const NODE = 4;
export const LOOPBACK = 8;

/** `null` stands for entries that are no pool: nodes' addresses and loopback. */
export type Known = CountedPool | null;

export interface Decider {
  readonly settings: EffectiveSettings;
  readonly tables: Readonly<Record<Family, Table<Known>>>;
  /** flags of a destination that keep the source */
  readonly exempt: number;
}

/**
 * Builds the index. Pools as they are: overlapping, with host bits or unreadable ones are judged as the kernel would.
 * `settings` are one node's (`settingsFor`), valid by `validateSettings`; `hosts` are the nodes' addresses.
 */
export function makeDecider(input: {
  readonly pools: readonly Pool[];
  readonly settings: NatSettings;
  readonly hosts: readonly string[];
}): Decider {
  const settings = effectiveSettings(input.settings);
  const entries: Entry<Known>[] = countedPools(input.pools).map((counted) => ({
    prefix: counted.prefix,
    flags: flagsOf(counted.pool),
    value: counted,
  }));
  for (const host of new Set(input.hosts)) {
    const parsed = parseAddress(host);
    if (parsed.ok)
      entries.push({
        prefix: { ...parsed.value, length: parsed.value.family === 4 ? 32 : 128 },
        flags: NODE,
        value: null,
      });
  }
  for (const prefix of loopback) entries.push({ prefix, flags: LOOPBACK, value: null });
  const table = (family: Family) =>
    buildTable(
      family,
      entries.filter(({ prefix }) => prefix.family === family),
    );
  return { settings, tables: { 4: table(4), 6: table(6) }, exempt: exemptBy(settings) };
}

/** The same pools and nodes under other settings. */
export function withSettings({ tables }: Decider, own: NatSettings): Decider {
  const settings = effectiveSettings(own);
  return { settings, tables, exempt: exemptBy(settings) };
}

const exemptBy = ({ exemptHosts }: EffectiveSettings): number => (exemptHosts ? EXEMPT | NODE : EXEMPT);

/**
 * The verdict code for the first packet of a connection between two addresses of one family, no string touched: the fast path.
 * `outInterface` matters with an interface filter alone; unknown, it gives INDETERMINATE_NODE_STALE (the node's routes are not known).
 */
export function decide(decider: Decider, from: Key, to: Key, outInterface?: string): VerdictCode {
  const table = decider.tables[typeof from === 'number' ? 4 : 6];
  const source = flagsAt(table, from);
  const destination = flagsAt(table, to);
  if (destination & LOOPBACK) return 'NO_SNAT_DESTINATION_IS_LOCAL';
  if ((source & NATS) === 0) return source & EXEMPT ? 'NO_SNAT_POOL_NAT_OFF' : 'NO_SNAT_SOURCE_NOT_IN_POOL';
  if (destination & EXEMPT) return 'NO_SNAT_DESTINATION_IN_POOL';
  if (destination & decider.exempt) return 'NO_SNAT_DESTINATION_IS_NODE';
  const { filter, fixed } = decider.settings;
  if (filter !== null) {
    if (outInterface === undefined) return 'INDETERMINATE_NODE_STALE';
    if (!passesFilter(filter, outInterface)) return 'NO_SNAT_INTERFACE_FILTER';
  }
  return fixed[table.family] === null ? 'SNAT_MASQUERADE' : 'SNAT_FIXED_ADDRESS';
}

/**
 * A pool for load balancers alone is not exempt (Calico >= 3.31.6, 3.32.1), and as it gives no address to a pod, a source in
 * it counts as in no pool: the kernel's sets could not tell either.
 */
function flagsOf({ spec }: Pool): number {
  return (spec.natOutgoing ? NATS : 0) | (isLoadBalancerOnly(spec) ? 0 : EXEMPT);
}

const loopback: readonly Prefix[] = [
  { family: 4, value: 127n << 24n, length: 8 },
  { family: 6, value: 1n, length: 128 },
];
