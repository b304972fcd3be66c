/**
 * What is to be done about one FelixConfiguration, from what is decided here, what the cluster holds and what was applied
 * last. Only fields that somebody decided about in Outgate are ours; all others are read and left alone.
 */
import { type NatSettings, type SettingField, settingFields } from '../nat/settings.ts';
import type { LiveFelix } from './live-settings.ts';
import { lostFields, othersOn, ourClaim } from './managed-fields.ts';
import type { SyncReason } from './sync-state.ts';

export interface SettingsSyncInput {
  /** what is decided about this object; empty: nothing any more */
  readonly desired: NatSettings;
  readonly live: LiveFelix | null;
  /** the last apply that the server took */
  readonly applied: { readonly settings: NatSettings } | null;
  /** an operator saw whose fields it takes, and wants ours all the same */
  readonly forced: boolean;
  /** what was decided about it since the last apply that is known of: it may be there, and nobody heard of it */
  readonly since: readonly NatSettings[];
}

export type SettingsDecision =
  | { readonly do: 'apply'; readonly settings: NatSettings; readonly uid: string | null; readonly force: boolean }
  /** nothing is decided and nothing there is ours */
  | { readonly do: 'forget' }
  | {
      readonly do: 'nothing';
      readonly state: 'Synced' | 'OutOfSync';
      readonly reason: SyncReason;
      readonly fields: readonly SettingField[];
      readonly managers: readonly string[];
    };

/** By level: asked twice it says the same. What somebody changed or took away since is not sent again unless it is forced. */
export function decideSettings(input: SettingsSyncInput): SettingsDecision {
  const { desired, live, applied, forced, since } = input;
  if (live === null) {
    if (statedFields(desired).length === 0) return { do: 'forget' };
    const isAnew = since.some((settings) => statedFields(settings).length === 0);
    if (applied === null || isAnew || forced) return { do: 'apply', settings: desired, uid: null, force: false };
    return { do: 'nothing', state: 'OutOfSync', reason: 'SettingsDeletedInCluster', fields: [], managers: [] };
  }
  const claimed = settingFields.filter((field) => ourClaim(live.claims)?.fields.includes(field));
  const letGo = claimed.some((field) => desired[field] === undefined);
  if (statedFields(desired).length === 0 && !letGo) return { do: 'forget' };
  // with problems its settings are those of before: the object itself does not say them
  const differing = differingSettings(desired, live.problems.length > 0 ? null : live.settings);
  if (forced) return { do: 'apply', settings: desired, uid: live.uid, force: true };
  const aloneOn = (field: SettingField): boolean =>
    claimed.includes(field) && othersOn(live.claims, field).length === 0;
  // whoever else writes a field holds it from then on, and what it says was decided here in between
  const byUs = (field: SettingField): boolean =>
    live.problems.length === 0 &&
    othersOn(live.claims, field).length === 0 &&
    since.some((settings) => settings[field] === live.settings?.[field]);
  const old = differing.filter((field) => applied?.settings[field] === desired[field] && !byUs(field));
  // left out, what we alone hold would go; of an object that cannot be read it stands there as it is decided
  const there = live.problems.length > 0 ? desired : (live.settings ?? {});
  const body = {
    ...picked(there, (field) => old.includes(field) && aloneOn(field)),
    ...picked(desired, (field) => !old.includes(field)),
  };
  // equal values are shared without conflict: the claim is what later shows who changed a field
  const lost = lostFields(live.claims, statedFields(body)).length > 0;
  if (differing.length > old.length || letGo || lost) {
    return { do: 'apply', settings: body, uid: live.uid, force: false };
  }
  if (old.length === 0) return { do: 'nothing', state: 'Synced', reason: 'AsDesired', fields: [], managers: [] };
  return {
    do: 'nothing',
    state: 'OutOfSync',
    reason: 'FieldChangedInCluster',
    fields: old,
    managers: holdersOf(live, old),
  };
}

/** Fields in which the cluster does not say what is decided. */
export const differingSettings = (desired: NatSettings, live: NatSettings | null): SettingField[] =>
  statedFields(desired).filter((field) => live?.[field] !== desired[field]);

export const statedFields = (settings: NatSettings): SettingField[] =>
  settingFields.filter((field) => settings[field] !== undefined && settings[field] !== '');

/** The managers of fields, other than our applies. */
export const holdersOf = ({ claims }: Pick<LiveFelix, 'claims'>, fields: readonly SettingField[]): string[] => [
  ...new Set(fields.flatMap((field) => othersOn(claims, field).map(({ manager }) => manager))),
];

const picked = (settings: NatSettings, wanted: (field: SettingField) => boolean): NatSettings =>
  Object.fromEntries(statedFields(settings).flatMap((field) => (wanted(field) ? [[field, settings[field]]] : [])));
