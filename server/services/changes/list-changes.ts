import { FIRST_LIVE } from '../../../core/wire/change-number.ts';
import { type ChangeFilter, findChange, findChanges, type LoggedChange } from '../../db/changes.ts';
import { carriedOut } from '../../db/live.ts';
import { readHoldings, readHoldingTimes } from '../../db/nodes.ts';
import { poolsCarriedOut } from '../../db/pools-carried-out.ts';
import { settingsCarriedOut } from '../../db/settings-carried-out.ts';
import { HOLDINGS_KEPT } from '../agents/ingest.ts';
import { AppError } from '../app-error.ts';
import type { Deps } from '../deps.ts';
import type { ChangeView } from './change-view.ts';

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
  const effective = await effectiveNumbers(
    deps,
    page.map(({ sequence }) => sequence),
  );
  return {
    changes: page.map((change) => viewChange(change, effective(change.sequence), holdings)),
    nextCursor: found.length > filter.limit && last !== undefined ? String(last.sequence) : null,
  };
}

export type NodeTime = { node: string; at: string | null };

/** One change, whole, with the time each node first held it (null: not yet; left out: not kept any more). Throws NOT_FOUND. */
export async function getChange(deps: Deps, id: number): Promise<ChangeView & { nodeTimes: NodeTime[] }> {
  const effective = (await effectiveNumbers(deps, [id]))(id);
  const [change, times, holdings] = await Promise.all([
    findChange(deps.db, id),
    readHoldingTimes(deps.db, effective, HOLDINGS_KEPT),
    readHoldings(deps.db),
  ]);
  if (change === null) throw changeNotFound(id);
  return {
    ...viewChange(change, effective, holdings),
    nodeTimes: times.map(({ node, at }) => ({ node, at: at?.toISOString() ?? null })),
  };
}

export const changeNotFound = (id: number): AppError =>
  new AppError('NOT_FOUND', `there is no change ${id}`, {
    issues: [{ field: 'id', message: `there is no change ${id}` }],
  });

/** The number at which nodes hold a change: with a cluster, that of what it became there, or beyond all of them. */
async function effectiveNumbers({ db, cluster }: Deps, changes: readonly number[]): Promise<(id: number) => number> {
  if (cluster === null) return (id) => id;
  const [found, settings, pools] = await Promise.all([
    carriedOut(db, changes),
    settingsCarriedOut(db, changes),
    poolsCarriedOut(db, changes),
  ]);
  const numberOf = (id: number) => [pools, settings, found].find((one) => one.has(id))?.get(id);
  return (id) => (id >= FIRST_LIVE ? id : (numberOf(id) ?? Number.MAX_SAFE_INTEGER));
}

function viewChange(
  change: LoggedChange,
  effective: number,
  holdings: readonly { sequence: number | null }[],
): ChangeView {
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
    pools: change.pools.length,
    nodes: {
      holding: holdings.filter(({ sequence }) => sequence !== null && sequence >= effective).length,
      total: holdings.length,
    },
  };
}
