/** What an operator decides about settings that the cluster has otherwise. Each choice is a change in History. */
import { differingSettings, statedFields } from '../../../core/cluster/decide-settings.ts';
import { settingsIn, withObject } from '../../../core/cluster/felix-objects.ts';
import { type NatSettings, type SettingField, settingFields } from '../../../core/nat/settings.ts';
import type { Queryable } from '../../db/client.ts';
import type { Desired } from '../../db/desired.ts';
import { readLiveFelixes } from '../../db/live-felix.ts';
import { newSync, settingsSync } from '../../db/sync.ts';
import type { Actor } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { applyChange, type Decision } from '../changes/apply-change.ts';
import type { ChangeView } from '../changes/change-view.ts';
import type { Deps } from '../deps.ts';
import { mustChange } from '../pools/write-pool.ts';
import { requiredReason } from '../reason.ts';
import { canonicalSettings } from '../settings/canonical-settings.ts';
import { expectSettings } from '../settings/settings.ts';
import { clusterOf } from './cluster.ts';
import type { choices } from './resolve-pool.ts';

export interface SettingsResolution {
  /** `default` or `node.<name>` */
  readonly object: string;
  /**
   * `theirs`: what the cluster has becomes what is decided. `ours`: applied by force. `release`: no longer decided here;
   * where nobody else holds the field in the cluster, it goes from there.
   */
  readonly choice: (typeof choices)[number];
  /** of `theirs` and `release`; absent: all that are decided of this object. Force takes them all. */
  readonly fields?: readonly SettingField[] | undefined;
  readonly expectedVersion: number;
  readonly reason?: string | undefined;
}

/** Throws NO_CLUSTER, REASON_REQUIRED, NOT_FOUND when nothing is decided about the object, VERSION_STALE, NOTHING_CHANGES. */
export async function resolveSettings(
  deps: Deps,
  actor: Actor,
  input: SettingsResolution,
): Promise<{ change: ChangeView; revision: string }> {
  clusterOf(deps);
  return mustChange(
    await applyChange(deps.db, {
      actor,
      reason: requiredReason(input.reason),
      names: [],
      cidrs: [],
      decide: async ({ desired }, tx) => {
        expectSettings(desired, input.expectedVersion);
        return [await decide(desired, input, tx)];
      },
    }),
  );
}

async function decide(
  { settings, sequence }: Desired,
  { object, choice, fields = settingFields }: SettingsResolution,
  tx: Queryable,
): Promise<Decision> {
  const own = settingsIn(settings, object);
  const decided = statedFields(own).filter((field) => fields.includes(field));
  if (decided.length === 0) {
    const message = `nothing is decided here about ${fields.join(', ')} of FelixConfiguration '${object}'`;
    throw new AppError('NOT_FOUND', message, { issues: [{ field: 'object', message }] });
  }
  const row = (await settingsSync.read(tx, [object]))[0] ?? newSync(object);
  if (choice === 'ours') {
    await settingsSync.write(tx, { ...row, forceVersion: sequence + 1 });
    return { action: 'settings.force', settings };
  }
  if (row.forceVersion !== null) await settingsSync.write(tx, { ...row, forceVersion: null });
  const [live] = await readLiveFelixes(tx, [object]);
  const differing = differingSettings(own, live?.settings ?? null);
  const next: NatSettings = { ...own };
  for (const field of decided) {
    if (choice === 'release') delete next[field];
    else if (differing.includes(field)) Object.assign(next, { [field]: live?.settings?.[field] });
  }
  return { action: 'settings.update', settings: canonicalSettings(withObject(settings, object, next)) };
}
