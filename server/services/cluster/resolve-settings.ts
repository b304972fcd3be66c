/** What an operator decides about settings that the cluster has otherwise. Each choice is a change in History. */
import {
  decideSettings as decideObject,
  differingSettings,
  statedFields,
} from '../../../core/cluster/decide-settings.ts';
import { settingsIn, withObject } from '../../../core/cluster/felix-objects.ts';
import type { LiveFelix } from '../../../core/cluster/live-settings.ts';
import { seenOfSettings } from '../../../core/cluster/seen.ts';
import { takenFrom } from '../../../core/cluster/taken.ts';
import { voidSettingsForce } from '../../../core/cluster/void-force.ts';
import { canonicalSettings } from '../../../core/nat/canonical-settings.ts';
import {
  type ClusterSettings,
  type NatSettings,
  type SettingField,
  settingFields,
} from '../../../core/nat/settings.ts';
import type { Queryable } from '../../db/client.ts';
import { type Desired, readDesired } from '../../db/desired.ts';
import { holdLive } from '../../db/live.ts';
import { readLiveFelixes } from '../../db/live-felix.ts';
import { newSync, settingsSync } from '../../db/sync.ts';
import { writeOvertaken, writeVoidForce } from '../../db/void-force.ts';
import type { Actor } from '../actor.ts';
import { AppError } from '../app-error.ts';
import type { ChangeView, Content } from '../changes/change-view.ts';
import type { Decision } from '../changes/decision.ts';
import type { Deps } from '../deps.ts';
import { requiredReason } from '../reason.ts';
import { previewSettings, type SettingsEffect } from '../settings/preview-settings.ts';
import { rehearseSettings } from '../settings/rehearse-settings.ts';
import { changeSettings, decideSettings } from '../settings/settings.ts';
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
  /** of the object that was looked at (`compareSettings`); without it whatever the cluster has by then is decided about */
  readonly seen?: string | undefined;
  readonly reason?: string | undefined;
}

/**
 * Throws NO_CLUSTER, REASON_REQUIRED, NOT_FOUND when nothing is decided about the object, VERSION_STALE, NOTHING_CHANGES,
 * INVALID_INPUT when what the cluster has cannot be read, and SETTINGS_VIOLATIONS: what is applied by force is shown to the
 * cluster first, and its own words are the refusal.
 */
export async function resolveSettings(
  deps: Deps,
  actor: Actor,
  input: SettingsResolution,
): Promise<{ change: ChangeView; revision: string }> {
  clusterOf(deps);
  const reason = requiredReason(input.reason);
  if (input.choice === 'ours') {
    const { settings } = await readDesired(deps.db);
    await rehearseSettings(deps, settings, settings, [input.object]);
  }
  return changeSettings(deps, actor, { ...input, reason }, (desired, tx) => decide(deps, actor, desired, input, tx));
}

/** What the choice would do to connections. Throws NO_CLUSTER, NOT_FOUND, INVALID_INPUT, SETTINGS_VIOLATIONS. */
export async function previewResolution(
  deps: Deps,
  input: Pick<SettingsResolution, 'object' | 'choice' | 'fields'>,
): Promise<SettingsEffect> {
  clusterOf(deps);
  const [{ settings }, [live]] = await Promise.all([readDesired(deps.db), readLiveFelixes(deps.db, [input.object])]);
  return previewSettings(deps, settingsChosen(settings, input, live), input.choice === 'ours' ? [input.object] : []);
}

async function decide(
  deps: Deps,
  actor: Actor,
  desired: Desired,
  input: SettingsResolution,
  tx: Queryable,
): Promise<readonly Decision[]> {
  const { object, choice, seen } = input;
  await holdLive(tx);
  const [live] = await readLiveFelixes(tx, [object]);
  const next = settingsChosen(desired.settings, input, live);
  const overtake = async (change: number): Promise<void> =>
    writeOvertaken(tx, await settingsSync.unforce(tx, [object]), { change, actor: actor.name });
  if (choice !== 'release' && seen !== undefined) expectSeen(settingsIn(desired.settings, object), live, object, seen);
  if (choice === 'ours') {
    const row = (await settingsSync.read(tx, [object]))[0] ?? newSync(object);
    const own = settingsIn(desired.settings, object);
    const applied = row.applied && { settings: row.applied.spec };
    const unforced = decideObject({ desired: own, live: live ?? null, applied, forced: false, since: [] });
    if (unforced.do === 'nothing' && unforced.state === 'Synced') {
      const message = `the cluster's FelixConfiguration '${object}' is as it is decided: there is nothing to force`;
      throw new AppError('NOTHING_CHANGES', message);
    }
    const found = seenOfSettings(own, live);
    if (row.forceVersion !== null && row.forceSeen !== null && row.forceSeen !== found) {
      // as with a pool: nobody led meanwhile
      await writeVoidForce(tx, voidSettingsForce(row.forceVersion, { name: object, desired: own, live }));
    }
    await overtake(desired.sequence + 1);
    await settingsSync.write(tx, [{ ...row, forceVersion: desired.sequence + 1, forceSeen: found }]);
    return [{ action: 'settings.force', settings: desired.settings, before: standing(desired.settings, object, live) }];
  }
  const decisions = await decideSettings(deps, desired, next, tx);
  // the settings are the last of them
  await overtake(desired.sequence + decisions.length);
  const own = settingsIn(desired.settings, object);
  const left = settingsIn(next, object);
  const told =
    choice === 'release'
      ? { letGo: statedFields(own).filter((field) => left[field] === undefined) }
      : { theirs: differingAmong(own, live, input.fields) };
  const before = { ...desired.settings, ...told };
  return decisions.map((decision) => (decision.settings === undefined ? decision : { ...decision, before }));
}

/** What force writes over. */
function standing(settings: ClusterSettings, object: string, live: LiveFelix | undefined): Content {
  const own = settingsIn(settings, object);
  const said = live?.settings ?? {};
  const stated = statedFields(own);
  const there: NatSettings = Object.fromEntries(
    stated.flatMap((field) => (said[field] === undefined ? [] : [[field, said[field]]])),
  );
  const differing = stated.filter((field) => own[field] !== said[field]);
  return { ...withObject(settings, object, there), taken: takenFrom(live?.claims ?? [], differing) };
}

/** Nothing that came into the cluster since is taken over, or from anybody, unseen. */
function expectSeen(own: NatSettings, live: LiveFelix | undefined, object: string, seen: string): void {
  if (seenOfSettings(own, live) === seen) return;
  const message = `the cluster's FelixConfiguration '${object}' was changed meanwhile: it is not as it was seen`;
  throw new AppError('VERSION_STALE', message, { issues: [{ field: 'seen', message }] });
}

/** What is decided after the choice. Throws NOT_FOUND and INVALID_INPUT. */
export function settingsChosen(
  settings: ClusterSettings,
  { object, choice, fields = settingFields }: Pick<SettingsResolution, 'object' | 'choice' | 'fields'>,
  live: LiveFelix | undefined,
): ClusterSettings {
  const own = settingsIn(settings, object);
  const decided = statedFields(own).filter((field) => fields.includes(field));
  if (decided.length === 0) {
    const message = `nothing is decided here about ${fields.join(', ')} of FelixConfiguration '${object}'`;
    throw new AppError('NOT_FOUND', message, { issues: [{ field: 'object', message }] });
  }
  if (choice === 'ours') return settings;
  const next = choice === 'release' ? without(own, decided) : withTheirs(own, decided, live, object);
  return canonicalSettings(withObject(settings, object, next));
}

const without = (own: NatSettings, fields: readonly SettingField[]): NatSettings =>
  Object.fromEntries(Object.entries(own).filter(([field]) => !fields.some((one) => one === field)));

function withTheirs(
  own: NatSettings,
  fields: readonly SettingField[],
  live: LiveFelix | undefined,
  object: string,
): NatSettings {
  if (live !== undefined && live.problems.length > 0) {
    const message = `the cluster's FelixConfiguration '${object}' must be readable to be taken over: ${live.problems[0]?.message}`;
    throw new AppError('INVALID_INPUT', message, { issues: [{ field: 'choice', message }] });
  }
  const theirs = differingAmong(own, live, fields).map((field) => [field, live?.settings?.[field]]);
  return { ...own, ...Object.fromEntries(theirs) };
}

const differingAmong = (
  own: NatSettings,
  live: LiveFelix | undefined,
  fields: readonly SettingField[] = settingFields,
): SettingField[] => differingSettings(own, live?.settings ?? null).filter((field) => fields.includes(field));
