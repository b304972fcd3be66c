import { writePools } from '../../../core/calico/write.ts';
import { readDesired } from '../../db/desired.ts';
import { readPools, type StoredPool } from '../../db/pools.ts';
import { AppError } from '../app-error.ts';
import type { ChangeView } from '../changes/change-view.ts';
import { listChanges } from '../changes/list-changes.ts';
import type { Deps } from '../deps.ts';
import { type PoolView, viewPools } from './pool-view.ts';

const CHANGES_SHOWN = 20;

/** One pool with its canonical YAML, its last 20 changes, and both revisions (see listPools). Throws NOT_FOUND. */
export async function getPool(
  deps: Deps,
  name: string,
): Promise<PoolView & { yaml: string; changes: ChangeView[]; revision: string; desiredRevision: string }> {
  const [[stored], desired, effective, history] = await Promise.all([
    readPools(deps.db, [name]),
    readDesired(deps.db),
    deps.effective.ledger.head(deps.db),
    listChanges(deps, { pool: name, limit: CHANGES_SHOWN }),
  ]);
  if (stored === undefined) throw poolNotFound(name);
  const view = await viewPool(deps, stored);
  return {
    ...view,
    yaml: writePools([{ name, spec: view.spec }], 'v3'),
    changes: history.changes,
    revision: effective.revision,
    desiredRevision: desired.revision,
  };
}

export const poolNotFound = (name: string): AppError =>
  new AppError('NOT_FOUND', `there is no pool '${name}'`, {
    issues: [{ field: 'name', message: `there is no pool '${name}'` }],
  });

/** A refusal with the pool that it is about as the API shows it, or without where that cannot be read; anything else as it is. */
export async function asShown(deps: Deps, error: unknown): Promise<unknown> {
  if (!(error instanceof AppError) || error.details.pool === undefined) return error;
  const { pool, ...details } = error.details;
  const current = await viewPool(deps, pool).catch(() => undefined);
  return new AppError(error.reason, error.message, { ...details, current });
}

export async function viewPool(deps: Deps, stored: StoredPool): Promise<PoolView> {
  const [view] = await viewPools(deps, [stored]);
  if (view === undefined) throw poolNotFound(stored.name);
  return view;
}
