/** What an operator decides about a pool of ours that the cluster has otherwise. Each choice is a change in History. */
import { z } from 'zod';
import { differingFields, type PoolField } from '../../../core/cluster/compare.ts';
import { decideSync } from '../../../core/cluster/decide-sync.ts';
import type { LivePool } from '../../../core/cluster/live-pool.ts';
import { ourClaim } from '../../../core/cluster/managed-fields.ts';
import { ownerElsewhere } from '../../../core/cluster/released.ts';
import { seenOf } from '../../../core/cluster/seen.ts';
import type { SyncPolicy } from '../../../core/cluster/sync-state.ts';
import { prefixOfPool } from '../../../core/nat/counted-pools.ts';
import { formatPrefix } from '../../../core/net/prefix.ts';
import type { PoolSpec } from '../../../core/pool/spec.ts';
import type { Database, Queryable } from '../../db/client.ts';
import { markLetGo } from '../../db/let-go.ts';
import { holdLive, readLivePools } from '../../db/live.ts';
import { readPools, type StoredPool } from '../../db/pools.ts';
import { readReleased, releasedOf, showReleased } from '../../db/released.ts';
import { appliedSince, newSync, readSync, removeSync, writeSync } from '../../db/sync.ts';
import { lastInForce } from '../../db/void-force.ts';
import type { Actor } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { mustChange } from '../changes/apply-change.ts';
import type { ChangeView, Content } from '../changes/change-view.ts';
import type { Current, Decision } from '../changes/decision.ts';
import type { Deps } from '../deps.ts';
import { viewPool } from '../pools/get-pool.ts';
import { expectVersion } from '../pools/write-pool.ts';
import { requiredReason } from '../reason.ts';
import { clusterOf } from './cluster.ts';
import { leaveFields } from './leave-fields.ts';
import { noteVoidForce } from './note-void-force.ts';
import type { Cluster } from './reach.ts';
import { refusal } from './refusal.ts';
import { decideField, fieldChoices, releaseField } from './release-field.ts';
import { takenFrom } from './taken.ts';

/**
 * `theirs`: what the cluster has becomes what is desired. `ours`: applied by force, and fields are taken from who holds
 * them. `release`: no longer ours; the cluster keeps it as it is.
 */
export const choices = ['theirs', 'ours', 'release'] as const;
export const choiceSchema = z.enum(choices);

export interface Resolution {
  readonly name: string;
  readonly choice: (typeof choices)[number] | (typeof fieldChoices)[number];
  /** what a choice of one field is about, and no other choice */
  readonly field?: PoolField | undefined;
  readonly expectedVersion: number;
  /** of the comparison that was looked at (`comparePool`); without it whatever the cluster has by then is decided about */
  readonly seen?: string | undefined;
  readonly reason?: string | undefined;
}

/**
 * Throws NO_CLUSTER, REASON_REQUIRED, NOT_FOUND, VERSION_STALE (also of what was seen), NOTHING_CHANGES for force where the cluster has
 * it as it is desired, INVALID_INPUT when the cluster's pool cannot be taken or the field not be let go, POOL_VIOLATIONS.
 */
export async function resolvePool(
  deps: Deps,
  actor: Actor,
  { name, choice, field, expectedVersion, seen, reason }: Resolution,
): Promise<{ change: ChangeView; revision: string }> {
  const cluster = clusterOf(deps);
  if ((field === undefined) === fieldChoices.some((one) => one === choice)) {
    throw refusal('field', `field must be given with ${fieldChoices.join(' and ')}, and with no other choice`);
  }
  if (choice === 'ours') await rehearse(deps.db, cluster, name);
  return mustChange(deps.db, {
    actor,
    reason: requiredReason(reason),
    names: [name],
    cidrs: [],
    decide: async (current, tx) => [
      await decideStanding(
        deps,
        { current, tx, number: current.desired.sequence + 1 },
        { name, choice, field, expectedVersion, seen },
      ),
    ],
  });
}

/** What the choice makes of the pool, as the change of that number. */
export async function decideStanding(
  deps: Deps,
  { current, tx, number }: { readonly current: Current; readonly tx: Queryable; readonly number: number },
  { name, choice, field, expectedVersion, seen }: Omit<Resolution, 'reason'>,
): Promise<Decision> {
  const pool = await expectVersion(deps, current, name, expectedVersion);
  await holdLive(tx);
  if (choice === 'release') return release(tx, name, number);
  if (seen !== undefined) await expectSeen(deps, tx, pool, seen);
  if (field !== undefined) return (choice === 'release-field' ? releaseField : decideField)(tx, pool, field, number);
  return choice === 'ours' ? force(tx, pool, number) : take(tx, pool, number);
}

/** Whoever decides decides about what was shown: nothing that came since is taken over, or from anybody, unseen. */
async function expectSeen(deps: Deps, tx: Queryable, pool: StoredPool, seen: string): Promise<void> {
  const [live] = await readLivePools(tx, [pool.name]);
  const released = await releasedOf(tx, pool.name);
  if (seenOf(pool.spec, live, released) === seen) return;
  const message = `the cluster's pool '${pool.name}' was changed meanwhile: it is not as it was seen`;
  const issues = [{ field: 'seen', message }];
  throw new AppError('VERSION_STALE', message, { issues, current: await viewPool(deps, pool) });
}

/** Force is not spent on what the cluster would refuse anyhow: its words are the answer, and nothing was decided. */
async function rehearse(db: Database, cluster: Cluster, name: string): Promise<void> {
  const refused = (await refusedByCluster(db, cluster, [name])).get(name);
  if (refused === undefined) return;
  const violations = refused.map(({ field, message }) => ({ rule: 'API', field, message }));
  const said = refused.map(({ message }) => message).join('; ');
  throw new AppError('POOL_VIOLATIONS', `the cluster would refuse it: ${said}`, { violations });
}

/** The cluster's words about these pools as they are desired, of those that it would refuse. */
export async function refusedByCluster(
  db: Database,
  cluster: Cluster,
  names: readonly string[],
): ReturnType<Cluster['rehearsePools']> {
  const [pools, found, rows, byName] = await Promise.all([
    readPools(db, names),
    readLivePools(db, names),
    readSync(db, names),
    readReleased(db, names),
  ]);
  const live = new Map(found.map((one) => [one.name, one]));
  const applied = new Set(rows.flatMap((row) => (row.applied === null ? [] : [row.name])));
  // what is not ours to force is refused for that
  const ours = ({ name }: StoredPool): boolean => {
    const there = live.get(name);
    return there === undefined || notOurs(there, applied.has(name), byName.get(name)?.fields ?? []) === null;
  };
  return cluster.rehearsePools(showReleased(pools, byName).filter(ours));
}

/** What becomes of later changes in the cluster. Throws NO_CLUSTER, REASON_REQUIRED, NOT_FOUND, VERSION_STALE, NOTHING_CHANGES. */
export async function setPolicy(
  deps: Deps,
  actor: Actor,
  input: { name: string; policy: SyncPolicy; expectedVersion: number; reason?: string | undefined },
): Promise<{ change: ChangeView; revision: string }> {
  clusterOf(deps);
  const { name, policy, expectedVersion } = input;
  return mustChange(deps.db, {
    actor,
    reason: `${policy}: ${requiredReason(input.reason)}`,
    names: [name],
    cidrs: [],
    decide: async (current, tx) => {
      const pool = await expectVersion(deps, current, name, expectedVersion);
      await holdLive(tx);
      const row = (await readSync(tx, [name]))[0] ?? newSync(name);
      if (row.policy === policy) {
        throw new AppError('NOTHING_CHANGES', `pool '${name}' has the policy '${policy}' already`);
      }
      await writeSync(tx, [await leaveFields(tx, pool, { ...row, policy }, current.desired.sequence + 1)]);
      const before = { name, spec: pool.spec, policy: { from: row.policy, to: policy } };
      return [{ action: 'pool.policy', upsert: [{ name, spec: pool.spec }], before, asFound: true }];
    },
  });
}

/** The object stays: its row says that our name is to go from it, and where there is none nothing is kept. */
async function release(tx: Queryable, name: string, version: number): Promise<Decision> {
  const [live] = await readLivePools(tx, [name]);
  if (ourClaim(live?.claims ?? []) === undefined) await removeSync(tx, [name]);
  else await markLetGo(tx, name, version);
  return { action: 'pool.release', remove: [name] };
}

async function force(tx: Queryable, pool: StoredPool, version: number): Promise<Decision> {
  const { name, spec, sequence } = pool;
  const row = (await readSync(tx, [name]))[0] ?? newSync(name);
  const [live] = await readLivePools(tx, [name]);
  const released = await releasedOf(tx, name);
  const why = live === undefined ? null : notOurs(live, row.applied !== null, released);
  if (why !== null) {
    throw refusal('choice', `the cluster's pool '${name}' cannot be written over: ${why}`);
  }
  const desired = { name, spec, version: sequence };
  const unforced = { desired, live: live ?? null, applied: row.applied, policy: row.policy, released, forced: false };
  const next = decideSync(unforced);
  if (next.do === 'nothing' && next.state === 'Synced') {
    throw new AppError(
      'NOTHING_CHANGES',
      `the cluster has the pool '${name}' as it is desired: there is nothing to force`,
    );
  }
  // an object that was made anew is another one: what was applied to the old one does not count
  const applied = live !== undefined && row.applied !== null ? { ...row.applied, uid: live.uid } : row.applied;
  await noteVoidForce(tx, pool, row);
  await writeSync(tx, [{ ...row, applied, forceVersion: version, forceSeen: seenOf(spec, live) }]);
  return { action: 'pool.force', upsert: [{ name, spec }], before: standing(spec, live), asFound: true };
}

/** What force writes over; null: there is nothing, and the pool is made again. */
function standing(desired: PoolSpec, live: LivePool | undefined): Content | null {
  if (live?.pool == null) return null;
  const { name, spec } = live.pool;
  const differing = differingFields(desired, spec);
  // what the cluster fills in by itself is not written over
  const there = Object.fromEntries(differing.map((field) => [field, spec[field]]));
  return { name, spec: { ...desired, ...there }, taken: takenFrom(live.claims, differing) };
}

async function take(tx: Queryable, pool: StoredPool, version: number): Promise<Decision> {
  const { name } = pool;
  const [live] = await readLivePools(tx, [name]);
  const [known] = await readSync(tx, [name]);
  if (live === undefined) {
    if (appliedSince(known) === null) {
      const nothing = 'there is nothing to take over; what is not wanted is deleted';
      throw refusal('choice', `the cluster does not have the pool '${name}' yet: ${nothing}`);
    }
    await removeSync(tx, [name]);
    return { action: 'pool.delete', remove: [name], before: { name, spec: pool.spec, theirs: [] } };
  }
  const prefix = live.pool === null ? undefined : prefixOfPool(live.pool);
  if (live.pool === null || live.lastGood || prefix === undefined) {
    throw refusal('choice', `the cluster's pool '${name}' must be readable to be taken over`);
  }
  const spec = { ...live.pool.spec, cidr: formatPrefix(prefix) };
  const row = known ?? newSync(name);
  // what was decided last may be on its way: where it comes after all, this is what is sent next, as any change is
  const applied =
    row.applied !== null && row.applied.version < (await lastInForce(tx, name))
      ? { ...row.applied, uid: live.uid }
      : { uid: live.uid, version, spec };
  await writeSync(tx, [{ ...row, applied }]);
  const before = { name, spec: pool.spec, theirs: differingFields(pool.spec, spec) };
  return { action: 'pool.update', upsert: [{ name, spec }], before, asFound: true };
}

/** Force takes fields from others; it does not take a pool that never was ours. */
function notOurs(live: LivePool, applied: boolean, released: readonly PoolField[]): string | null {
  const { ownership, pool, lastGood } = live;
  const owner = ownerElsewhere(live, released);
  if (owner !== null) return `it belongs to ${owner}`;
  if (!applied && ownership.class === 'hand') return `it was never ours: take theirs, or release this one`;
  return pool === null || lastGood ? 'it must be readable' : null;
}
