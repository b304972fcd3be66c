/** What becomes of traffic from a pool that shares addresses with others (C17): not what its own fields say, where they decide. */
import { overlaps } from '../net/prefix.ts';
import type { Pool } from '../pool/spec.ts';
import { type CountedPool, countedPools, prefixOfPool } from './counted-pools.ts';

export interface SharedSource {
  /** of all its addresses, of those in the pools named, or of none */
  readonly nats: 'all' | 'part' | 'none';
  /** the pools that decide it */
  readonly by: readonly string[];
}

/** `beside` are pools that overlap it, and maybe others. Null: its own field decides. By the same rules as `decide`. */
export function sharedSource(pool: Pool, beside: readonly Pool[]): SharedSource | null {
  const prefix = prefixOfPool(pool);
  if (prefix === undefined || beside.length === 0) return null;
  const counted = countedPools([pool, ...beside.filter(({ name }) => name !== pool.name)]);
  const sharing = counted.filter((one) => overlaps(one.prefix, prefix));
  const around = sharing.filter((one) => one.prefix.length <= prefix.length);
  return among(pool, around, namesThatNat(sharing.slice(around.length)));
}

/** Of every pool of a set, beside all others of it, by name; of those that are left out their own field decides. */
export function sharedSources(pools: readonly Pool[]): Map<string, SharedSource> {
  const counted = countedPools(pools);
  const told = new Map<string, SharedSource>();
  let around: CountedPool[] = [];
  for (const [at, one] of counted.entries()) {
    around = [...around.filter((outer) => overlaps(outer.prefix, one.prefix)), one];
    // where one around it NATs, those inside it decide nothing
    const inside = around.some(nats) ? [] : namesThatNat(insideOf(one, counted, at + 1));
    for (const pool of [one.pool, ...one.hidden]) {
      const shared = among(pool, around, inside);
      if (shared !== null) told.set(pool.name, shared);
    }
  }
  return told;
}

/** `around`: those of its own CIDR and around it, the nearest last. `inside`: names of those inside it that NAT. */
function among(pool: Pool, around: readonly CountedPool[], inside: readonly string[]): SharedSource | null {
  const natting = around.filter(nats);
  if (natting.length > 0) {
    // any of them is enough: the one nearest to it is told
    return natting.some((one) => one.pool.name === pool.name)
      ? null
      : { nats: 'all', by: natting.slice(-1).map((one) => one.pool.name) };
  }
  if (inside.length > 0) return { nats: 'part', by: inside };
  const [same] = around.slice(-1);
  return !pool.spec.natOutgoing || same === undefined || same.pool.name === pool.name
    ? null
    : { nats: 'none', by: [same.pool.name] };
}

const nats = ({ pool }: CountedPool): boolean => pool.spec.natOutgoing === true;

const namesThatNat = (pools: readonly CountedPool[]): string[] => pools.filter(nats).map(({ pool }) => pool.name);

/** In the order of prefixes those inside a pool follow it without a gap. */
function insideOf({ prefix }: CountedPool, counted: readonly CountedPool[], from: number): readonly CountedPool[] {
  let end = from;
  for (let next = counted[end]; next !== undefined && overlaps(next.prefix, prefix); next = counted[end]) end++;
  return counted.slice(from, end);
}
