/** What the cluster has of a pool of ours is taken, or written over: what becomes of it. The caller holds the live row. */
import { differingFields, fieldsMoved } from '../../../core/cluster/compare.ts';
import { decideSync } from '../../../core/cluster/decide-sync.ts';
import type { LivePool } from '../../../core/cluster/live-pool.ts';
import { ownerElsewhere } from '../../../core/cluster/ownership.ts';
import { seenOf } from '../../../core/cluster/seen.ts';
import { takenFrom } from '../../../core/cluster/taken.ts';
import { prefixOfPool } from '../../../core/nat/counted-pools.ts';
import { formatPrefix } from '../../../core/net/prefix.ts';
import type { PoolSpec } from '../../../core/pool/spec.ts';
import type { Queryable } from '../../db/client.ts';
import type { StoredPool } from '../../db/pools.ts';
import { appliedSince, appliedTo, isRemade, newSync, writeSync } from '../../db/sync.ts';
import { lastInForce } from '../../db/void-force.ts';
import { AppError } from '../app-error.ts';
import type { Content } from '../changes/change-view.ts';
import type { Decision } from '../changes/decision.ts';
import { goingOf } from './going.ts';
import { noteVoidForce } from './note-void-force.ts';
import { refusal } from './refusal.ts';
import type { Standing } from './standing.ts';

/** Whoever decides decides about what was shown: nothing that came since is taken over, or from anybody, unseen. */
export function expectSeen(pool: StoredPool, { live, released }: Standing, seen: string): void {
  if (seenOf(pool.spec, live, released) === seen) return;
  const message = `the cluster's pool '${pool.name}' was changed meanwhile: it is not as it was seen`;
  const issues = [{ field: 'seen', message }];
  throw new AppError('VERSION_STALE', message, { issues, pool });
}

export async function force(tx: Queryable, pool: StoredPool, found: Standing, version: number): Promise<Decision> {
  const { name, spec, sequence } = pool;
  const { live, released } = found;
  const row = found.row ?? newSync(name);
  const why = notOurs(found);
  if (why !== null) {
    throw refusal('choice', `the cluster's pool '${name}' cannot be written over: ${why}`);
  }
  const desired = { name, spec, version: sequence };
  const { applied: known, policy } = row;
  const remade = isRemade(found.row, live);
  const applies = appliedTo(found.row, live);
  const input = { desired, live: live ?? null, applied: applies, policy, released, forced: false };
  if (decideSync({ ...input, remade }).do === 'replace') {
    const goes = 'was deleted here, and goes without force; what is desired is made when it is gone';
    throw new AppError('NOTHING_CHANGES', `the cluster's pool '${name}' ${goes}`);
  }
  // of one that was made again as it was the cluster is asked in any case, and needs no force
  const next = decideSync({ ...input, remade: false });
  if (next.do === 'nothing' && next.state === 'Synced') {
    throw new AppError(
      'NOTHING_CHANGES',
      `the cluster has the pool '${name}' as it is desired: there is nothing to force`,
    );
  }
  // an object that was made anew is another one: what was applied to the old one does not count
  const applied = live !== undefined && known !== null ? { ...known, uid: live.uid } : known;
  await noteVoidForce(tx, pool, row);
  // nor was it deleted here
  const deletedBy = live === undefined || remade ? row.deletedBy : null;
  await writeSync(tx, [{ ...row, applied, deletedBy, forceVersion: version, forceSeen: seenOf(spec, live) }]);
  const neverMade = live === undefined && appliedSince(found.row) === null;
  const before = neverMade ? { name, spec, absent: true } : writtenOver(spec, live);
  return { action: 'pool.force', upsert: [{ name, spec }], before, asFound: true };
}

/** What force writes over; null: it was deleted there, and is made again. */
function writtenOver(desired: PoolSpec, live: LivePool | undefined): Content | null {
  if (live?.pool == null) return null;
  const { name, spec } = live.pool;
  const differing = differingFields(desired, spec);
  // what the cluster fills in by itself is not written over
  const there = Object.fromEntries(differing.map((field) => [field, spec[field]]));
  return { name, spec: { ...desired, ...there }, taken: takenFrom(live.claims, differing) };
}

/** Defaults that the cluster fills in were decided by nobody: ours to claim is what we state, and what is taken. */
const statedOf = (spec: PoolSpec, fields: readonly string[]): PoolSpec => ({
  ...Object.fromEntries(Object.entries(spec).filter(([field]) => fields.includes(field))),
  cidr: spec.cidr,
});

export async function take(tx: Queryable, pool: StoredPool, found: Standing, version: number): Promise<Decision> {
  const { live, row: known } = found;
  const { name } = pool;
  if (live === undefined) {
    if (appliedSince(known) === null) {
      const nothing = 'there is nothing to take over; what is not wanted is deleted';
      throw refusal('choice', `the cluster does not have the pool '${name}' yet: ${nothing}`);
    }
    return { action: 'pool.delete', remove: [name], before: { name, spec: pool.spec, theirs: [] } };
  }
  const going = goingOf(pool, found);
  if (going?.ours) return { action: 'pool.delete', remove: [name], before: { name, spec: pool.spec } };
  if (going?.deleting) {
    const then = going.here ? 'what is desired is made when it is gone' : 'it must be gone before anything is decided';
    throw refusal('choice', `the cluster's pool '${name}' is being deleted, and nothing of it is taken over: ${then}`);
  }
  const prefix = live.pool === null ? undefined : prefixOfPool(live.pool);
  if (live.pool === null || live.lastGood || prefix === undefined) {
    throw refusal('choice', `the cluster's pool '${name}' must be readable to be taken over`);
  }
  const there = { ...live.pool.spec, cidr: formatPrefix(prefix) };
  const moved = fieldsMoved(pool.spec, there);
  const spec = statedOf(there, [...moved, ...Object.keys(pool.spec)]);
  const row = known ?? newSync(name);
  // what was decided last, or our deletion of it, may be on its way: where that comes, this is what is sent next, as any change is
  const applied =
    row.applied !== null && row.applied.version < (await lastInForce(tx, name))
      ? { ...row.applied, uid: live.uid }
      : { uid: live.uid, version: row.applied === null && row.deletedBy !== null ? 0 : version, spec };
  // what is there was wanted gone, and is taken now; where our delete is on its way already, it is ours that it went, and it is made again
  const deletedBy = isRemade(known, live) ? row.deletedBy : null;
  await writeSync(tx, [{ ...row, applied, deletedBy }]);
  const before = { name, spec: pool.spec, theirs: moved };
  return { action: 'pool.update', upsert: [{ name, spec }], before, asFound: true };
}

/** Force takes fields from others; it does not take a pool that is not ours. */
export function notOurs({ live, row }: Standing): string | null {
  if (live === undefined) return null;
  const { ownership, pool, lastGood } = live;
  const owner = ownerElsewhere(ownership);
  if (owner !== null) return `it belongs to ${owner}`;
  if (live.deleting && !isRemade(row, live)) return 'it is being deleted there, and ours can be made when it is gone';
  const isTheirs = appliedTo(row, live) === null && ownership.class === 'hand';
  if (isTheirs) return 'it is not ours: take theirs, or release this one';
  return pool === null || lastGood ? 'it must be readable' : null;
}
