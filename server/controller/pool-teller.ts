/** Who made a pool of the cluster different, and which change of ours that carries out. */
import type { Word } from '../../core/cluster/come-back.ts';
import { differingFields, isBeside, oddFields, type PoolField, poolFields } from '../../core/cluster/compare.ts';
import { inForce, type LivePool, unreadableOf } from '../../core/cluster/live-pool.ts';
import { OUR_MANAGER, ourClaim } from '../../core/cluster/managed-fields.ts';
import { oursToDelete } from '../../core/cluster/ours-to-delete.ts';
import { withReleased } from '../../core/cluster/released.ts';
import {
  UNKNOWN_WRITER,
  unnotedWrite,
  writerAmong,
  writerBeside,
  writerOf,
  writersOf,
  writtenByOthers,
} from '../../core/cluster/writer.ts';
import type { Pool, PoolSpec } from '../../core/pool/spec.ts';
import { changeNumber } from '../../core/wire/change-number.ts';
import { poolShare } from '../../core/wire/revision.ts';
import type { Queryable } from '../db/client.ts';
import { appliedSince, isRemade, type SyncRow } from '../db/sync.ts';
import { decidedBy, type Ours } from './decided-by.ts';

export interface Told {
  readonly actor: string;
  /** `pool.enforce`: written back because the pool's policy says so; nobody decided anything anew */
  readonly action: 'cluster.change' | 'pool.enforce';
  readonly cause: number | null;
  /** absent: what moved says it */
  readonly reason?: string;
  /** what is wrong in it, which ends the reason */
  readonly fault?: string;
}

/** A part of what one write moved, and the pool as that part left it; null: it cannot be read. */
export interface Step extends Told {
  readonly after: Pool | null;
}

/**
 * One step after the other: mostly one. A write of ours that carries out a change may set back what others wrote since the last one,
 * and one that no leader noted is seen together with what others wrote after it.
 */
export async function tellerOf(
  tx: Queryable,
  before: LivePool | null,
  after: LivePool,
  ours: Ours,
): Promise<readonly Step[]> {
  const pool = inForce(after);
  const theirs = { actor: writerOf(before, after), action: 'cluster.change', cause: null, after: pool } as const;
  if (pool === null) {
    const anew = before?.uid === after.uid ? '' : 'made anew there, ';
    return [{ ...theirs, reason: `${anew}${NO_EFFECT}`, fault: faultIn(after) }];
  }
  if (ours.sent !== undefined) return tellOurs(tx, before, pool, ours);
  const unnoted = unnotedWrite(before, after);
  if (unnoted !== null) {
    const { spec, beside } = unnoted;
    return [...(await tellOurs(tx, before, { ...pool, spec }, ours)), { ...theirs, actor: beside }];
  }
  if (theirs.actor !== OUR_MANAGER) return tellOthers(before, after, pool);
  return tellOurs(tx, before, pool, {
    ...ours,
    byOthers: writtenByOthers(before, after),
    beside: writerBeside(before, after),
  });
}

/** A step for each of them, oldest first: others may have written several times before it was seen. */
function tellOthers(before: LivePool | null, after: LivePool, pool: Pool): Step[] {
  const from = before?.uid === after.uid ? before.pool?.spec : undefined;
  const written = writersOf(before, after);
  return written.map(({ manager }, at) => {
    const rest = written.slice(at + 1).flatMap(({ fields }) => fields);
    const spec = withReleased(pool.spec, rest, from ?? ({} as PoolSpec));
    return { actor: manager, action: 'cluster.change', cause: null, after: { ...pool, spec } };
  });
}

/** `byOthers`: our claim does not say that we wrote. `beside`: who else holds what moved, and so wrote what nobody decided here. */
async function tellOurs(
  tx: Queryable,
  before: LivePool | null,
  after: Pool,
  {
    byOthers = false,
    beside = UNKNOWN_WRITER,
    ...ours
  }: Ours & { readonly byOthers?: boolean; readonly beside?: string },
): Promise<Step[]> {
  const step = { actor: OUR_MANAGER, action: 'cluster.change', cause: null, after } as const;
  const undecided: Step = { ...step, actor: beside };
  const decided = await decidedBy(tx, before, after, ours);
  if (decided === null) return [undecided];
  const { cause, byForce, known } = decided;
  // of a pool that was deleted here, nothing of before counts once it is gone
  const since = (before === null ? appliedSince(ours.row) : ours.row?.applied) ?? null;
  const applied = known === null ? since : known.applied;
  // another policy may have been decided since
  const { policy } = ours.sent ?? known ?? ours.row ?? {};
  const enforced: Step = { ...step, action: 'pool.enforce' };
  const carriedOut: Step = { ...step, cause };
  // what force takes from others is what it was decided about
  if (byForce || applied === null) return [carriedOut];
  // what the cluster had once already is no decision that comes: somebody was written over
  if (applied.version >= cause) return [byOthers ? undecided : policy === 'enforce' ? enforced : step];
  const asApplied = poolShare({ ...after, spec: applied.spec }) === poolShare(after);
  // a change came with it that decides no field, as a policy
  if (before === null && policy === 'enforce' && asApplied) return [enforced];
  const between = before === null ? null : setBack(before, after, { applied: applied.spec, ...ours });
  if (between === null) return [carriedOut];
  const first: Step =
    policy === 'enforce'
      ? enforced
      : { ...step, reason: `nobody held it: set again with change ${changeNumber(cause)}` };
  return poolShare(between) === poolShare(after) ? [first] : [{ ...first, after: between }, carriedOut];
}

/**
 * The pool with what others wrote since our last apply as we set it back, and else as it was: the change that came with that decided
 * nothing about it, and its row in History says nothing of it. Null: nothing was set back.
 */
function setBack(
  before: LivePool,
  after: Pool,
  { applied, released }: { readonly applied: PoolSpec } & Pick<Ours, 'released'>,
): Pool | null {
  if (before.pool === null) return null;
  const { spec: was } = before.pool;
  const decided = differingFields(withReleased(applied, released, after.spec), after.spec).filter(
    (field) => !isBeside(applied[field], was[field], after.spec[field]),
  );
  // what we hold is as an apply of ours left it, also where its leader ended before it could note that; but of a set it may be a part
  const { fields = [], items = {} } = ourClaim(before.claims) ?? {};
  const held = poolFields.filter((field) => fields.includes(field) && !(field in items));
  const between = { ...after, spec: withReleased(after.spec, [...decided, ...held], was) };
  return poolShare(between) === poolShare(before.pool) ? null : between;
}

const faultIn = (live: LivePool): string => unreadableOf(live)?.why ?? '';

const NO_EFFECT = 'cannot be read, without effect';

/** Of an object that moves nothing: somebody wrote what cannot be read, or made it readable again. Null: neither. */
export function readOtherwise(before: LivePool | undefined, after: LivePool): Told | null {
  const [was, is] = [before, after].map((one) => (one === undefined ? null : (unreadableOf(one)?.why ?? null)));
  if (was === is) return null;
  const odd = oddIn(is === null && before !== undefined ? before : after);
  const told: Told = {
    actor: writerAmong(before?.claims ?? [], after.claims, odd.length === 0 ? null : new Set(odd)),
    action: 'cluster.change',
    cause: null,
  };
  if (is == null) return { ...told, reason: 'can be read again, as what was last known' };
  const made = before === undefined ? 'made in the cluster, ' : '';
  const kept = after.lastGood ? 'cannot be read, what was last known stays in force' : NO_EFFECT;
  return { ...told, reason: `${made}${kept}`, fault: is };
}

/** Of one that can be decoded it is the CIDR. */
const oddIn = ({ pool, lastGood, problems }: LivePool): PoolField[] =>
  pool === null || lastGood ? oddFields(problems) : ['cidr'];

/** Of an object whose pool was deleted here: it does not go with it, since it is not ours alone. Whose it is did nothing then. */
export const stayingOf = (live: LivePool): Told => {
  const { claims } = live;
  const theirs = claims.filter((claim) => claim !== ourClaim(claims));
  const whose = theirs.length === 0 ? '' : ` (${writerAmong([], theirs, null)})`;
  const stays = live.deleting ? 'being deleted, in force until it is gone' : 'stays in force';
  return {
    actor: OUR_MANAGER,
    action: 'cluster.change',
    cause: null,
    reason: `deleted here, is of others there${whose}, ${inForce(live) === null ? NO_EFFECT : stays}`,
  };
};

/** Of an object that is gone: deleted here, or not restored with its type, and somebody decided to go on without it. */
export const removedBy = (row: SyncRow | undefined, live: LivePool, word: Word | null): Told => {
  const { name } = live;
  // another object of the name was not deleted here, nor was one that is not ours
  const deletedBy = row !== undefined && isRemade(row, live) && oursToDelete(live, row.applied) ? row.deletedBy : null;
  const cause = deletedBy ?? (word?.pools.includes(name) ? word.change : null);
  const told: Told = { actor: cause === null ? UNKNOWN_WRITER : OUR_MANAGER, action: 'cluster.change', cause };
  return inForce(live) === null ? { ...told, reason: 'deleted in the cluster, could not be read' } : told;
};
