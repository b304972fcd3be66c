/** The pools that settings must get along with: what is desired, and in a cluster also what it has beside that, or decides of it. */
import type { Pool } from '../../../core/pool/spec.ts';
import type { Queryable } from '../../db/client.ts';
import { readLivePools } from '../../db/live.ts';
import { readPools } from '../../db/pools.ts';
import { readReleased, showReleased } from '../../db/released.ts';

export async function poolsBesideSettings(db: Queryable, inCluster: boolean): Promise<Pool[]> {
  const desired = (await readPools(db)).map(({ name, spec }) => ({ name, spec }));
  if (!inCluster) return desired;
  const ours = new Set(desired.map(({ name }) => name));
  const others = (await readLivePools(db)).flatMap(({ pool }) => (pool === null || ours.has(pool.name) ? [] : [pool]));
  return [...showReleased(desired, await readReleased(db)), ...others];
}
