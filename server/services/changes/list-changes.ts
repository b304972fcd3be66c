import { isDeepStrictEqual } from 'node:util';
import { changedObjects } from '../../../core/cluster/felix-objects.ts';
import type { ClusterSettings } from '../../../core/nat/settings.ts';
import { isLive } from '../../../core/wire/change-number.ts';
import { carriedOut } from '../../db/carried-out.ts';
import { type ChangeFilter, findChange, findChanges, type ListedChange, type LoggedChange } from '../../db/changes.ts';
import { readHoldings, readHoldingTimes } from '../../db/nodes.ts';
import type { CarriedOut } from '../../db/pools-carried-out.ts';
import { namesUndecided, type Refusal, readRefused, settingsUndecided } from '../../db/sync.ts';
import { readVoidForce } from '../../db/void-force.ts';
import { HOLDINGS_KEPT } from '../agents/ingest.ts';
import { AppError } from '../app-error.ts';
import type { Deps } from '../deps.ts';
import type { ChangeView } from './change-view.ts';
import { readNotGone, type Waits } from './not-gone.ts';

/** The newest first. `nextCursor` is the last id of this page; null: there is no older one. */
export async function listChanges(
  deps: Deps,
  filter: ChangeFilter,
): Promise<{ changes: ChangeView[]; nextCursor: string | null }> {
  const [found, holdings] = await Promise.all([
    findChanges(deps.db, { ...filter, limit: filter.limit + 1, others: deps.cluster !== null }),
    readHoldings(deps.db),
  ]);
  const page = found.slice(0, filter.limit);
  const last = page.at(-1);
  const numbers = page.map(({ sequence }) => sequence);
  const [effective, voided] = await Promise.all([effectiveNumbers(deps, numbers), readVoidForce(deps.db, numbers)]);
  return {
    changes: page.map((change) => {
      const at = effective(change.sequence);
      const didNothing = voided.get(change.sequence) ?? whyNever(at);
      const takers = takersOf(deps, change, didNothing, holdings);
      return viewChange(change, { effective: numberOf(at), takers, didNothing });
    }),
    nextCursor: found.length > filter.limit && last !== undefined ? String(last.sequence) : null,
  };
}

export type NodeTime = { node: string; at: string | null };

/** Pools of which the cluster refuses what is desired, and how it does so of the first of them. */
export type Refused = Pick<Refusal, 'message' | 'missing'> & { names: string[] };

/**
 * One change, whole, with the time each node first held it (null: not yet; left out: not kept any more), the pools and FelixConfigurations about which
 * somebody must decide before all of it is in the cluster, those that the cluster refuses, and what must be gone there first. `waitsForCluster`: it waits for nothing
 * but to be brought there. Throws NOT_FOUND.
 */
export async function getChange(
  deps: Deps,
  id: number,
): Promise<ChangeView & WaitsFor & { nodeTimes: NodeTime[]; waitsForCluster: boolean }> {
  const effective = (await effectiveNumbers(deps, [id]))(id);
  const [change, times, holdings, voided] = await Promise.all([
    findChange(deps.db, id),
    readHoldingTimes(deps.db, numberOf(effective), HOLDINGS_KEPT),
    readHoldings(deps.db),
    readVoidForce(deps.db, [id]),
  ]);
  if (change === null) throw changeNotFound(id);
  const didNothing = voided.get(id) ?? whyNever(effective);
  const takers = takersOf(deps, change, didNothing, holdings);
  const waits = effective === null && didNothing === null;
  const waitsFor = waits ? await readWaits(deps, change) : NO_WAITS;
  const isBrought = change.action !== 'hosts.update' && change.action !== 'cluster.follow';
  return {
    ...viewChange(
      { ...change, poolCount: change.pools.length },
      { effective: numberOf(effective), takers, didNothing },
    ),
    nodeTimes: (takers.length === 0 ? [] : times).map(({ node, at }) => ({ node, at: at?.toISOString() ?? null })),
    ...waitsFor,
    waitsForCluster: waits && isBrought && isDeepStrictEqual(waitsFor, NO_WAITS),
  };
}

type WaitsFor = Waits & { waitsFor: string[]; settingsWait: string[]; refused: Refused | null };

const NO_WAITS: WaitsFor = { waitsFor: [], settingsWait: [], refused: null, notGone: null, goesFirst: null };

async function readWaits({ db }: Deps, change: LoggedChange): Promise<WaitsFor> {
  const { sequence: id, pools } = change;
  return {
    waitsFor: await namesUndecided(db, id, pools),
    settingsWait: await settingsUndecided(db, id, felixesOf(change)),
    refused: viewRefused(await readRefused(db, id, pools)),
    ...(await readNotGone(db, change)),
  };
}

/** The FelixConfigurations of which a change decides something. */
function felixesOf({ action, before, after }: LoggedChange): string[] {
  const of = (content: unknown): ClusterSettings => ({
    global: {},
    nodes: {},
    ...(content as Partial<ClusterSettings> | null),
  });
  return action.startsWith('settings.') ? changedObjects(of(before), of(after)) : [];
}

function viewRefused(refused: readonly Refusal[]): Refused | null {
  const [first] = refused;
  if (first === undefined) return null;
  return { names: refused.map(({ name }) => name), message: first.message, missing: first.missing };
}

export const changeNotFound = (id: number): AppError =>
  new AppError('NOT_FOUND', `there is no change ${id}`, {
    issues: [{ field: 'id', message: `there is no change ${id}` }],
  });

/** The number at which nodes hold a change: with a cluster, that of what it became there. */
async function effectiveNumbers(
  { db, cluster }: Deps,
  changes: readonly number[],
): Promise<(id: number) => CarriedOut> {
  if (cluster === null) return (id) => id;
  const came = await carriedOut(
    db,
    changes.filter((id) => !isLive(id)),
  );
  return (id) => (isLive(id) ? id : (came.get(id) ?? null));
}

/** What the cluster has not taken is beyond all that nodes hold. */
const numberOf = (at: CarriedOut): number => (typeof at === 'number' ? at : Number.MAX_SAFE_INTEGER);

const whyNever = (at: CarriedOut): string | null => (at === 'never' ? 'it moved nothing in the cluster' : null);

type Holdings = readonly { readonly node: string; readonly sequence: number | null }[];

/**
 * The nodes that follow a change. With a cluster node addresses are what its Node objects say, and stand in History as its
 * own changes: no node ever takes those that agents reported to us, nor what did nothing.
 */
function takersOf(
  { cluster }: Deps,
  { sequence, action }: Pick<ListedChange, 'sequence' | 'action'>,
  didNothing: string | null,
  all: Holdings,
): Holdings {
  const reported = cluster !== null && !isLive(sequence) && action === 'hosts.update';
  return reported || didNothing !== null ? [] : all;
}

interface Effect {
  readonly effective: number;
  readonly takers: Holdings;
  readonly didNothing: string | null;
}

function viewChange(change: ListedChange, { effective, takers, didNothing }: Effect): ChangeView {
  return {
    id: change.sequence,
    at: change.at.toISOString(),
    actor: change.actor,
    role: change.role,
    action: change.action as ChangeView['action'],
    target: change.target,
    reason: change.reason,
    revision: change.revision,
    before: change.before as ChangeView['before'],
    after: change.after as ChangeView['after'],
    pools: change.poolCount,
    nodes: {
      holding: takers.filter(({ sequence }) => sequence !== null && sequence >= effective).length,
      total: takers.length,
    },
    didNothing,
  };
}
