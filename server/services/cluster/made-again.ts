/**
 * Pools of ours that somebody deleted in the cluster and made again, as a restored backup does with all of them: what the choices
 * would do to each, and one decision about many. Each is decided about as it would be on its own, by a change of its own.
 */
import { z } from 'zod';
import { compareFields, type PoolField } from '../../../core/cluster/compare.ts';
import { type LivePool, unreadableOf } from '../../../core/cluster/live-pool.ts';
import { seenOf } from '../../../core/cluster/seen.ts';
import { holdLive, readLivePools } from '../../db/live.ts';
import { readPools, type StoredPool } from '../../db/pools.ts';
import { readReleased, showReleased } from '../../db/released.ts';
import { namesMadeAgain } from '../../db/sync.ts';
import type { Actor } from '../actor.ts';
import { AppError } from '../app-error.ts';
import { mustChange } from '../changes/apply-change.ts';
import type { ChangeView } from '../changes/change-view.ts';
import type { Decision } from '../changes/decision.ts';
import { MOST_VIOLATIONS, summaryOf } from '../changes/refuse-added.ts';
import type { Deps } from '../deps.ts';
import { expectVersion } from '../pools/write-pool.ts';
import { requiredReason } from '../reason.ts';
import { clusterOf } from './cluster.ts';
import { refusal } from './refusal.ts';
import { refusedByCluster } from './resolve-pool.ts';
import { readStandings, type Standing } from './standing.ts';
import { expectSeen, force, take } from './theirs-or-ours.ts';

/** Decided about at a time: each is shown to the cluster before it is forced, and read and written on its own. */
export const MOST_AT_ONCE = 500;

export const madeAgainSchema = z.object({
  /** how many there are; the first ones follow */
  total: z.int().min(0),
  pools: z.array(
    z.object({
      name: z.string(),
      /** hand both back with a choice */
      version: z.int(),
      seen: z.string(),
      cidr: z.string(),
      /** fields that the cluster has otherwise, and who holds them there */
      differing: z.array(
        z.object({ field: z.string(), desired: z.unknown(), live: z.unknown(), managers: z.array(z.string()) }),
      ),
      /** why neither choice can be made now; null: both can */
      refused: z.string().nullable(),
    }),
  ),
});
export type MadeAgain = z.infer<typeof madeAgainSchema>;

/** In the order of names. Throws NO_CLUSTER. */
export async function previewMadeAgain(deps: Deps): Promise<MadeAgain> {
  clusterOf(deps);
  const names = await namesMadeAgain(deps.db);
  const first = names.slice(0, MOST_AT_ONCE);
  const [stored, found, byName] = await Promise.all([
    readPools(deps.db, first),
    readLivePools(deps.db, first),
    readReleased(deps.db, first),
  ]);
  const live = new Map(found.map((one) => [one.name, one]));
  const pools = showReleased(stored, byName).flatMap((pool) => {
    const there = live.get(pool.name);
    return there === undefined ? [] : [shownPool(pool, there, byName.get(pool.name)?.fields ?? [])];
  });
  return { total: names.length, pools };
}

function shownPool(
  { name, spec, sequence: version }: StoredPool,
  live: LivePool,
  released: readonly PoolField[],
): MadeAgain['pools'][number] {
  const unreadable = unreadableOf(live) !== null;
  const { pool, claims } = live;
  const rows = compareFields({ desired: spec, live: pool?.spec ?? null, applied: null, claims, released });
  const differing = unreadable ? [] : rows.filter(({ differs }) => differs);
  return {
    name,
    version,
    seen: seenOf(spec, live, released),
    cidr: spec.cidr,
    differing: differing.map(({ field, desired, live: there, managers }) => ({
      field,
      desired,
      live: there,
      managers: [...managers],
    })),
    refused: live.deleting
      ? 'It is being deleted in the cluster: wait until it is gone.'
      : unreadable
        ? 'The object in the cluster must be readable first.'
        : null,
  };
}

export interface MadeAgainInput {
  readonly choice: 'theirs' | 'ours';
  /** as they were previewed */
  readonly pools: readonly { readonly name: string; readonly version: number; readonly seen: string }[];
  readonly reason?: string | undefined;
}

/**
 * All or none. Resolves with the last change and the number of the first. Throws NO_CLUSTER, REASON_REQUIRED, and what deciding
 * about one of them throws: NOT_FOUND, VERSION_STALE (also of what was seen), INVALID_INPUT (also of one that was not made
 * again), POOL_VIOLATIONS.
 */
export async function resolveMadeAgain(
  deps: Deps,
  actor: Actor,
  { choice, pools, reason: given }: MadeAgainInput,
): Promise<{ first: number; change: ChangeView; revision: string }> {
  const cluster = clusterOf(deps);
  const reason = requiredReason(given);
  const names = [...new Set(pools.map(({ name }) => name))].sort();
  const shown = new Map(pools.map((pool) => [pool.name, pool]));
  if (choice === 'ours') {
    const refused = await refusedByCluster(deps.db, cluster, names);
    if (refused.size > 0) throw wouldRefuse(refused);
  }
  const { change, revision } = await mustChange(deps.db, {
    actor,
    reason,
    names,
    cidrs: [],
    decide: async (current, tx) => {
      await holdLive(tx);
      const standings = await readStandings(tx, names);
      const decisions: Decision[] = [];
      for (const name of names) {
        const { version, seen } = shown.get(name) ?? { version: 0, seen: '' };
        const [pool, standing] = [expectVersion(current, name, version), standings(name)];
        expectSeen(pool, standing, seen);
        expectMadeAgain(name, standing);
        const number = current.desired.sequence + decisions.length + 1;
        decisions.push(await (choice === 'ours' ? force : take)(tx, pool, standing, number));
      }
      return decisions;
    },
  });
  return { first: change.id - names.length + 1, change, revision };
}

/** As `namesMadeAgain` finds them: whoever was shown another pool was shown other ways on. */
function expectMadeAgain(name: string, { live, row }: Standing): void {
  const again = row?.reason === 'PoolMadeAgain' && row.applied !== null && row.applied.uid !== live?.uid;
  if (live !== undefined && again) return;
  throw refusal('pools', `pool '${name}' was not made again in the cluster: it must be decided about by itself`);
}

/** In the order of names, whatever the order of the answers. */
function wouldRefuse(refused: Awaited<ReturnType<typeof refusedByCluster>>): AppError {
  const byName = [...refused].sort(([one], [other]) => (one < other ? -1 : 1));
  const violations = byName.flatMap(([name, causes]) =>
    causes.map(({ field, message }) => ({ rule: 'API', pool: name, field, message })),
  );
  return new AppError('POOL_VIOLATIONS', `the cluster would refuse ${summaryOf(violations)}`, {
    violations: violations.slice(0, MOST_VIOLATIONS),
  });
}
