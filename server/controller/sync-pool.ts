/**
 * Brings one pool of the cluster to what is desired, or says why not. It works by level: whatever happened, and how often it
 * is called, it looks at what is wanted and what is there. Nothing is remembered but the row in `sync`.
 */
import { differingFields } from '../../core/cluster/compare.ts';
import { decideSync, differingHolders, type SyncDecision, type SyncInput } from '../../core/cluster/decide-sync.ts';
import type { LivePool } from '../../core/cluster/live-pool.ts';
import { ourClaim } from '../../core/cluster/managed-fields.ts';
import { oursToDelete } from '../../core/cluster/ours-to-delete.ts';
import { ownerElsewhere } from '../../core/cluster/ownership.ts';
import { heldBody, withReleased } from '../../core/cluster/released.ts';
import { voidPoolForce } from '../../core/cluster/void-force.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import type { PoolAtHand } from '../db/at-hand.ts';
import { appliedSince, type SyncOutcomeRow, type SyncRow } from '../db/sync.ts';
import { KubeError } from '../kube/kube-error.ts';
import type { ApplyRequest, SeenObject } from './apply-request.ts';
import type { Sent } from './decided-by.ts';
import {
  asFound,
  type Found,
  fail,
  type HoldsOff,
  type NoteOptions,
  newRow,
  note,
  noteHeldOff,
  rewritten,
  type WriteRow,
} from './note-look.ts';
import type { PoolReader } from './pool-reader.ts';
import type { PoolWriter } from './pool-writer.ts';
import type { SyncOutcome } from './refused-by.ts';
import { syncInputOf } from './sync-input.ts';

/** The cluster's pools, as the controller writes them. All reject with a KubeError. */
export interface ClusterPools extends HoldsOff {
  /** Server-side apply under our manager; `uid` null: it is to be made. Returns the object as it is stored now. */
  apply(request: ApplyRequest<PoolSpec>): Promise<LivePool>;
  /** Only this object, and only if nobody changed it since. */
  remove(pool: SeenObject): Promise<void>;
  /** Our applies are no longer known as ours, and nothing else changes. Returns the object as it is stored now. */
  disown(pool: SeenObject): Promise<LivePool>;
}

export interface SyncPoolOptions extends NoteOptions {
  readonly read: PoolReader['of'];
  readonly sending: PoolWriter['sending'];
  readonly cluster: ClusterPools;
  readonly now: () => Date;
}

/** Throws TermOver when another leads; nothing was noted then. */
export async function syncPool(options: SyncPoolOptions, name: string): Promise<SyncOutcome> {
  const { pool, row, live, released, letGo, unforced = 0 } = await options.read(name);
  if (pool === undefined) {
    if (row === undefined) return 'settled';
    // a release asks for nothing to go; what goes already is left to go
    const mayGo = row.deletedBy !== null && live !== undefined && (live.deleting || !letGo);
    return mayGo && oursToDelete(live, row.applied)
      ? remove(options, asFound(row), live)
      : disown(options, row, live ?? null);
  }
  const { wanted, isVoid, isMade, ...input } = syncInputOf(pool, { row, live, released, unforced });
  const { late } = options;
  // since that was noted nothing else was decided, and so nothing else was sent
  const isNoted = row?.settledVersion === pool.sequence;
  const mayComeLate = !isNoted && live !== undefined && isOurs(live) && late.mayCome(name, live.resourceVersion);
  const decision = decideSync(input);
  const before = row ?? newRow(name);
  const moved = { desired: wanted, uid: before.applied?.uid ?? null, live };
  const found: Found = {
    before,
    forceSeen: isVoid ? null : before.forceSeen,
    voided: isVoid && before.forceSeen !== null ? voidPoolForce(pool.sequence, moved) : undefined,
  };
  if (decision.do === 'replace') return remove(options, found, decision.there);
  if (decision.do === 'nothing') {
    const { state, reason, fields, managers } = decision;
    const detail = { ...rewritten(before), fields, managers };
    const applied =
      state === 'Synced'
        ? appliedAs(before.applied, { version: pool.sequence, live, released })
        : reason === 'BeingDeleted'
          ? appliedBefore(before, input.applied, live)
          : before.applied;
    const after = { ...before, state, reason, detail, applied };
    if (mayComeLate) return noteHeldOff(options, found, { ...after, settledVersion: pool.sequence }, live);
    if (state !== 'Synced') return note(options, found, after);
    const noted = await note(options, found, { ...after, settledVersion: pool.sequence });
    if (noted === 'settled') late.settled(name);
    return noted;
  }
  const { forced, desired } = input;
  const settled = !forced && before.applied !== null && before.applied.version >= desired.version;
  const resourceVersion = live?.resourceVersion ?? null;
  const by = forced ? 'force' : isVoid ? 'void' : 'decision';
  const applied = (live === undefined ? appliedSince(row) : row?.applied) ?? null;
  const sent: Sent = { change: pool.sequence, by, spec: pool.spec, policy: input.policy, applied };
  const inTheWay = mayComeLate ? live : null;
  const made = isMade && live && row?.applied ? { ...row.applied, uid: live.uid, version: pool.sequence } : undefined;
  return apply(options, { ...pool, released }, found, { ...decision, resourceVersion, settled, sent, inTheWay, made });
}

/** An earlier write of ours can change only what is ours; what goes, or became somebody else's, moved by that. */
const isOurs = ({ deleting, ownership, claims }: LivePool): boolean =>
  !deleting && ownerElsewhere(ownership) === null && ourClaim(claims) !== undefined;

/**
 * The cluster says it already: that it has this version too is what History and the next look go by. What we hold there is as an
 * apply of ours left it, of which nobody may have noted what came.
 */
function appliedAs(
  applied: SyncRow['applied'],
  { version, live, released }: { readonly version: number } & Pick<PoolAtHand, 'live' | 'released'>,
): SyncRow['applied'] {
  if (applied === null || applied.version === version || live?.pool == null) return applied;
  // others own it by now, and nothing of it is ours: what was applied last stays what it was
  if (ourClaim(live.claims) === undefined) return { ...applied, version };
  return { ...applied, version, spec: heldBody({ spec: live.pool.spec, claims: live.claims }, released) };
}

/**
 * Ours that nobody noted, and that others delete: when it is gone it was deleted in the cluster, and is not made again unasked. Nor is
 * it where the pool was deleted here before: that was about another object. `known`: what was applied to this one.
 */
const appliedBefore = (
  { applied, deletedBy }: WriteRow,
  known: SyncInput['applied'],
  live: LivePool | undefined,
): SyncRow['applied'] =>
  known !== null || live?.pool == null ? applied : { uid: live.uid, version: deletedBy ?? 0, spec: live.pool.spec };

/** So often within REWRITE_MS a change of others is written over; then it is a fight, and we stop. */
const MOST_REWRITES = 3;
const REWRITE_MS = 600_000;

async function apply(
  options: SyncPoolOptions,
  pool: NonNullable<PoolAtHand['pool']> & Pick<PoolAtHand, 'released'>,
  found: Found,
  decision: Extract<SyncDecision, { do: 'apply' }> &
    Pick<ApplyRequest<PoolSpec>, 'resourceVersion'> & {
      /** the cluster had all that is decided: others wrote since */
      readonly settled: boolean;
      readonly sent: Sent;
      /** the object that what was sent before still fits, unless this moves it; null: none */
      readonly inTheWay: LivePool | null;
      /** what is known as applied where it is refused: what made the object is done with, and force by it; absent: as before */
      readonly made: SyncRow['applied'] | undefined;
    },
): Promise<SyncOutcome> {
  const { now, cluster, late } = options;
  const { before: row, voided } = found;
  const rewritesNow = decision.settled && decision.force;
  const rewrites = rewritesNow ? (row.detail.rewrites ?? []) : [];
  const recent = rewrites.filter((at) => now().getTime() - Date.parse(at) < REWRITE_MS);
  // once stopped, only a new decision of an operator goes on
  if (recent.length >= MOST_REWRITES || (rewrites.length > 0 && row.reason === 'WrittenOverAgain')) {
    const detail = { ...rewritten(row), ...decision.over };
    return note(options, found, { ...row, state: 'Contested', reason: 'WrittenOverAgain', detail });
  }
  if (decision.uid === null && row.deletedBy === null && row.applied !== null && row.applied.uid !== null) {
    // others deleted it: what is under our name from here on is what this makes, also where nobody hears that it did
    const before = { ...row, applied: { ...row.applied, uid: null } };
    if ((await note(options, found, before)) === 'again') return 'again';
    return apply(options, pool, { ...found, before, voided: undefined }, decision);
  }
  let taken: LivePool;
  try {
    const { spec, uid, resourceVersion, force, inTheWay } = decision;
    options.sending(pool.name, decision.sent);
    const request = { name: pool.name, spec, uid, resourceVersion, force };
    taken = await late.sending(pool.name, resourceVersion, () => cluster.apply(request));
    if (inTheWay?.resourceVersion === taken.resourceVersion) taken = (await cluster.holdOff(taken)) ?? taken;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return fail(options, found, error, {
      settles: decision.inTheWay && { live: decision.inTheWay, version: pool.sequence },
      made: decision.made,
    });
  }
  const there = taken.pool?.spec;
  const wanted = withReleased(pool.spec, pool.released, there ?? null);
  const left = there === undefined ? [] : differingFields(wanted, there);
  // a 200 is not enough: items of a set that we leave out stay where they are. It does not go: one that goes was changed by that, and refused
  const stand: Pick<SyncRow, 'state' | 'reason'> =
    there !== undefined && left.length === 0
      ? { state: 'Synced', reason: 'AsDesired' }
      : { state: 'OutOfSync', reason: 'FieldChangedInCluster' };
  const next: SyncOutcomeRow = {
    name: pool.name,
    ...stand,
    // the very words of a look that finds nothing to do: it is not taken again for this, and a resync must write nothing
    detail: {
      fields: there === undefined ? ['spec'] : left,
      managers: differingHolders(taken, left, wanted),
      rewrites: rewritesNow ? [...recent, now().toISOString()] : [],
    },
    applied: { uid: taken.uid, version: pool.sequence, spec: decision.spec },
    settledVersion: pool.sequence,
  };
  await options.write({ name: pool.name, row: next, taken, sent: decision.sent, voided });
  late.settled(pool.name);
  return 'settled';
}

/** The pool was deleted here. A leader may have ended before it could note that it had made the object: what is under our name goes too. */
async function remove(options: SyncPoolOptions, found: Found, live: LivePool): Promise<SyncOutcome> {
  const { late, cluster } = options;
  try {
    // what goes already needs no word of ours, nor the right to delete it
    if (!live.deleting) await late.sending(live.name, live.resourceVersion, () => cluster.remove(live));
    // a finalizer may hold it for long: what the try before met is over
    const { before } = found;
    const isNews = before.detail.message !== undefined;
    // the watch says when it is gone
    return isNews
      ? await note(options, found, { ...before, state: 'Pending', reason: 'WaitingForCluster', detail: {} })
      : 'settled';
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.kind === 'not-found') return 'settled';
    return fail(options, found, error, { refused: 'DeletionRefused' });
  }
}

/**
 * The pool was released here, or deleted where the object is not ours alone: it stays in the cluster, and who applies it from here on is
 * not in conflict with us.
 */
async function disown(options: SyncPoolOptions, row: SyncRow, live: LivePool | null): Promise<SyncOutcome> {
  if (live === null && mayCome(row, options.now())) return noteAbsent(options, row);
  const { late, cluster } = options;
  const ours = live !== null && ourClaim(live.claims) !== undefined;
  try {
    const taken = ours ? await late.sending(row.name, live.resourceVersion, () => cluster.disown(live)) : null;
    await options.write({ name: row.name, row: null, taken });
    return 'settled';
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.kind === 'not-found') return 'settled'; // the watch says that it is gone
    return fail(options, asFound(row), error);
  }
}

/** So long after it was deleted or released here, an object that was asked for before is still done with when it comes. */
const LATE_MS = 3_600_000;

/** Since when the cluster has no such object. */
function noteAbsent(options: SyncPoolOptions, row: SyncRow): Promise<SyncOutcome> {
  const absentSince = row.detail.absentSince ?? options.now().toISOString();
  return note(options, asFound(row), { ...row, detail: { absentSince } });
}

/** The cluster has no such object, and one may come yet. */
function mayCome({ applied, state, detail: { absentSince } }: SyncRow, now: Date): boolean {
  if (applied?.uid != null || state !== 'Pending') return false;
  return absentSince === undefined || now.getTime() - Date.parse(absentSince) < LATE_MS;
}
