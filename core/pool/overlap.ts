/**
 * C17: which pools overlap. Two prefixes overlap only when one holds the other, so in the order of comparePrefix the
 * pools inside one pool follow it without a gap, and the CIDRs around it form a chain of parents.
 */
import { comparePrefix, overlaps, type Prefix } from '../net/prefix.ts';
import type { Violation } from './spec.ts';
import { cidrText, type Subject } from './subject.ts';

type Placed = Subject & { readonly prefix: Prefix };
const isPlaced = (pool: Subject): pool is Placed => pool.prefix !== undefined;

/** Containing pools first; pools of the same CIDR by name. */
const order = (a: Placed, b: Placed): number =>
  comparePrefix(a.prefix, b.prefix) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** All pools of another name that share an address with this one. Pools without a readable CIDR overlap nothing. */
export function overlapping(pool: Subject, others: Iterable<Subject>): Subject[] {
  const { prefix, name } = pool;
  if (prefix === undefined) return [];
  const found: Placed[] = [];
  for (const other of others) {
    if (other.name !== name && isPlaced(other) && overlaps(prefix, other.prefix)) found.push(other);
  }
  return found.sort(order);
}

/** Overlaps of a whole set, found in one sorted sweep. */
export interface OverlapIndex {
  /** Those of the set, of another name, that overlap the pool; in a fixed order; lazily, for a set may overlap quadratically. */
  of(pool: Subject): Generator<Subject>;
  /** how many that are for a pool of the set */
  count(name: string): number;
}

/** Pools of one CIDR, and where they stand in the order. Around a CIDR there are at most 128 others, however many pools have each. */
interface Group {
  readonly prefix: Prefix;
  readonly around: Group | undefined;
  readonly first: number;
  /** after the last pool of this CIDR; `last`: after the last one inside it */
  next: number;
  last: number;
}

export function indexOverlaps(pools: readonly Subject[]): OverlapIndex {
  const sorted = pools.filter(isPlaced).sort(order);
  const groups = groupsOf(sorted);
  const groupOf = new Map<string, Group>();
  for (const group of groups) for (const { name } of sorted.slice(group.first, group.next)) groupOf.set(name, group);

  function* between(from: number, to: number): Generator<Placed> {
    for (let i = from; i < to; i++) yield* sorted.slice(i, i + 1);
  }
  return {
    *of({ name, prefix }) {
      if (prefix === undefined) return;
      const at = lowerBound(groups, prefix);
      const start = groups[at]?.first ?? sorted.length;
      let around = groups[at - 1];
      while (around !== undefined && !overlaps(around.prefix, prefix)) around = around.around;
      for (const { first, next } of chainTo(around)) yield* between(first, next);
      for (const other of between(start, sorted.length)) {
        if (!overlaps(other.prefix, prefix)) return;
        if (other.name !== name) yield other;
      }
    },
    count(name) {
      const group = groupOf.get(name);
      if (group === undefined) return 0;
      const around = chainTo(group.around).reduce((sum, { first, next }) => sum + next - first, 0);
      return around + group.last - group.first - 1;
    },
  };
}

function groupsOf(sorted: readonly Placed[]): Group[] {
  const groups: Group[] = [];
  const open: Group[] = [];
  for (const [at, { prefix }] of sorted.entries()) {
    let top = open.at(-1);
    for (; top !== undefined && !overlaps(top.prefix, prefix); top = open.at(-1)) {
      top.last = at;
      open.pop();
    }
    if (top === undefined || comparePrefix(top.prefix, prefix) !== 0) {
      top = { prefix, around: top, first: at, next: at, last: at };
      open.push(top);
      groups.push(top);
    }
    top.next = at + 1;
  }
  for (const group of open) group.last = sorted.length;
  return groups;
}

/** The outermost first. */
function chainTo(group: Group | undefined): Group[] {
  const chain: Group[] = [];
  for (let up = group; up !== undefined; up = up.around) chain.unshift(up);
  return chain;
}

/** The first group whose prefix is not before this one. */
function lowerBound(groups: readonly Group[], prefix: Prefix): number {
  let [low, high] = [0, groups.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const group = groups[middle];
    if (group !== undefined && comparePrefix(group.prefix, prefix) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const overlapViolation = (pool: Subject, other: Subject): Violation => ({
  rule: 'C17',
  field: 'spec.cidr',
  message: `IPPool(${pool.name}) CIDR overlaps with IPPool(${other.name}) CIDR ${cidrText(other)}`,
});
