/**
 * NAT settings: what is decided, and the change of all of it at once. In a cluster what is decided is only what somebody set
 * here; every other field is what FelixConfiguration says (docs/decisions/0020-settings-field-by-field.md).
 */
import { modesOf } from '../../../core/cluster/live-settings.ts';
import { canonicalSettings, sameSettings } from '../../../core/nat/canonical-settings.ts';
import { type ClusterSettings, overlaySettings } from '../../../core/nat/settings.ts';
import { type NftablesModes, noModes, warnAboutSettings } from '../../../core/nat/stops-felix.ts';
import type { Warning } from '../../../core/pool/spec.ts';
import { hostsMatter } from '../../../core/wire/revision.ts';
import { lastSettingsChange } from '../../db/changes.ts';
import type { Queryable } from '../../db/client.ts';
import { type Desired, readDesired } from '../../db/desired.ts';
import { readLive } from '../../db/live.ts';
import { readLiveFelixes } from '../../db/live-felix.ts';
import type { Actor } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { mustChange } from '../changes/apply-change.ts';
import type { ChangeView } from '../changes/change-view.ts';
import type { Decision } from '../changes/decision.ts';
import { refuseSettings } from '../changes/refuse-added.ts';
import type { Deps } from '../deps.ts';
import { requiredReason } from '../reason.ts';
import { poolsBesideSettings } from './effective-pools.ts';
import { rehearseSettings } from './rehearse-settings.ts';

export interface SettingsView {
  /** what is decided here */
  readonly settings: ClusterSettings;
  /** what the cluster says of all fields, decided here or not; null: there is none */
  readonly live: ClusterSettings | null;
  /** hand it back as `expectedVersion` */
  readonly version: number;
  /** the change that last decided about them here; null: none did */
  readonly lastChange: { readonly id: number; readonly at: string } | null;
  readonly revision: string;
  readonly warnings: Warning[];
  /** nftablesMode, as far as FelixConfiguration says it */
  readonly modes: {
    readonly global?: NftablesModes['global'];
    readonly nodes: Record<string, 'Enabled' | 'Disabled' | 'Auto'>;
  };
  readonly from: 'desired' | 'cluster';
}

export async function getSettings(deps: Deps): Promise<SettingsView> {
  const inCluster = deps.cluster !== null;
  const [desired, pools, live, modes, change] = await Promise.all([
    readDesired(deps.db),
    poolsBesideSettings(deps.db, inCluster),
    inCluster ? readLive(deps.db) : null,
    readModes(deps),
    lastSettingsChange(deps.db),
  ]);
  const effective = live === null ? desired.settings : overlaySettings(live.settings, desired.settings);
  return {
    ...viewOf(desired),
    lastChange: change && { id: change.id, at: change.at.toISOString() },
    live: live?.settings ?? null,
    revision: live?.revision ?? desired.revision,
    warnings: warnAboutSettings(effective, pools, modes),
    modes: { ...modes, nodes: { ...modes.nodes } },
    from: inCluster ? 'cluster' : 'desired',
  };
}

export async function readModes({ db, cluster }: Pick<Deps, 'db' | 'cluster'>): Promise<NftablesModes> {
  return cluster === null ? noModes : modesOf(await readLiveFelixes(db));
}

export interface SettingsUpdate {
  readonly settings: ClusterSettings;
  readonly expectedVersion: number;
  readonly reason?: string | undefined;
}

/**
 * Throws REASON_REQUIRED, VERSION_STALE (with the settings as they are), NOTHING_CHANGES and SETTINGS_VIOLATIONS; that also
 * with the cluster's own words for what it would refuse. A cluster that does not answer is waited for.
 */
export async function updateSettings(
  deps: Deps,
  actor: Actor,
  input: SettingsUpdate,
): Promise<SettingsView & { change: ChangeView }> {
  const settings = canonicalSettings(input.settings);
  const reason = requiredReason(input.reason);
  await rehearseSettings(deps, (await readDesired(deps.db)).settings, settings);
  const { change } = await changeSettings(deps, actor, { ...input, reason }, async (desired, tx) => {
    if (sameSettings(desired.settings, settings)) {
      throw new AppError('NOTHING_CHANGES', 'the settings already say all this: nothing would change');
    }
    return decideSettings(deps, desired, settings, tx);
  });
  return { ...(await getSettings(deps)), change };
}

/** One change of the settings of that version. Throws VERSION_STALE, NOTHING_CHANGES, and what `decide` throws. */
export async function changeSettings(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  { expectedVersion, reason }: { readonly expectedVersion: number; readonly reason: string },
  decide: (desired: Desired, tx: Queryable) => Promise<readonly Decision[]>,
): Promise<{ change: ChangeView; revision: string }> {
  return mustChange(deps.db, {
    actor,
    reason,
    names: [],
    cidrs: [],
    decide: async ({ desired }, tx) => {
      expectSettings(desired, expectedVersion);
      return decide(desired, tx);
    },
  });
}

/**
 * What a change of all settings writes. Where it makes the nodes' addresses matter, they are written first: agents and
 * caches follow the log, and until then it did not have them. Throws SETTINGS_VIOLATIONS for what is added.
 */
export async function decideSettings(
  deps: Pick<Deps, 'cluster'>,
  desired: Desired,
  settings: ClusterSettings,
  tx: Queryable,
): Promise<readonly Decision[]> {
  const pools = await poolsBesideSettings(tx, deps.cluster !== null);
  refuseSettings(desired.settings, pools, settings, pools);
  const changed: Decision = { action: 'settings.update', settings };
  if (!hostsMatter(settings) || hostsMatter(desired.settings)) return [changed];
  return [{ action: 'hosts.update', hosts: desired.hosts }, changed];
}

/** Throws VERSION_STALE. */
function expectSettings(desired: Desired, expected: number): void {
  if (desired.settingsVersion === expected) return;
  const message = `the settings were changed meanwhile: they are at version ${desired.settingsVersion}, not ${expected}`;
  throw new AppError('VERSION_STALE', message, {
    issues: [{ field: 'expectedVersion', message }],
    current: viewOf(desired),
  });
}

const viewOf = (desired: Desired): Omit<SettingsView, 'lastChange'> => ({
  settings: desired.settings,
  live: null,
  version: desired.settingsVersion,
  revision: desired.revision,
  warnings: [],
  modes: noModes,
  from: 'desired',
});
