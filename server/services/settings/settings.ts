/** NAT settings: what holds now, and the change of all of them at once. */
import type { ClusterSettings } from '../../../core/nat/settings.ts';
import { warnAboutSettings } from '../../../core/nat/validate-settings.ts';
import type { Warning } from '../../../core/pool/spec.ts';
import { hostsMatter } from '../../../core/wire/revision.ts';
import type { Queryable } from '../../db/client.ts';
import type { Desired } from '../../db/desired.ts';
import { readPools } from '../../db/pools.ts';
import { readState } from '../../db/state.ts';
import type { Actor } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { applyChange, type Decision, refuseSettings } from '../changes/apply-change.ts';
import type { ChangeView } from '../changes/change-view.ts';
import type { Deps } from '../deps.ts';
import { mustChange } from '../pools/write-pool.ts';
import { requiredReason } from '../reason.ts';
import { canonicalSettings, sameSettings } from './canonical-settings.ts';

export interface SettingsView {
  readonly settings: ClusterSettings;
  /** hand it back as `expectedVersion` */
  readonly version: number;
  readonly revision: string;
  readonly warnings: Warning[];
  /** `cluster`: they are what its FelixConfiguration says, and are changed there */
  readonly from: 'desired' | 'cluster';
}

export async function getSettings(deps: Deps): Promise<SettingsView> {
  if (deps.cluster !== null) return clusterSettings(deps);
  const { desired, pools } = await readState(deps.db);
  return viewOf(desired, warnAboutSettings(desired.settings, pools));
}

export interface SettingsUpdate {
  readonly settings: ClusterSettings;
  readonly expectedVersion: number;
  readonly reason?: string | undefined;
}

async function clusterSettings({ db, effective }: Deps): Promise<SettingsView> {
  const { head, pools } = await effective.ledger.read(db);
  const { settings, revision } = head;
  return { settings, version: 0, revision, warnings: warnAboutSettings(settings, pools), from: 'cluster' };
}

/**
 * Throws REASON_REQUIRED, VERSION_STALE (with the settings as they are), NOTHING_CHANGES, SETTINGS_VIOLATIONS, and
 * CLUSTER_DECIDES where there is a cluster.
 */
export async function updateSettings(
  deps: Deps,
  actor: Actor,
  input: SettingsUpdate,
): Promise<SettingsView & { change: ChangeView }> {
  if (deps.cluster !== null) {
    const message = 'NAT settings are what FelixConfiguration says: they must be changed in the cluster';
    throw new AppError('CLUSTER_DECIDES', message);
  }
  const settings = canonicalSettings(input.settings);
  const { change } = mustChange(
    await applyChange(deps.db, {
      actor,
      reason: requiredReason(input.reason),
      names: [],
      cidrs: [],
      decide: async ({ desired }, tx) => {
        if (desired.settingsVersion !== input.expectedVersion) throw stale(desired, input.expectedVersion);
        if (sameSettings(desired.settings, settings)) {
          throw new AppError('NOTHING_CHANGES', 'the settings already say all this: nothing would change');
        }
        return decideSettings(desired, settings, tx);
      },
    }),
  );
  return { ...(await getSettings(deps)), change };
}

/**
 * What a change of all settings writes. Where it makes the nodes' addresses matter, they are written first: agents and
 * caches follow the log, and until then it did not have them. Throws SETTINGS_VIOLATIONS for what is added.
 */
export async function decideSettings(
  desired: Desired,
  settings: ClusterSettings,
  tx: Queryable,
): Promise<readonly Decision[]> {
  const pools = await readPools(tx);
  refuseSettings(desired.settings, pools, settings, pools);
  const changed: Decision = { action: 'settings.update', settings };
  if (!hostsMatter(settings) || hostsMatter(desired.settings)) return [changed];
  return [{ action: 'hosts.update', hosts: desired.hosts }, changed];
}

function stale(desired: Desired, expected: number): AppError {
  const message = `the settings were changed meanwhile: they are at version ${desired.settingsVersion}, not ${expected}`;
  return new AppError('VERSION_STALE', message, {
    issues: [{ field: 'expectedVersion', message }],
    current: viewOf(desired, []),
  });
}

const viewOf = (desired: Desired, warnings: Warning[]): SettingsView => ({
  settings: desired.settings,
  version: desired.settingsVersion,
  revision: desired.revision,
  warnings,
  from: 'desired',
});
