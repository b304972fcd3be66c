/** What becomes of traffic from a pool that shares addresses with others (C17): not what its own fields say, where they decide. */
import { overlaps } from '../net/prefix.ts';
import type { Pool } from '../pool/spec.ts';
import { countedPools, prefixOfPool } from './counted-pools.ts';

export interface SharedSource {
  /** of all its addresses, of those in the pools named, or of none */
  readonly nats: 'all' | 'part' | 'none';
  /** the pools that decide it */
  readonly by: string[];
}

/** `beside` are pools that overlap it, and maybe others. Null: its own field decides. By the same rules as `decide`. */
export function sharedSource(pool: Pool, beside: readonly Pool[]): SharedSource | null {
  const prefix = prefixOfPool(pool);
  if (prefix === undefined || beside.length === 0) return null;
  const counted = countedPools([pool, ...beside.filter(({ name }) => name !== pool.name)]);
  const sharing = counted.filter((one) => overlaps(one.prefix, prefix));
  const around = sharing.filter((one) => one.prefix.length <= prefix.length);
  const natting = around.filter((one) => one.pool.spec.natOutgoing);
  if (natting.length > 0) {
    // any of them is enough: the one nearest to it is told
    return natting.some((one) => one.pool.name === pool.name)
      ? null
      : { nats: 'all', by: natting.slice(-1).map((one) => one.pool.name) };
  }
  const inside = sharing.filter((one) => one.prefix.length > prefix.length && one.pool.spec.natOutgoing);
  if (inside.length > 0) return { nats: 'part', by: inside.map((one) => one.pool.name) };
  const [same] = around.slice(-1);
  return !pool.spec.natOutgoing || same === undefined || same.pool.name === pool.name
    ? null
    : { nats: 'none', by: [same.pool.name] };
}
