/** Why a use of force did nothing: what had moved since it was decided, and by whom where the cluster says it. */

import type { ClusterSettings, NatSettings, SettingField } from '../nat/settings.ts';
import { quote } from '../net/quote.ts';
import type { PoolSpec } from '../pool/spec.ts';
import { differingFields, poolFields } from './compare.ts';
import { statedFields } from './decide-settings.ts';
import { settingsIn } from './felix-objects.ts';
import { fewNames } from './few-names.ts';
import type { LivePool } from './live-pool.ts';
import type { LiveFelix } from './live-settings.ts';
import { type FieldClaim, othersOn } from './managed-fields.ts';

/** A use of force that is void. `why` is told from what its change says that it was to write over, as it is stored. */
export interface VoidForce {
  readonly change: number;
  readonly why: (before: unknown) => string;
}

interface PoolNow {
  /** as it is shown: with the cluster's values of what is let go */
  readonly desired: PoolSpec;
  /** of the object that was ours; null: not known */
  readonly uid: string | null;
  readonly live: LivePool | undefined;
}
interface SettingsNow {
  readonly name: string;
  readonly desired: NatSettings;
  readonly live: LiveFelix | undefined;
}

export const voidPoolForce = (change: number, now: PoolNow): VoidForce => ({
  change,
  why: (before) => poolMoved(before as WrittenOver<PoolSpec> | NeverMade | null, now),
});

export const voidSettingsForce = (change: number, now: SettingsNow): VoidForce => ({
  change,
  why: (before) => settingsMoved(before as ClusterSettings & { readonly taken: Taken }, now),
});

/** The fields that differed, and who held each. */
interface WrittenOver<Spec> {
  readonly spec: Spec;
  readonly taken: Taken;
}
/** There was no object, and never one of ours. */
interface NeverMade {
  readonly absent: true;
}
type Taken = readonly { readonly field: string; readonly managers: readonly string[] }[];

/** `before` null: there was no object. */
function poolMoved(before: WrittenOver<PoolSpec> | NeverMade | null, { desired, uid, live }: PoolNow): string {
  if (live === undefined) return 'the pool was deleted in the cluster';
  if (live.deleting) return 'the pool is being deleted in the cluster';
  if (before !== null && 'absent' in before) return `the pool was made in the cluster by ${live.ownership.owner}`;
  if (before === null || (uid !== null && uid !== live.uid)) {
    return `the pool was made again in the cluster by ${live.ownership.owner}`;
  }
  if (live.pool === null || live.lastGood) return 'the pool can no longer be read';
  const differing: readonly string[] = differingFields(desired, live.pool.spec);
  const sides = { before, desired, now: live.pool.spec, claims: live.claims };
  return movedFields(poolFields, differing, sides) ?? 'the pool is not as it was seen';
}

function settingsMoved(
  { taken, ...settings }: ClusterSettings & { readonly taken: Taken },
  { name, desired, live }: SettingsNow,
): string {
  const object = `FelixConfiguration ${name}`;
  if (live === undefined) return `${object} was deleted in the cluster`;
  if (live.problems.length > 0) return `${object} can no longer be read`;
  const before = { spec: settingsIn(settings, name), taken };
  const now = live.settings ?? {};
  const stated = statedFields(desired);
  const differing: readonly SettingField[] = stated.filter((field) => desired[field] !== now[field]);
  const moved = movedFields(stated, differing, { before, desired, now, claims: live.claims });
  return `${object}: ${moved ?? 'it is not as it was seen'}`;
}

interface Sides<Spec> {
  readonly before: WrittenOver<Spec>;
  readonly desired: Spec;
  readonly now: Spec;
  readonly claims: readonly FieldClaim[];
}

/** Null: none that is known. */
function movedFields<Spec extends object>(
  fields: readonly (keyof Spec & string)[],
  differing: readonly string[],
  { before, desired, now, claims }: Sides<Spec>,
): string | null {
  const moved = fields.flatMap((field) => {
    const held = before.taken.find((one) => one.field === field)?.managers ?? [];
    const holders = [...new Set(othersOn(claims, field).map(({ manager }) => manager))];
    const is = valueText(differing.includes(field) ? now[field] : desired[field]);
    const was = valueText(before.spec[field]);
    if (was !== is) return [`${field} ${was} → ${is}${holders.length === 0 ? '' : ` by ${fewNames(holders)}`}`];
    const others = holders.filter((manager) => !held.includes(manager));
    return differing.includes(field) && others.length > 0 ? [`${field} is held by ${fewNames(others)} now`] : [];
  });
  return moved.length === 0 ? null : moved.join(', ');
}

const valueText = (value: unknown): string =>
  value === undefined ? 'not set' : typeof value === 'string' ? quote(value) : String(value);
