import type { PoolField } from '../../core/cluster/compare.ts';
import type { ChangeView } from '../services/changes/change-view.ts';
import { comparePool } from '../services/cluster/compare-pool.ts';
import type { fieldChoices } from '../services/cluster/release-field.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import type { Deps } from '../services/deps.ts';
import { editor } from './test-api.ts';

/** An editor lets a field of pool `a` go, or decides it here again, as they see it now. */
export async function chooseField(
  deps: Deps,
  choice: (typeof fieldChoices)[number],
  field: PoolField,
): Promise<ChangeView> {
  const { version: expectedVersion, seen } = await comparePool(deps, 'a');
  const reason = 'whose it is was settled';
  return (await resolvePool(deps, editor, { name: 'a', choice, field, expectedVersion, seen, reason })).change;
}
