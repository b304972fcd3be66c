/** What a save of settings would do, asked while somebody types. */
import { changedObjects } from '../../../core/cluster/felix-objects.ts';
import type { ClusterSettings } from '../../../core/nat/settings.ts';
import { readDesired } from '../../db/desired.ts';
import type { Deps } from '../deps.ts';
import { MOST_REHEARSED } from '../pools/cluster-refusals.ts';
import { previewSettings, type SettingsEffect } from './preview-settings.ts';
import { rehearseSettings } from './rehearse-settings.ts';

/**
 * Only for `mayWrite` is the cluster asked as well, and not about more objects than somebody types. Throws SETTINGS_VIOLATIONS as
 * the save would.
 */
export async function previewSave(
  deps: Deps,
  next: ClusterSettings,
  { mayWrite }: { mayWrite: boolean },
): Promise<SettingsEffect> {
  const effect = await previewSettings(deps, next);
  const { settings } = await readDesired(deps.db);
  if (mayWrite && changedObjects(settings, next).length <= MOST_REHEARSED) await rehearseSettings(deps, settings, next);
  return effect;
}
