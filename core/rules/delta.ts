/**
 * The members of our sets, kept up to date change by change: one pool changed among ten thousand costs one look-up, and gives
 * exactly the members to add and remove.
 *
 * Two things make it more than a map: of pools with the identical CIDR only the lowest name counts, so removing a pool may
 * bring another one to light; and /0 stands as two /1, which a /1 pool may share.
 */

import { prefixOfPool } from '../nat/counted-pools.ts';
import type { Family } from '../net/address.ts';
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import { isLoadBalancerOnly } from '../pool/defaults.ts';
import type { Pool } from '../pool/spec.ts';
import { membersOf } from './members.ts';
import { setName } from './model.ts';

/** What one set must lose and gain. Both sorted as text, disjoint. */
export interface SetDelta {
  readonly set: string;
  readonly family: Family;
  readonly remove: readonly string[];
  readonly add: readonly string[];
}

/** Opaque; changed in place by {@link applyPools}. */
export interface MemberIndex {
  readonly pools: Map<string, { pool: Pool; prefix: Prefix | undefined; cidr: string }>;
  readonly byCidr: Map<string, Set<string>>;
}

export function indexPools(pools: readonly Pool[]): MemberIndex {
  const index: MemberIndex = { pools: new Map(), byCidr: new Map() };
  for (const pool of pools) insert(index, pool);
  return index;
}

/** Applies a change (removals first) and says what it means for the sets; empty when it means nothing to the kernel. */
export function applyPools(
  index: MemberIndex,
  change: { readonly upsert: readonly Pool[]; readonly remove: readonly string[] },
): SetDelta[] {
  const touched = new Map<string, Prefix>();
  const touch = (prefix: Prefix | undefined): void => {
    if (prefix === undefined) return;
    for (const member of membersOf(prefix)) touched.set(formatPrefix(member), member);
  };
  for (const name of change.remove) touch(index.pools.get(name)?.prefix);
  for (const pool of change.upsert) {
    touch(index.pools.get(pool.name)?.prefix);
    touch(prefixOfPool(pool));
  }
  const before = wantedOf(index, touched);
  for (const name of change.remove) drop(index, name);
  for (const pool of change.upsert) insert(index, pool);
  return difference(touched, before, wantedOf(index, touched));
}

function insert(index: MemberIndex, pool: Pool): void {
  drop(index, pool.name);
  const prefix = prefixOfPool(pool);
  const cidr = prefix === undefined ? '' : formatPrefix(prefix);
  index.pools.set(pool.name, { pool, prefix, cidr });
  if (prefix === undefined) return;
  const names = index.byCidr.get(cidr);
  if (names === undefined) index.byCidr.set(cidr, new Set([pool.name]));
  else names.add(pool.name);
}

function drop(index: MemberIndex, name: string): void {
  const found = index.pools.get(name);
  if (found === undefined) return;
  index.pools.delete(name);
  const names = index.byCidr.get(found.cidr);
  names?.delete(name);
  if (names?.size === 0) index.byCidr.delete(found.cidr);
}

type Wanted = ReadonlyMap<string, { src: boolean; exempt: boolean }>;

function wantedOf(index: MemberIndex, members: ReadonlyMap<string, Prefix>): Wanted {
  const wanted = new Map<string, { src: boolean; exempt: boolean }>();
  for (const [text, { family, length }] of members) {
    const whole = length === 1 ? counted(index, family === 4 ? '0.0.0.0/0' : '::/0') : undefined;
    const owners = [counted(index, text), whole].filter((pool) => pool !== undefined);
    wanted.set(text, {
      src: owners.some(({ spec }) => spec.natOutgoing ?? false),
      exempt: owners.some(({ spec }) => !isLoadBalancerOnly(spec)),
    });
  }
  return wanted;
}

/** The one pool that counts for a CIDR. */
function counted(index: MemberIndex, cidr: string): Pool | undefined {
  let lowest: string | undefined;
  for (const name of index.byCidr.get(cidr) ?? []) if (lowest === undefined || name < lowest) lowest = name;
  return lowest === undefined ? undefined : index.pools.get(lowest)?.pool;
}

function difference(members: ReadonlyMap<string, Prefix>, before: Wanted, after: Wanted): SetDelta[] {
  const texts = [...members.keys()].sort();
  const deltas: SetDelta[] = [];
  for (const family of [4, 6] as const) {
    const own = texts.filter((text) => members.get(text)?.family === family);
    for (const role of ['src', 'exempt'] as const) {
      const had = (text: string): boolean => before.get(text)?.[role] ?? false;
      const has = (text: string): boolean => after.get(text)?.[role] ?? false;
      const remove = own.filter((text) => had(text) && !has(text));
      const add = own.filter((text) => has(text) && !had(text));
      if (remove.length + add.length > 0) deltas.push({ set: setName(role, family), family, remove, add });
    }
  }
  return deltas;
}
