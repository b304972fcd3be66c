/** What a FelixConfiguration will say once what is decided about it was tried. */
import type { NatSettings, SettingField } from '../nat/settings.ts';
import { holdersOf, type SettingsDecision, statedFields } from './decide-settings.ts';
import type { LiveFelix } from './live-settings.ts';
import { othersOn, ourClaim } from './managed-fields.ts';

export interface PredictedSettings {
  readonly settings: NatSettings;
  /** fields that others hold at another value: nothing at all of the object is written, and it stands Contested. Else null */
  readonly contested: { readonly fields: readonly SettingField[]; readonly managers: readonly string[] } | null;
}

/** As the API server's merge does it: what we claim and no longer send goes, unless others claim it too. */
export function predictSettings(live: LiveFelix | null, decision: SettingsDecision): PredictedSettings {
  const before = live?.settings ?? {};
  if (decision.do !== 'apply') return { settings: before, contested: null };
  const { settings: sent, force } = decision;
  const claims = live?.claims ?? [];
  const held = statedFields(sent).filter(
    (field) => sent[field] !== before[field] && othersOn(claims, field).length > 0,
  );
  if (live !== null && held.length > 0 && !force) {
    return { settings: before, contested: { fields: held, managers: holdersOf(live, held) } };
  }
  const dropped = (ourClaim(claims)?.fields ?? []).filter(
    (field) => !(field in sent) && othersOn(claims, field).length === 0,
  );
  const kept = Object.entries(before).filter(([field]) => !dropped.includes(field));
  return { settings: { ...Object.fromEntries(kept), ...sent }, contested: null };
}
