/** What an operator decides about a pool of ours that the cluster has otherwise. Each choice is a change in History. */
import { z } from 'zod';
import type { PoolField } from '../../../core/cluster/compare.ts';
import type { SyncPolicy } from '../../../core/cluster/sync-state.ts';
import { takenByEnforce } from '../../../core/cluster/taken.ts';
import type { Database } from '../../db/client.ts';
import { holdLive, readLivePools } from '../../db/live.ts';
import { readPools } from '../../db/pools.ts';
import { releasedOf, shownPools } from '../../db/released.ts';
import { appliedTo, isRemade, newSync, readSync, writeSync } from '../../db/sync.ts';
import type { Actor } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { mustChange } from '../changes/apply-change.ts';
import type { ChangeView } from '../changes/change-view.ts';
import type { Deps } from '../deps.ts';
import { expectVersion } from '../pools/write-pool.ts';
import { requiredReason } from '../reason.ts';
import { clusterOf } from './cluster.ts';
import { leaveFields } from './leave-fields.ts';
import type { Cluster } from './reach.ts';
import { refusal } from './refusal.ts';
import { decideField, fieldChoices, releaseField } from './release-field.ts';
import { releasePool } from './release-pool.ts';
import { readStandings } from './standing.ts';
import { expectSeen, force, notOurs, take } from './theirs-or-ours.ts';

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
    decide: async (current, tx) => {
      const pool = expectVersion(current, name, expectedVersion);
      const number = current.desired.sequence + 1;
      await holdLive(tx);
      const standing = (await readStandings(tx, [name]))(name);
      if (choice === 'release') return [await releasePool(tx, pool, standing, number)];
      if (seen !== undefined) expectSeen(pool, standing, seen);
      if (field !== undefined) {
        return [await (choice === 'release-field' ? releaseField : decideField)(tx, pool, field, number)];
      }
      return [await (choice === 'ours' ? force : take)(tx, pool, standing, number)];
    },
  });
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
  const [pools, standing] = await Promise.all([
    readPools(db, names).then((found) => shownPools(db, found)),
    readStandings(db, names),
  ]);
  // what is not ours to force is refused for that
  return cluster.rehearsePools(pools.filter(({ name }) => notOurs(standing(name)) === null));
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
      const pool = expectVersion(current, name, expectedVersion);
      await holdLive(tx);
      const row = (await readSync(tx, [name]))[0] ?? newSync(name);
      if (row.policy === policy) {
        throw new AppError('NOTHING_CHANGES', `pool '${name}' has the policy '${policy}' already`);
      }
      await writeSync(tx, [await leaveFields(tx, pool, { ...row, policy }, current.desired.sequence + 1)]);
      const [live] = policy === 'enforce' ? await readLivePools(tx, [name]) : [];
      const there = live && { live, uid: appliedTo(row, live)?.uid ?? null, remade: isRemade(row, live) };
      const taken = there === undefined ? [] : takenByEnforce(pool, there, await releasedOf(tx, name));
      const before = {
        name,
        spec: pool.spec,
        policy: { from: row.policy, to: policy },
        ...(taken.length === 0 ? {} : { taken }),
      };
      return [{ action: 'pool.policy', upsert: [{ name, spec: pool.spec }], before, asFound: true }];
    },
  });
}
