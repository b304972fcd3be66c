/**
 * C17: which pools overlap. Two prefixes overlap only when one holds the other, so in the order of comparePrefix the
 * pools inside one pool follow it without a gap, and the pools around it form a chain of parents.
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
  /** the others that overlap the pool of that name, in a fixed order; lazily, for a set may overlap quadratically */
  of(name: string): Generator<Subject>;
  count(name: string): number;
}

export function indexOverlaps(pools: readonly Subject[]): OverlapIndex {
  const sorted = pools.filter(isPlaced).sort(order);
  const parent: number[] = [];
  const depth: number[] = [];
  const end: number[] = new Array<number>(sorted.length).fill(sorted.length);
  const open: number[] = [];
  for (const [i, pool] of sorted.entries()) {
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const around = sorted[top];
      if (around !== undefined && overlaps(around.prefix, pool.prefix)) break;
      end[top] = i;
      open.pop();
    }
    parent.push(open.at(-1) ?? -1);
    depth.push(open.length);
    open.push(i);
  }
  const place = new Map(sorted.map((pool, i) => [pool.name, i]));
  function* of(name: string): Generator<Subject> {
    const at = place.get(name);
    if (at === undefined) return;
    const around: number[] = [];
    for (let up = parent[at] ?? -1; up >= 0; up = parent[up] ?? -1) around.push(up);
    for (const i of around.reverse()) yield* sorted.slice(i, i + 1);
    for (let i = at + 1; i < (end[at] ?? 0); i++) yield* sorted.slice(i, i + 1);
  }
  const count = (name: string): number => {
    const at = place.get(name);
    return at === undefined ? 0 : (depth[at] ?? 0) + (end[at] ?? 0) - at - 1;
  };
  return { of, count };
}

export const overlapViolation = (pool: Subject, other: Subject): Violation => ({
  rule: 'C17',
  field: 'spec.cidr',
  message: `IPPool(${pool.name}) CIDR overlaps with IPPool(${other.name}) CIDR ${cidrText(other)}`,
});
