/** What is to be done about one pool, from what is wanted, what the cluster holds and what was applied last. */
import { withDefaults } from '../pool/defaults.ts';
import type { PoolSpec } from '../pool/spec.ts';
import { applyBody, differingFields, fixedFields, oddFields, type PoolField } from './compare.ts';
import type { LivePool } from './live-pool.ts';
import { lostFields, othersOn } from './managed-fields.ts';
import { oursToDelete } from './ours-to-delete.ts';
import { ownerElsewhere } from './ownership.ts';
import { heldBody, releasedBody, stillClaimed, withReleased } from './released.ts';
import type { SyncPolicy, SyncReason } from './sync-state.ts';

export interface SyncInput {
  /** `version` is the number of the change that wrote it */
  readonly desired: { readonly name: string; readonly spec: PoolSpec; readonly version: number };
  readonly live: LivePool | null;
  /** the last apply that the server took; uid null: it is made again, and nobody noted yet that it was */
  readonly applied: { readonly uid: string | null; readonly version: number } | null;
  /** the pool was deleted here and made again, and what is there is the object that was to go */
  readonly remade: boolean;
  readonly policy: SyncPolicy;
  /** fields that others decide: they are not compared, not written over, and held no more than must be */
  readonly released: readonly PoolField[];
  /** an operator saw whose fields it takes, and wants this version all the same */
  readonly forced: boolean;
}

export type SyncDecision =
  | {
      readonly do: 'apply';
      readonly spec: PoolSpec;
      readonly uid: string | null;
      readonly force: boolean;
      /** what others wrote, which an apply by force would write over; absent: nothing */
      readonly over?: Differing;
    }
  /** the object of a pool that was deleted here goes; the pool that has the name now is made when it is gone */
  | { readonly do: 'replace'; readonly there: LivePool }
  | ({
      readonly do: 'nothing';
      readonly state: 'Synced' | 'Pending' | 'OutOfSync';
      readonly reason: SyncReason;
    } & Differing);

interface Differing {
  readonly fields: readonly PoolField[];
  /** who else claims those fields */
  readonly managers: readonly string[];
}

/**
 * The decision is by level, not by event: asked twice it says the same. An apply carries the uid of the object that it
 * is meant for, so that a pool deleted meanwhile is not made again by accident.
 */
export function decideSync({ desired, live, applied, remade, policy, released, forced }: SyncInput): SyncDecision {
  const insists = forced || policy === 'enforce';
  if (live === null) {
    return applied === null || insists
      ? { do: 'apply', spec: applyBody(desired.spec, null), uid: null, force: false }
      : outOfSync('PoolDeletedInCluster');
  }
  const { ownership } = live;
  const owner = ownerElsewhere(ownership);
  if (owner !== null) {
    const isOurs = applied?.uid === live.uid;
    if (isOurs && live.deleting) return goes(live, { remade, policy });
    return isOurs && isAsDesired(desired.spec, live, released)
      ? synced([owner])
      : outOfSync('OwnedElsewhere', [], [owner]);
  }
  // an object under our name that we know nothing of: it was applied, and the leader ended before it could note it
  const isUnnoted = applied?.uid == null && ownership.class === 'managed';
  const known = isUnnoted ? { uid: live.uid, version: 0 } : applied;
  if (known === null) return outOfSync('NotAdopted', [], [ownership.owner]);
  if (known.uid !== live.uid) return outOfSync('PoolMadeAgain', [], [ownership.owner]);
  if (live.deleting) return goes(live, { remade, policy });
  // where the object can be made what is desired, it stays: no node is without the pool meanwhile
  const mayGo = remade && oursToDelete(live, applied);
  if (live.pool === null || live.lastGood) {
    if (mayGo) return { do: 'replace', there: live };
    const odd = oddFields(live.problems);
    return outOfSync('Unreadable', odd, managersOf(live, odd));
  }
  const there = { spec: live.pool.spec, claims: live.claims };
  const wanted = withReleased(desired.spec, released, there.spec);
  const fields = differingFields(wanted, there.spec);
  if (mayGo && fixedFields(fields, there.spec).length > 0) return { do: 'replace', there: live };
  const body = releasedBody(desired.spec, released, there);
  const letsGo = stillClaimed(live.claims, released).length > 0;
  if (fields.length === 0) {
    // equal values are shared without conflict: the claim is what later shows who changed a field. Of one that was deleted here the
    // cluster itself must say that it is so: nobody may have heard yet that it is gone
    return isUnnoted || remade || letsGo || lostFields(live.claims, Object.keys(body)).length > 0
      ? { do: 'apply', spec: body, uid: live.uid, force: false }
      : synced();
  }
  const managers = differingHolders(live, fields, wanted);
  // a new decision is sent unforced: where somebody else holds a field, the server says so
  if (insists || desired.version > known.version) {
    return {
      do: 'apply',
      spec: body,
      uid: live.uid,
      force: insists,
      ...(insists ? { over: { fields, managers } } : {}),
    };
  }
  if (letsGo) return { do: 'apply', spec: heldBody(there, released), uid: live.uid, force: false };
  return outOfSync('FieldChangedInCluster', fields, managers);
}

/** It goes whatever is written to it; where it is made again by itself then, nobody need decide. */
function goes(there: LivePool, { remade, policy }: Pick<SyncInput, 'remade' | 'policy'>): SyncDecision {
  if (remade) return { do: 'replace', there };
  const waits = outOfSync('BeingDeleted');
  return policy === 'enforce' ? { ...waits, state: 'Pending' } : waits;
}

/** Nothing is written to what others own, and nothing is wrong with it while it says what is desired. */
const isAsDesired = (desired: PoolSpec, { pool, lastGood }: LivePool, released: readonly PoolField[]): boolean =>
  pool !== null && !lastGood && differingFields(withReleased(desired, released, pool.spec), pool.spec).length === 0;

/** `managers`: who owns it, where we do not. */
const synced = (managers: readonly string[] = []): SyncDecision => ({
  do: 'nothing',
  state: 'Synced',
  reason: 'AsDesired',
  fields: [],
  managers,
});

const outOfSync = (reason: SyncReason, fields: readonly PoolField[] = [], managers: readonly string[] = []) =>
  ({ do: 'nothing', state: 'OutOfSync', reason, fields, managers }) as const;

/** Who else claims fields that differ; of a set those who claim an item that is not wanted. */
export const differingHolders = (
  { claims }: Pick<LivePool, 'claims'>,
  fields: readonly PoolField[],
  wanted: PoolSpec,
): string[] => [
  ...new Set(
    fields.flatMap((field) => {
      const value = withDefaults(wanted)[field];
      const items = new Set(Array.isArray(value) ? value.map((item) => JSON.stringify(item)) : []);
      return othersOn(claims, field)
        .filter((claim) => claim.items?.[field]?.some((item) => !items.has(item)) ?? true)
        .map(({ manager }) => manager);
    }),
  ),
];

const managersOf = (live: LivePool, fields: readonly PoolField[]): string[] => [
  ...new Set(fields.flatMap((field) => othersOn(live.claims, field).map(({ manager }) => manager))),
];
