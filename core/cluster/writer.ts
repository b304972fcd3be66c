/** Who made an object of the cluster different, as far as its managedFields tell. */
import type { PoolSpec } from '../pool/spec.ts';
import { fieldsMoved, type PoolField } from './compare.ts';
import type { LivePool } from './live-pool.ts';
import { type FieldClaim, OUR_MANAGER, othersOn, ourClaim } from './managed-fields.ts';
import { withReleased } from './released.ts';

/** The API does not say who deleted an object, and `managedFields` may be stripped. */
export const UNKNOWN_WRITER = 'unknown';

/**
 * The manager whose claim on a changed field is new, or renewed, and the newest. Times are whole seconds: where two are
 * equal the later entry counts. Ours by Update is not ours: the name then reads `outgate (Update)`.
 */
export const writerOf = (before: LivePool | null, after: LivePool): string =>
  writerAmong(before?.claims ?? [], after.claims, changedFields(before, after));

export interface Written {
  readonly manager: string;
  readonly fields: readonly PoolField[];
}

/**
 * Who wrote which of the fields that became different, the last one last: what several wrote one after the other may be seen as one. Of an
 * object that was made the first is whoever made it. What no new claim names is the last one's, who may have taken it away. As one where
 * some of it is ours.
 */
export function writersOf(before: LivePool | null, after: LivePool): Written[] {
  const last = writerOf(before, after);
  const made = before === null || before.uid !== after.uid;
  const [was, is] = [before?.pool?.spec, after.pool?.spec];
  if (is === undefined || (!made && was === undefined)) return [{ manager: last, fields: [] }];
  const moved: PoolField[] =
    made || was === undefined ? ['cidr', ...fieldsMoved({ cidr: is.cidr }, is)] : fieldsMoved(was, is);
  const claims = freshIn(made ? [] : before.claims, after.claims).toSorted(byTime);
  const maker = made ? claims.find(({ fields }) => fields.includes('cidr')) : undefined;
  const unclaimed = maker === undefined ? last : nameOf(maker);
  /** whether it holds an item of a set that it did not hold before */
  const hasMore = ({ manager, operation, items }: FieldClaim, field: PoolField): boolean => {
    const had = made ? undefined : before.claims.find((one) => one.manager === manager && one.operation === operation);
    return (items?.[field] ?? []).some((item) => !had?.items?.[field]?.includes(item));
  };
  const writer = (field: PoolField): string => {
    if (made && field === 'cidr') return unclaimed;
    const holders = claims.filter(({ fields }) => fields.includes(field));
    // who holds a value as well came after that, and wrote the same; of a set each holds items of its own
    const claim = holders.some(({ items }) => items?.[field])
      ? (holders.findLast((holder) => hasMore(holder, field)) ?? holders.at(-1))
      : holders[0];
    if (claim !== undefined) return nameOf(claim);
    // who took it away may have renewed the claim that had it
    const isGone = !made && !after.claims.some(({ fields }) => fields.includes(field));
    const by = isGone ? writerAmong(before.claims, after.claims, new Set([field])) : UNKNOWN_WRITER;
    return by === UNKNOWN_WRITER ? unclaimed : by;
  };
  const written = Map.groupBy(moved, writer);
  // a CIDR may be spelt otherwise, which moves nothing
  if (written.size === 0 || written.has(OUR_MANAGER)) return [{ manager: last, fields: moved }];
  const order = [...claims.map(nameOf).filter((name) => name !== last), last];
  const rank = (manager: string): number => (made && manager === unclaimed ? -1 : order.indexOf(manager));
  return [...written]
    .map(([manager, fields]) => ({ manager, fields }))
    .sort((one, other) => rank(one.manager) - rank(other.manager));
}

/** Times are whole seconds: where two are equal the server's order counts. */
const byTime = (one: FieldClaim, other: FieldClaim): number => {
  const [a, b] = [one.at ?? '', other.at ?? ''];
  return a < b ? -1 : a > b ? 1 : 0;
};

/** Claims that are new, or renewed. */
function freshIn(before: readonly FieldClaim[], after: readonly FieldClaim[]): FieldClaim[] {
  const known = new Set(before.map(keyOf));
  return after.filter((claim) => !known.has(keyOf(claim)) && !before.some((had) => isLeftOf(claim, had)));
}

/** The same of claims alone. `changed`: the fields that became different; null: all of them. */
export function writerAmong(
  before: readonly FieldClaim[],
  after: readonly FieldClaim[],
  changed: ReadonlySet<string> | null,
): string {
  const known = new Set(before.map(keyOf));
  const touching = after.filter(({ fields }) => changed === null || fields.some((field) => changed.has(field)));
  if (touching.length === 0 && changed !== null) return dropper(before, after, known, changed);
  const fresh = freshIn(before, touching);
  const candidates = fresh.length > 0 ? fresh : touching;
  return nameOf(newestOf(candidates));
}

/** What others took fields from kept its time, and was not renewed. */
const isLeftOf = (claim: FieldClaim, had: FieldClaim): boolean =>
  claim.manager === had.manager &&
  claim.operation === had.operation &&
  claim.at === had.at &&
  claim.fields.every((field) => had.fields.includes(field));

/**
 * Our claim kept its time and holds nothing more: whoever wrote was not we, or wrote within the same second. A set that others shrink
 * stays claimed by us alone, and who takes something away holds nothing.
 */
export function writtenByOthers(before: LivePool | null, after: LivePool): boolean {
  const [was, is] = [before?.claims ?? [], after.claims].map(ourClaim);
  if (was === undefined || is === undefined || was.at !== is.at) return false;
  const had = new Set(heldBy(was));
  return heldBy(is).every((one) => had.has(one));
}

const heldBy = ({ fields, items = {} }: FieldClaim): string[] => [
  ...fields,
  ...Object.entries(items).flatMap(([field, of]) => of.map((item) => `${field} ${item}`)),
];

/**
 * Ours and others' writes seen as one: a field moved that we alone hold, and one that others hold. We wrote first, since a write of ours is
 * refused where others wrote meanwhile. `spec`: as ours left it; `beside`: who wrote the rest. Null: it is not so.
 */
export function unnotedWrite(before: LivePool | null, after: LivePool): { spec: PoolSpec; beside: string } | null {
  const ours = ourClaim(after.claims);
  if (before?.pool == null || after.pool === null || ours === undefined) return null;
  // what moved of a set that we hold alone they moved
  if (writtenByOthers(before, after)) return null;
  const others = (field: string): FieldClaim[] => othersOn(after.claims, field);
  const [was, is] = [before.pool.spec, after.pool.spec];
  const moved = fieldsMoved(was, is);
  // a set with items of both is as the last of them left it, but where all that came is ours alone
  const rest = moved.filter(
    (field) =>
      !isAddedBy(ours, others(field), { field, was: was[field], is: is[field] }) &&
      others(field).some(({ items }) => items?.[field] || !ours.fields.includes(field)),
  );
  if (rest.length === 0 || !moved.some((field) => ours.fields.includes(field) && others(field).length === 0))
    return null;
  const beside = writerAmong(before.claims, besideOurs(after), new Set(rest));
  return { spec: withReleased(after.pool.spec, rest, before.pool.spec), beside };
}

interface MovedSet {
  readonly field: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** Nothing went from a set, and what came is held by us alone. */
function isAddedBy(ours: FieldClaim, others: readonly FieldClaim[], { field, was, is }: MovedSet): boolean {
  if (!Array.isArray(was) || !Array.isArray(is)) return false;
  const before = was.map((item) => JSON.stringify(item));
  const after = is.map((item) => JSON.stringify(item));
  const hold = (claim: FieldClaim, item: string): boolean => claim.items?.[field]?.includes(item) === true;
  const added = after.filter((item) => !before.includes(item));
  return (
    added.length > 0 &&
    before.every((item) => after.includes(item)) &&
    added.every((item) => hold(ours, item) && !others.some((claim) => hold(claim, item)))
  );
}

/** The last of those that hold what became different, without us; unknown: there is nobody else. */
export function writerBeside(before: LivePool | null, after: LivePool): string {
  const changed = changedFields(before, after);
  const holders = besideOurs(after).filter(({ fields }) => changed === null || fields.some((one) => changed.has(one)));
  return holders.length === 0 ? UNKNOWN_WRITER : writerAmong(before?.claims ?? [], holders, changed);
}

const besideOurs = ({ claims }: LivePool): FieldClaim[] => {
  const ours = ourClaim(claims);
  return claims.filter((claim) => claim !== ours);
};

/**
 * A field that is gone is claimed by nobody: who claimed it and renewed its claim without it took it away. A claim that lost the field and
 * kept its time was not renewed: the server takes the field out of every claim, whoever removed it.
 */
function dropper(
  before: readonly FieldClaim[],
  after: readonly FieldClaim[],
  known: ReadonlySet<string>,
  changed: ReadonlySet<string>,
): string {
  const had = before.filter(({ fields }) => fields.some((field) => changed.has(field)));
  const renewed = after.filter(
    (claim) =>
      !known.has(keyOf(claim)) &&
      had.some(
        ({ manager, operation, at }) => manager === claim.manager && operation === claim.operation && at !== claim.at,
      ),
  );
  return nameOf(newestOf(renewed));
}

const newestOf = (claims: readonly FieldClaim[]): FieldClaim | null =>
  claims.reduce<FieldClaim | null>(
    (best, claim) => (best === null || (claim.at ?? '') >= (best.at ?? '') ? claim : best),
    null,
  );

function nameOf(claim: FieldClaim | null): string {
  if (claim === null) return UNKNOWN_WRITER;
  const { manager, operation } = claim;
  return manager === OUR_MANAGER && operation === 'Update' ? `${manager} (Update)` : manager;
}

/** Null: all of them. */
function changedFields(before: LivePool | null, after: LivePool): ReadonlySet<string> | null {
  if (before === null || before.pool === null || after.pool === null) return null;
  return new Set(fieldsMoved(before.pool.spec, after.pool.spec));
}

const keyOf = ({ manager, operation, at, fields }: FieldClaim): string => [manager, operation, at, ...fields].join(' ');
