/** What is wanted of the pools: ours as decided, but for what is let go, and beside them those of others as the cluster has them. */
import type { Pool } from '../../../core/pool/spec.ts';
import { readLeaving } from '../../db/leaving.ts';
import { readReleased, showReleased } from '../../db/released.ts';
import type { Deps } from '../deps.ts';

/** A pool that was deleted here is wanted no more, also while the cluster has it still, unless that is not ours and stays. In the order of names only without a cluster. */
export async function wantedPools({
  db,
  state,
  effective,
}: Pick<Deps, 'db' | 'state' | 'effective'>): Promise<readonly Pool[]> {
  if (effective === state) return state.pools();
  const ours = showReleased(state.pools(), await readReleased(db));
  const others = effective.pools().filter(({ name }) => state.pool(name) === undefined);
  if (others.length === 0) return ours;
  const leaving = await readLeaving(db);
  return [...ours, ...others.filter(({ name }) => !leaving.has(name))];
}
