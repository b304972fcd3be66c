/** Who made the NAT settings of a FelixConfiguration different, which change of ours that carries out, and what of it is not taken. */
import type { Word } from '../../core/cluster/come-back.ts';
import { differingSettings } from '../../core/cluster/decide-settings.ts';
import { objectAt, placeOf, settingsIn, withObject } from '../../core/cluster/felix-objects.ts';
import { type LiveFelix, settingsOf } from '../../core/cluster/live-settings.ts';
import { OUR_MANAGER, othersOn, ourClaim } from '../../core/cluster/managed-fields.ts';
import { UNKNOWN_WRITER, writerAmong } from '../../core/cluster/writer.ts';
import { sameSettings } from '../../core/nat/canonical-settings.ts';
import { type ClusterSettings, noSettings, type SettingField, settingFields } from '../../core/nat/settings.ts';
import { validateSettings } from '../../core/nat/validate-settings.ts';
import type { FieldError } from '../../core/pool/shape.ts';
import type { Pool } from '../../core/pool/spec.ts';
import { lastSettingsOf } from '../db/changes.ts';
import type { Queryable } from '../db/client.ts';
import { readLivePools } from '../db/live.ts';
import { settingsSync } from '../db/sync.ts';
import { readVoidForce } from '../db/void-force.ts';

export interface Moved {
  readonly name: string;
  readonly before: LiveFelix | null;
  readonly after: LiveFelix | null;
}

export interface Told {
  readonly actor: string;
  readonly cause: number | null;
}

/**
 * Who made it different, and the change of ours that it carries out: the last one that decided about the fields that moved
 * what came of them. It need not be the last of all: others of other objects, or of this one, may have been saved since.
 */
export async function tellerOf(tx: Queryable, { before, after }: Moved & { readonly after: LiveFelix }): Promise<Told> {
  const changed = changedIn(before, after);
  const actor = writerAmong(before?.claims ?? [], after.claims, new Set(changed));
  // a field that we let go is in nobody's claim afterwards; so is one that others took away
  const held = ourClaim(before?.claims ?? [])?.fields ?? [];
  const gone = actor === UNKNOWN_WRITER && changed.length > 0 && changed.every((field) => held.includes(field));
  if (actor !== OUR_MANAGER && !gone) return { actor, cause: null };
  const decided = await lastSettingsOf(tx, after.name);
  const fits = ({ settings }: (typeof decided)[number]): boolean =>
    changed.every((field) => settings[field] === after.settings?.[field]);
  const [row] = await settingsSync.read(tx, [after.name]);
  // the next may have been saved while this one was under way
  const open = decided.filter(({ sequence }, at) => at === 0 || sequence > (row?.applied?.version ?? 0));
  const carriedOut = (gone ? open : decided).find(fits);
  if (carriedOut === undefined) return { actor, cause: null };
  const force = row?.forceVersion ?? 0;
  const overtaken = (await readVoidForce(tx, [force])).has(force);
  // it was on its way when something else was decided: what others held, and what is not decided any more, came by force alone
  const late =
    overtaken &&
    (carriedOut !== decided[0] || differingSettings(carriedOut.settings, after.settings).length > 0) &&
    changed.some((field) => othersOn(before?.claims ?? [], field).length > 0);
  const forced = late || (carriedOut === decided[0] && !overtaken) ? force : 0;
  return { actor: OUR_MANAGER, cause: Math.max(carriedOut.sequence, forced) };
}

/**
 * The fields that a write changed. Of an object that could not be read its settings are those of before that: what somebody else wrote
 * since is in the claims alone.
 */
function changedIn(before: LiveFelix | null, after: LiveFelix): SettingField[] {
  const differing = settingFields.filter((field) => before?.settings?.[field] !== after.settings?.[field]);
  if (before === null || before.problems.length === 0) return differing;
  const by = (fields: readonly string[]): string => writerAmong(before.claims, after.claims, new Set(fields));
  return differing.filter((field) => by([field]) === by(differing));
}

/** Who deletes an object changes all that it said. What others wrote before, and we decided as well, is ours where we claim it only now. */
export function wroteIn({ before, after }: Moved): readonly SettingField[] {
  if (after === null) return settingFields;
  const [had, have] = [before?.claims ?? [], after.claims].map((claims) => ourClaim(claims)?.fields ?? []);
  const changed = changedIn(before, after);
  return settingFields.filter((field) => changed.includes(field) || (have?.includes(field) && !had?.includes(field)));
}

/**
 * Who wrote what an object says of a field and comes into force only now, as far as its claims tell, and the change of ours that decided
 * it so. That was no force: force that waits is about what was seen, and this came before it. `decidedOf`: the last changes that decided about it.
 */
export async function heldBackBy(
  felix: LiveFelix | undefined,
  field: SettingField,
  decidedOf: () => ReturnType<typeof lastSettingsOf>,
): Promise<Told> {
  const actor = writerAmong([], felix?.claims ?? [], new Set([field]));
  const is = felix?.settings?.[field];
  const isGone = actor === UNKNOWN_WRITER && is === undefined;
  if (felix === undefined || (actor !== OUR_MANAGER && !isGone)) return { actor, cause: null };
  const decided = await decidedOf();
  const last = decided.findIndex(({ settings }) => settings[field] === is);
  const other = decided.findIndex(({ settings }, at) => at > last && settings[field] !== is);
  // what is decided still, and what never was, we did not let go of
  if (last === -1 || (isGone && (last > 0 || other === -1))) return { actor, cause: null };
  return { actor: OUR_MANAGER, cause: decided.at(other === -1 ? -1 : other - 1)?.sequence ?? null };
}

/** Not restored with its type, and somebody decided to go on without it; else nobody knows who deleted it. */
export const removedBy = (name: string, word: Word | null): Told =>
  word?.settings.includes(name) ? { actor: OUR_MANAGER, cause: word.change } : { actor: UNKNOWN_WRITER, cause: null };

export interface Untaken {
  readonly actor: string;
  readonly reason: string;
}

/**
 * Objects that somebody wrote so that they are not taken, and were not so, and for no such reason, before. `inForce`: the
 * settings before and after the moves. What one writer did to many objects in the same way is one.
 */
export async function untakenOf(
  tx: Queryable,
  moves: readonly Moved[],
  inForce: { readonly before: ClusterSettings; readonly after: ClusterSettings },
): Promise<Untaken[]> {
  const suspects = moves.flatMap(({ before, after }) =>
    after !== null && isOtherwise(after, inForce.after) ? [{ before, after }] : [],
  );
  if (suspects.length === 0) return [];
  const pools = (await readLivePools(tx)).flatMap(({ pool }) => pool ?? []);
  const faults = faultsOf(
    suspects.map(({ after }) => after),
    inForce.after,
    pools,
  );
  const earlier = faultsOf(
    suspects.flatMap(({ before }) => before ?? []),
    inForce.before,
    pools,
  );
  const groups = new Map<string, Untaken & { readonly names: string[] }>();
  for (const { before, after } of suspects) {
    const fault = faults.get(after.name);
    if (fault === undefined || fault.words === earlier.get(after.name)?.words) continue;
    const odd = settingFields.filter((field) => fault.fields.includes(field));
    const actor = writerAmong(before?.claims ?? [], after.claims, odd.length === 0 ? null : new Set(odd));
    const key = JSON.stringify([actor, fault.words]);
    const group = groups.get(key) ?? { actor, reason: fault.words, names: [] };
    group.names.push(after.name);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ actor, reason, names }) => ({ actor, reason: `${namesText(names)} ${reason}` }));
}

/** What an object says, or would say, is not what is in force of it. */
const isOtherwise = ({ name, settings, problems }: LiveFelix, inForce: ClusterSettings): boolean =>
  problems.length > 0 ||
  !sameSettings(withObject(noSettings, name, settings ?? {}), withObject(noSettings, name, settingsIn(inForce, name)));

interface Fault {
  readonly words: string;
  /** that it is about */
  readonly fields: readonly string[];
}

/** By name, why objects are not taken; those that are in force have no fault. All are judged at once: the pools are thousands, too. */
export function faultsOf(
  objects: readonly LiveFelix[],
  inForce: ClusterSettings,
  pools: readonly Pool[],
): ReadonlyMap<string, Fault> {
  const otherwise = objects.filter((felix) => isOtherwise(felix, inForce));
  const read = settingsOf(otherwise.filter(({ problems }) => problems.length === 0));
  const violations = Map.groupBy(validateSettings(read, pools), ({ field }) => objectAt(field));
  return new Map(
    otherwise.flatMap(({ name, problems }) => {
      const unread = problems.length > 0;
      const found = unread ? problems : (violations.get(name) ?? []);
      return found.length === 0 ? [] : [[name, faultIn(found, unread ? 'spec' : placeOf(name), unread)]];
    }),
  );
}

const faultIn = (found: readonly FieldError[], place: string, unread: boolean): Fault => ({
  words: `${unread ? 'cannot be read' : 'is not taken'}, what is in force stays: ${found.map(({ message }) => message).join('; ')}`,
  fields: found.map(({ field }) => field.slice(place.length + 1)),
});

const MOST_NAMED = 3;

export function namesText(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return `FelixConfiguration ${names.slice(0, MOST_NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
