/**
 * Which connections are judged differently in two states, exactly: by pairs of addresses, never by looking at pools.
 *
 * A connection is NATed when its source is in S and its destination in D. So what is lost is (S0 without S1) x D0 and
 * (S0 and S1) x (D0 without D1), and what is gained is the same the other way round: at most four regions a family.
 */
import type { Family } from '../net/address.ts';
import { rangeOf } from '../net/prefix.ts';
import type { Pool } from '../pool/spec.ts';
import { prefixOfPool } from './counted-pools.ts';
import type { Decider } from './decide.ts';
import { destinations, intersect, sources, subtract, textOf } from './spans.ts';
import type { Span } from './table.ts';

export interface Region {
  readonly family: Family;
  /** `10.0.0.0-10.0.0.255`, or one address: sorted, disjoint, merged */
  readonly from: string[];
  readonly to: string[];
  readonly before: 'SNAT' | 'NO_SNAT';
  readonly after: 'SNAT' | 'NO_SNAT';
  /** those of `changed` that the difference comes from, sorted */
  readonly pools: string[];
}

/**
 * Disjoint regions that together hold every pair of addresses whose verdict differs. Addresses alone: an interface filter
 * narrows NAT further, in both states alike. `changed` are the pools that differ, as they were and as they are.
 */
export function natDifference(before: Decider, after: Decider, changed: readonly Pool[]): Region[] {
  return ([4, 6] as const).flatMap((family) => {
    const [s0, s1] = [sources(before, family), sources(after, family)];
    const [d0, d1] = [destinations(before, family), destinations(after, family)];
    const both = intersect(s0, s1);
    const region = (from: Span[], to: Span[], lost: boolean, cause: Span[]): Region[] =>
      from.length === 0 || to.length === 0
        ? []
        : [
            {
              family,
              from: from.map((span) => textOf(family, span)),
              to: to.map((span) => textOf(family, span)),
              before: lost ? 'SNAT' : 'NO_SNAT',
              after: lost ? 'NO_SNAT' : 'SNAT',
              pools: namesIn(changed, family, cause),
            },
          ];
    const [lostFrom, lostTo] = [subtract(s0, s1), subtract(d0, d1)];
    const [newFrom, newTo] = [subtract(s1, s0), subtract(d1, d0)];
    return [
      ...region(lostFrom, d0, true, lostFrom),
      ...region(both, lostTo, true, lostTo),
      ...region(newFrom, d1, false, newFrom),
      ...region(both, newTo, false, newTo),
    ];
  });
}

function namesIn(pools: readonly Pool[], family: Family, spans: readonly Span[]): string[] {
  const names = pools.filter((pool) => {
    const prefix = prefixOfPool(pool);
    if (prefix === undefined || prefix.family !== family) return false;
    const { first, last } = rangeOf(prefix);
    const next = spans[firstEndingFrom(spans, first)];
    return next !== undefined && next.first <= last;
  });
  return [...new Set(names.map(({ name }) => name))].sort();
}

/** Index of the first span that does not end before `value`. */
function firstEndingFrom(spans: readonly Span[], value: bigint): number {
  let low = 0;
  let up = spans.length;
  while (low < up) {
    const middle = (low + up) >>> 1;
    if ((spans[middle]?.last ?? value) < value) low = middle + 1;
    else up = middle;
  }
  return low;
}
