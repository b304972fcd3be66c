/** The product at one glance. */
import { findChanges } from '../../db/changes.ts';
import { readDesired } from '../../db/desired.ts';
import { readCounts, readRates } from '../../db/overview.ts';
import type { Deps } from '../deps.ts';
import { nodesByState } from '../nodes/node-state.ts';

export interface Status {
  readonly mode: 'standalone' | 'cluster';
  /** the effective one, which the nodes are compared with */
  readonly revision: string;
  /** of what is desired: the same without a cluster */
  readonly desiredRevision: string;
  /** the last change; 0: none yet */
  readonly sequence: number;
  readonly savedAt: string | null;
  readonly pools: number;
  readonly nodes: {
    total: number;
    programmed: number;
    pending: number;
    drifted: number;
    stale: number;
    failed: number;
  };
}

export async function getStatus(deps: Deps): Promise<Status> {
  const [desired, effective, counts] = await Promise.all([
    readDesired(deps.db),
    deps.effective.ledger.head(deps.db),
    readCounts(deps.db),
  ]);
  const { total, counts: states } = await nodesByState(deps.db, effective.revision, deps.now());
  return {
    mode: deps.effective === deps.state ? 'standalone' : 'cluster',
    revision: effective.revision,
    desiredRevision: desired.revision,
    sequence: desired.sequence,
    savedAt: counts.savedAt?.toISOString() ?? null,
    pools: counts.pools,
    nodes: {
      total,
      programmed: states.Programmed,
      pending: states.Pending,
      drifted: states.Drifted,
      stale: states.Stale,
      failed: states.Failed,
    },
  };
}

export interface Series {
  /** new connections NATed a second, all nodes, by family; the oldest first */
  readonly points: { at: string; v4: number; v6: number }[];
  readonly changes: { id: number; at: string; action: string; target: string }[];
}

/** Samples come every ten seconds; a chart needs no more than some 180 steps. */
const STEPS = 180;
const MOST_CHANGES = 200;

export async function getSeries(deps: Deps, minutes: number): Promise<Series> {
  const from = new Date(deps.now().getTime() - minutes * 60_000);
  const seconds = Math.max(10, Math.ceil((minutes * 60) / STEPS / 10) * 10);
  const [points, changes] = await Promise.all([
    readRates(deps.db, from, seconds),
    findChanges(deps.db, { from, limit: MOST_CHANGES }),
  ]);
  return {
    points: points.map(({ at, v4, v6 }) => ({ at: at.toISOString(), v4: round(v4), v6: round(v6) })),
    changes: changes.reverse().map(({ sequence, at, action, target }) => ({
      id: sequence,
      at: at.toISOString(),
      action,
      target,
    })),
  };
}

const round = (rate: number): number => Math.round(rate * 1000) / 1000;
