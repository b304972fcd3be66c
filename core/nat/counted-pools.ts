/** Which pools count: of pools with the identical CIDR Calico syncs only the one with the lowest name. */
import type { Family } from '../net/address.ts';
import { comparePrefix, formatPrefix, type Prefix, parseInterface, prefixOf } from '../net/prefix.ts';
import type { Pool } from '../pool/spec.ts';

export interface CountedPool {
  readonly pool: Pool;
  /** canonical: host bits of the text, which Calico masks too, are gone */
  readonly prefix: Prefix;
  /** pools with the same CIDR and a higher name: they decide nothing */
  readonly hidden: readonly Pool[];
}

/** The prefix that a pool's CIDR means to the kernel; undefined for text that is no CIDR (such a pool decides nothing). */
export function prefixOfPool(pool: Pool): Prefix | undefined {
  const parsed = parseInterface(pool.spec.cidr);
  return parsed.ok ? prefixOf(parsed.value.address, parsed.value.length) : undefined;
}

/** The pools that decide, sorted by prefix, outer before inner. */
export function countedPools(pools: readonly Pool[], family?: Family): CountedPool[] {
  const byCidr = new Map<string, { prefix: Prefix; pools: Pool[] }>();
  for (const pool of pools) {
    const prefix = prefixOfPool(pool);
    if (prefix === undefined || (family !== undefined && prefix.family !== family)) continue;
    const cidr = formatPrefix(prefix);
    const found = byCidr.get(cidr);
    if (found === undefined) byCidr.set(cidr, { prefix, pools: [pool] });
    else found.pools.push(pool);
  }
  const counted: CountedPool[] = [];
  for (const { prefix, pools: same } of byCidr.values()) {
    const [pool, ...hidden] = same.length === 1 ? same : same.sort((a, b) => (a.name < b.name ? -1 : 1));
    if (pool !== undefined) counted.push({ pool, prefix, hidden });
  }
  return counted.sort((a, b) => comparePrefix(a.prefix, b.prefix));
}
