/** Which change of ours a write of ours carries out. */
import { differingFields, type PoolField } from '../../core/cluster/compare.ts';
import type { LivePool } from '../../core/cluster/live-pool.ts';
import { withReleased } from '../../core/cluster/released.ts';
import { seenOf } from '../../core/cluster/seen.ts';
import type { Pool, PoolSpec } from '../../core/pool/spec.ts';
import { lastSpecsOf } from '../db/changes.ts';
import type { Queryable } from '../db/client.ts';
import type { StoredPool } from '../db/pools.ts';
import type { SyncRow } from '../db/sync.ts';

/** The pool as it is here, before what came of the write is noted. */
export interface Ours {
  readonly wanted: StoredPool | undefined;
  readonly row: SyncRow | undefined;
  /** its fields that others decide */
  readonly released: readonly PoolField[];
}

interface Decided {
  readonly cause: number;
  readonly byForce: boolean;
}

/**
 * The last change that decided what came. It need not be the last of all: the next may have been saved while it was under
 * way. Force that waits has decided nothing of what came: its turn is when the cluster has what it was decided about. Where not all of it
 * was taken (items of a set that others added stay), what moved must be as the last one says.
 */
export async function decidedBy(
  tx: Queryable,
  before: LivePool | null,
  after: Pool,
  { wanted, row, released }: Ours,
): Promise<Decided | null> {
  const leftOf = (spec: PoolSpec): PoolField[] => differingFields(withReleased(spec, released, after.spec), after.spec);
  const left = wanted === undefined ? [] : leftOf(wanted.spec);
  const now = left.length === 0 ? wanted : undefined;
  const force = row?.forceVersion ?? null;
  if (now !== undefined && force === null) return { cause: now.sequence, byForce: false };
  const last = await lastSpecsOf(tx, after.name);
  const isSent = ({ sequence, spec, before: taken }: (typeof last)[number]): boolean =>
    sequence === force
      ? row?.forceSeen === seenOf(withReleased(spec, released, before?.pool?.spec ?? null), before ?? undefined)
      : sameOrNone(taken, before?.pool?.spec ?? null);
  const fits = last.filter(({ spec }) => leftOf(spec).length === 0);
  const forced = fits.find(
    (one) => one.action === 'pool.force' && one.sequence > (row?.applied?.version ?? 0) && isSent(one),
  );
  if (forced !== undefined) return { cause: forced.sequence, byForce: true };
  const came = now !== undefined && now.sequence !== force ? now : fits.find(({ action }) => action !== 'pool.force');
  if (came !== undefined) return { cause: came.sequence, byForce: false };
  if (wanted === undefined || before?.pool == null) return null;
  const moved = differingFields(after.spec, before.pool.spec);
  return moved.some((field) => left.includes(field)) ? null : { cause: wanted.sequence, byForce: false };
}

const sameOrNone = (a: PoolSpec | null, b: PoolSpec | null): boolean =>
  a === null || b === null ? a === b : differingFields(a, b).length === 0;
