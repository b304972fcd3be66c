/** Create, update and delete of one pool. */
import { setTimeout as delay } from 'node:timers/promises';
import { keptFromView, takenBack } from '../../../core/cluster/released.ts';
import type { Pool, PoolSpec } from '../../../core/pool/spec.ts';
import { readAtHand } from '../../db/at-hand.ts';
import type { Queryable } from '../../db/client.ts';
import type { StoredPool } from '../../db/pools.ts';
import { releasedOf } from '../../db/released.ts';
import { poolsOf } from '../../state/effect.ts';
import type { Actor } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { mustChange, mustChangePool } from '../changes/apply-change.ts';
import type { ChangeView } from '../changes/change-view.ts';
import type { Current, Intent } from '../changes/decision.ts';
import type { Deps } from '../deps.ts';
import { optionalReason, requiredReason } from '../reason.ts';
import { foreseenSaves } from './foreseen-saves.ts';
import { poolNotFound, viewPool } from './get-pool.ts';
import { canonicalPool, readableCidrs, sameSpec } from './pool-input.ts';
import type { PoolView } from './pool-view.ts';

/** So long an answer waits for the cluster: shorter than anybody notices. */
const PATIENCE_MS = 100;

export interface PoolWritten {
  readonly pool: PoolView;
  readonly change: ChangeView;
  readonly revision: string;
}

/** Throws NAME_TAKEN (with the pool that has the name), POOL_VIOLATIONS. */
export async function createPool(
  deps: Deps,
  actor: Actor,
  input: Pool & { reason?: string | undefined },
): Promise<PoolWritten> {
  const pool = canonicalPool(input);
  return written(deps, pool, {
    ...intentFor(actor, pool, optionalReason(input.reason)),
    decide: (current) => {
      const taken = current.pools.get(pool.name);
      if (taken !== undefined) {
        const message = `name must be unused: there is a pool '${pool.name}' already`;
        throw new AppError('NAME_TAKEN', message, { issues: [{ field: 'name', message }], pool: taken });
      }
      return [{ action: 'pool.create', upsert: [pool] }];
    },
  });
}

/**
 * `shown`: the spec as it was when it was changed to this. A released field moves without a new version: one that stands as it was
 * shown was not decided about. Throws NOT_FOUND, VERSION_STALE (with the pool as it is), INVALID_INPUT, NOTHING_CHANGES,
 * POOL_VIOLATIONS.
 */
export async function updatePool(
  deps: Deps,
  actor: Actor,
  input: Pool & { expectedVersion: number; shown?: PoolSpec | undefined; reason?: string | undefined },
): Promise<PoolWritten> {
  const pool = canonicalPool(input);
  return written(deps, pool, {
    ...intentFor(actor, pool, optionalReason(input.reason)),
    decide: async (current, tx) => {
      const before = expectVersion(current, pool.name, input.expectedVersion);
      if (input.shown === undefined && deps.cluster !== null) await refuseUnseen(tx, pool, before);
      const spec = input.shown === undefined ? pool.spec : keptFromView(pool.spec, input.shown, before.spec);
      if (sameSpec(before.spec, spec)) {
        throw new AppError('NOTHING_CHANGES', `pool '${pool.name}' already says all this: nothing would change`);
      }
      return [{ action: 'pool.update', upsert: [{ ...pool, spec }] }];
    },
  });
}

/** Another value than a released field has is a decision about it, or what it was when it was read: only who says what was read knows. */
async function refuseUnseen(tx: Queryable, { name, spec }: Pool, before: StoredPool): Promise<void> {
  const fields = takenBack(spec, await releasedOf(tx, name), before.spec);
  if (fields.length === 0) return;
  const what = `${fields.join(', ')} ${fields.length === 1 ? 'is' : 'are'} released, and otherwise in the cluster`;
  const message = `${what}: 'shown' must have the spec of pool '${name}' as it was read, to take that back or leave it`;
  throw new AppError('INVALID_INPUT', message, { issues: [{ field: 'shown', message }] });
}

/** Throws REASON_REQUIRED, NOT_FOUND, VERSION_STALE (with the pool as it is). */
export async function deletePool(
  deps: Deps,
  actor: Actor,
  input: { name: string; expectedVersion: number; reason?: string | undefined },
): Promise<{ change: ChangeView; revision: string }> {
  const reason = requiredReason(input.reason);
  return mustChange(deps.db, {
    actor,
    reason,
    names: [input.name],
    cidrs: [],
    decide: (current) => {
      expectVersion(current, input.name, input.expectedVersion);
      return [{ action: 'pool.delete', remove: [input.name] }];
    },
  });
}

const intentFor = (actor: Actor, pool: Pool, reason: string | null): Omit<Intent, 'decide'> => ({
  actor,
  reason,
  names: [pool.name],
  cidrs: readableCidrs([pool]),
});

async function written(deps: Deps, pool: Pool, intent: Intent): Promise<PoolWritten> {
  let createdAt: Date | undefined;
  const { cluster } = deps;
  const counted: Intent = {
    ...intent,
    decide: (current, tx) => {
      createdAt = current.pools.get(pool.name)?.createdAt;
      return intent.decide(current, tx);
    },
  };
  const saving = mustChangePool(deps.db, counted, async (on) =>
    cluster?.election().role === 'leader' ? ((await readAtHand(on, [pool.name])).get(pool.name) ?? null) : null,
  );
  const takenUp = cluster?.takeUp(pool.name, saving).catch(() => {}); // once it is saved, it is, whatever comes of it
  const { change, revision } = await saving;
  // read at once, the answer would hold the apply up, and tell of a state that is over
  await Promise.race([takenUp, delay(PATIENCE_MS, null, { ref: false })]);
  const at = new Date(change.at);
  // not what was asked for: a field that was not decided about stands as it did
  const [wrote = pool] = poolsOf(change.after);
  const stored: StoredPool = { ...wrote, sequence: change.id, createdAt: createdAt ?? at, updatedAt: at };
  const [view, foreseen] = await Promise.all([viewPool(deps, stored), foreseenSaves(deps, [wrote])]);
  return { pool: { ...view, warnings: [...view.warnings, ...foreseen(wrote)] }, change, revision };
}

export function expectVersion(current: Current, name: string, version: number): StoredPool {
  const pool = current.pools.get(name);
  if (pool === undefined) throw poolNotFound(name);
  if (pool.sequence !== version) {
    const message = `pool '${name}' was changed meanwhile: it is at version ${pool.sequence}, not ${version}`;
    throw new AppError('VERSION_STALE', message, { issues: [{ field: 'expectedVersion', message }], pool });
  }
  return pool;
}
