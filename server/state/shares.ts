/** Sums of many pools' shares (core/wire/revision.ts) without holding up everybody else: a hash takes some 20 µs. */
import { setImmediate } from 'node:timers/promises';
import type { Pool } from '../../core/pool/spec.ts';
import { addShare, poolShare } from '../../core/wire/revision.ts';

const AT_ONCE = 500;

export async function sumOfShares(pools: readonly Pool[]): Promise<bigint> {
  let sum = 0n;
  for (const [index, pool] of pools.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await setImmediate();
    sum = addShare(sum, poolShare(pool));
  }
  return sum;
}
