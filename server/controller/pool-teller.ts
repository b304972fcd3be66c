/** Who made a pool of the cluster different, and which change of ours that carries out. */
import type { Word } from '../../core/cluster/come-back.ts';
import { differingFields, oddFields, type PoolField } from '../../core/cluster/compare.ts';
import type { LivePool } from '../../core/cluster/live-pool.ts';
import { OUR_MANAGER, othersOn } from '../../core/cluster/managed-fields.ts';
import { withReleased } from '../../core/cluster/released.ts';
import { UNKNOWN_WRITER, writerAmong, writerOf } from '../../core/cluster/writer.ts';
import type { Pool, PoolSpec } from '../../core/pool/spec.ts';
import { lastSpecsOf } from '../db/changes.ts';
import type { Queryable } from '../db/client.ts';
import type { StoredPool } from '../db/pools.ts';
import type { SyncRow } from '../db/sync.ts';

export interface Told {
  readonly actor: string;
  /** `pool.enforce`: written back because the pool's policy says so; nobody decided anything anew */
  readonly action: 'cluster.change' | 'pool.enforce';
  readonly cause: number | null;
  /** absent: what moved says it */
  readonly reason?: string;
}

export interface Ours {
  readonly wanted: StoredPool | undefined;
  /** as it was before what came of this move is noted */
  readonly row: SyncRow | undefined;
  /** its fields that others decide */
  readonly released: readonly PoolField[];
}

export async function tellerOf(
  tx: Queryable,
  before: LivePool | null,
  after: LivePool,
  { wanted, row, released }: Ours,
): Promise<Told> {
  const actor = writerOf(before, after);
  const theirs: Told = { actor, action: 'cluster.change', cause: null };
  if (actor !== OUR_MANAGER || after.pool === null) return theirs;
  const cause = await decidedBy(tx, before, after.pool, { wanted, row, released });
  if (cause === null) return theirs;
  // what the cluster had once already is no decision that comes: somebody was written over
  if (row?.applied != null && row.applied.version >= cause) {
    return row.policy === 'enforce' ? { ...theirs, action: 'pool.enforce' } : theirs;
  }
  return { ...theirs, cause };
}

/** Of an object that moves nothing: somebody wrote what cannot be read, or made it readable again. Null: neither. */
export function readOtherwise(before: LivePool, after: LivePool): Told | null {
  const [was, is] = [before, after].map(({ lastGood, problems }) =>
    lastGood ? problems.map(({ message }) => message).join('; ') : null,
  );
  if (was === is) return null;
  const odd = oddFields((is === null ? before : after).problems);
  return {
    actor: writerAmong(before.claims, after.claims, odd.length === 0 ? null : new Set(odd)),
    action: 'cluster.change',
    cause: null,
    reason:
      is === null
        ? 'can be read again, as what was last known'
        : `cannot be read, what was last known stays in force: ${is}`,
  };
}

/** Of an object that is gone: deleted here, or not restored with its type, and somebody decided to go on without it. */
export const removedBy = (row: SyncRow | undefined, name: string, word: Word | null): Told => {
  const cause = row?.deletedBy ?? (word?.pools.includes(name) ? word.change : null);
  return { actor: cause === null ? UNKNOWN_WRITER : OUR_MANAGER, action: 'cluster.change', cause };
};

/**
 * The last change that decided what came. It need not be the last of all: the next may have been saved while it was under
 * way, and what others held it had by force alone. Where not all of it was taken (items of a set that others added stay), what
 * moved must be as the last one says.
 */
async function decidedBy(
  tx: Queryable,
  before: LivePool | null,
  after: Pool,
  { wanted, row, released }: Ours,
): Promise<number | null> {
  const leftOf = (spec: PoolSpec): PoolField[] => differingFields(withReleased(spec, released, after.spec), after.spec);
  const left = wanted === undefined ? [] : leftOf(wanted.spec);
  const moved = before?.pool == null ? [] : differingFields(after.spec, before.pool.spec);
  const byForce = row?.policy === 'ask' && moved.some((field) => othersOn(before?.claims ?? [], field).length > 0);
  const now = left.length === 0 ? wanted : undefined;
  if (now !== undefined && !byForce) return now.sequence;
  const fits = (await lastSpecsOf(tx, after.name)).filter(({ spec }) => leftOf(spec).length === 0);
  const forced = fits.find(
    ({ action, sequence }) => action === 'pool.force' && sequence > (row?.applied?.version ?? 0),
  );
  const came = (byForce ? forced : undefined) ?? now ?? fits[0];
  if (came !== undefined) return came.sequence;
  if (wanted === undefined || before?.pool == null) return null;
  return moved.some((field) => left.includes(field)) ? null : wanted.sequence;
}
