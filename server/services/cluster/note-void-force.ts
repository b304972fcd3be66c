import { withReleased } from '../../../core/cluster/released.ts';
import { seenOf } from '../../../core/cluster/seen.ts';
import { voidPoolForce } from '../../../core/cluster/void-force.ts';
import type { Queryable } from '../../db/client.ts';
import { readLivePools } from '../../db/live.ts';
import type { StoredPool } from '../../db/pools.ts';
import { releasedOf } from '../../db/released.ts';
import type { SyncRow } from '../../db/sync.ts';
import { writeVoidForce } from '../../db/void-force.ts';

/**
 * Nobody led since force was decided about the pool, and what that was to write over moved: whoever decides next says so, as the
 * leader would have. The caller holds the live row.
 */
export async function noteVoidForce(
  tx: Queryable,
  { name, spec, sequence }: StoredPool,
  { forceVersion, forceSeen, applied }: Pick<SyncRow, 'forceVersion' | 'forceSeen' | 'applied'>,
): Promise<void> {
  // what a later change overtook says so already
  if (forceVersion !== sequence || forceSeen === null) return;
  const [live] = await readLivePools(tx, [name]);
  const desired = withReleased(spec, await releasedOf(tx, name), live?.pool?.spec ?? null);
  if (forceSeen === seenOf(desired, live)) return;
  await writeVoidForce(tx, voidPoolForce(sequence, { desired, uid: applied?.uid ?? null, live }));
}
