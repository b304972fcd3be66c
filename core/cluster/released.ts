/** Fields of a pool of ours that are let go: what the cluster has of them is what is wanted. */
import type { PoolSpec } from '../pool/spec.ts';
import { applyBody, differingFields, type PoolField } from './compare.ts';
import type { LivePool } from './live-pool.ts';
import { aloneOn, type FieldClaim, othersOn, ourClaim } from './managed-fields.ts';
import { ownerElsewhere } from './ownership.ts';

/** The spec with the cluster's values of these fields; as it is where the cluster has no such pool. */
export function withReleased(spec: PoolSpec, released: readonly PoolField[], live: PoolSpec | null): PoolSpec {
  if (live === null || released.length === 0) return spec;
  const kept = Object.entries(spec).filter(([field]) => !released.some((one) => one === field));
  const theirs = released.flatMap((field) => (live[field] === undefined ? [] : [[field, live[field]] as const]));
  return Object.fromEntries([...kept, ...theirs]) as PoolSpec;
}

/**
 * What is sent for a pool, without the fields that are let go. One that we hold alone stays, as the cluster has it: left out it
 * would fall back to its default.
 */
export function releasedBody(
  desired: PoolSpec,
  released: readonly PoolField[],
  live: { readonly spec: PoolSpec; readonly claims: readonly FieldClaim[] },
): PoolSpec {
  // of a set that others hold in part our items alone would go
  const sets = Object.keys(ourClaim(live.claims)?.items ?? {}).filter(
    (field) => othersOn(live.claims, field).length > 0,
  );
  const body = applyBody(withReleased(desired, released, live.spec), live.spec, sets);
  return without(
    body,
    released.filter((field) => !aloneOn(live.claims, field)),
  );
}

/** The fields that are let go and that an apply without them would leave as they are, but for our name. */
export const stillClaimed = (claims: readonly FieldClaim[], released: readonly PoolField[]): PoolField[] =>
  released.filter((field) => ourClaim(claims)?.fields.includes(field) && !aloneOn(claims, field));

/** What we claim already, as the cluster has it: an apply of it lets go of these fields and moves nothing. */
export function heldBody(
  { spec, claims }: { readonly spec: PoolSpec; readonly claims: readonly FieldClaim[] },
  released: readonly PoolField[],
): PoolSpec {
  const held = Object.entries(spec).filter(([field]) => ourClaim(claims)?.fields.includes(field));
  return without(Object.fromEntries(held) as PoolSpec, stillClaimed(claims, released));
}

const without = (spec: PoolSpec, fields: readonly PoolField[]): PoolSpec =>
  Object.fromEntries(Object.entries(spec).filter(([field]) => !fields.some((one) => one === field))) as PoolSpec;

/** Why a field cannot be let go, as what follows "because"; null: it can. `applied`: the object that our last apply went to. */
export function whyNotReleased(
  field: PoolField,
  live: LivePool | undefined,
  applied: { readonly uid: string | null } | null,
): string | null {
  if (field === 'cidr') return 'it names what the pool is; release the pool instead';
  if (live === undefined) return 'the cluster has no such pool';
  const { pool, lastGood, claims } = live;
  const owner = ownerElsewhere(live.ownership);
  if (owner !== null) return `the pool belongs to ${owner}; release the pool instead`;
  if (applied === null) return 'the pool in the cluster is not ours; take theirs first, or release the pool';
  if (applied.uid !== live.uid) return 'the pool was made again there; decide about the whole pool first';
  if (live.deleting) return 'the pool is being deleted there';
  if (pool === null || lastGood) return 'the pool cannot be read in the cluster';
  if (!aloneOn(claims, field)) return null;
  return 'nobody else holds it, or all of it, in the cluster, and without us it would fall back to its default';
}

/** Released fields for which another value is decided than is shown of them, which is the cluster's: they are taken back. */
export function takenBack(spec: PoolSpec, released: readonly PoolField[], shown: PoolSpec): PoolField[] {
  const differing = new Set(differingFields(spec, shown));
  return released.filter((field) => differing.has(field));
}

/** What is decided by who was shown an older view: a field that stands as it was shown is as it is now. */
export function keptFromView(spec: PoolSpec, shown: PoolSpec, now: PoolSpec): PoolSpec {
  const decided = new Set(differingFields(spec, shown));
  const moved = differingFields(shown, now).filter((field) => !decided.has(field));
  return withReleased(spec, moved, now);
}
