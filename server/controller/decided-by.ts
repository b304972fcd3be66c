/** Which change of ours a write of ours carries out. */
import { differingFields, fieldsMoved, isBeside, type PoolField } from '../../core/cluster/compare.ts';
import type { LivePool } from '../../core/cluster/live-pool.ts';
import { withReleased } from '../../core/cluster/released.ts';
import { seenOf } from '../../core/cluster/seen.ts';
import type { SyncPolicy } from '../../core/cluster/sync-state.ts';
import type { Pool, PoolSpec } from '../../core/pool/spec.ts';
import { lastSpecsOf } from '../db/changes.ts';
import type { Queryable } from '../db/client.ts';
import type { StoredPool } from '../db/pools.ts';
import type { SyncRow } from '../db/sync.ts';

/** What the leader sends: it alone knows by what decision. */
export interface Sent {
  /** the pool's last change then */
  readonly change: number;
  /** `void`: that is force, which is void: what it carries out was decided before */
  readonly by: 'decision' | 'force' | 'void';
  /** as it was desired, and what was to become of changes of others */
  readonly spec: PoolSpec;
  readonly policy: SyncPolicy;
  /** what was known to be applied then: more may be known since, as by an adoption */
  readonly applied: SyncRow['applied'];
}

/** The pool as it is here, before what came of the write is noted. */
export interface Ours {
  readonly wanted: StoredPool | undefined;
  readonly row: SyncRow | undefined;
  /** its fields that others decide */
  readonly released: readonly PoolField[];
  /** as which it was sent, by the answer to it */
  readonly sent?: Sent | undefined;
  /** what the leader sent of the pool and may not be answered yet, the last one last */
  readonly sending?: readonly Sent[] | undefined;
}

interface Decided {
  readonly cause: number;
  readonly byForce: boolean;
  /** as which it was sent; null: by what came of it */
  readonly known: Sent | null;
}

/**
 * By what the leader sent; else, of a write that no leader noted, by contents: null where none is known, or something moved otherwise
 * than it was decided. Of a set the items that others hold stay.
 */
export async function decidedBy(
  tx: Queryable,
  before: LivePool | null,
  after: Pool,
  { wanted, row, released, sent, sending = [] }: Ours,
): Promise<Decided | null> {
  const notTaken = (spec: PoolSpec): PoolField[] =>
    differingFields(withReleased(spec, released, after.spec), after.spec);
  const isThere = (spec: PoolSpec): boolean => notTaken(spec).length === 0;
  const isMovedTo = (spec: PoolSpec): boolean => {
    if (before?.pool == null) return isThere(spec);
    const moved = fieldsMoved(before.pool.spec, after.spec);
    const { spec: was } = before.pool;
    return !notTaken(spec).some(
      (field) => moved.includes(field) && !isBeside(spec[field], was[field], after.spec[field]),
    );
  };
  const unanswered = sending.findLast(({ spec }) => isThere(spec)) ?? sending.findLast(({ spec }) => isMovedTo(spec));
  const known = sent ?? unanswered;
  if (known !== undefined && known.by !== 'void') return { cause: known.change, byForce: known.by === 'force', known };
  if (known !== undefined) {
    const last = await lastSpecsOf(tx, after.name);
    const decided = last.find((one) => isUnforced(one) && one.sequence < known.change);
    return decided === undefined ? null : { ...unforced(decided), known };
  }
  const force = row?.forceVersion ?? null;
  if (wanted !== undefined && force === null && isThere(wanted.spec)) return unforced(wanted);
  const last = await lastSpecsOf(tx, after.name);
  // the next change may have been saved while this one was under way
  const there = last.filter(({ spec }) => isThere(spec));
  const isForced = ({ sequence, spec }: (typeof last)[number]): boolean =>
    sequence === force &&
    sequence > (row?.applied?.version ?? 0) &&
    // only about what the cluster had then it has decided anything
    row?.forceSeen === seenOf(withReleased(spec, released, before?.pool?.spec ?? null), before ?? undefined);
  const latest =
    wanted === undefined || before === null ? undefined : last.find((one) => isForced(one) || isUnforced(one));
  const partly = latest !== undefined && isMovedTo(latest.spec) ? latest : undefined;
  const decided = there.find(isForced) ?? there.find(isUnforced) ?? partly;
  return decided === undefined ? null : { cause: decided.sequence, byForce: isForced(decided), known: null };
}

const isUnforced = ({ action }: { readonly action: string }): boolean => action !== 'pool.force';
const unforced = ({ sequence }: { readonly sequence: number }): Decided => ({
  cause: sequence,
  byForce: false,
  known: null,
});
