import { natDifference, type Region } from '../../../core/nat/difference.ts';
import { settingsFor } from '../../../core/nat/settings.ts';
import { makeDecider } from '../../../core/nat/simulate.ts';
import { AppError } from '../app-error.ts';
import type { Deps } from '../deps.ts';

export interface DeletePreview {
  readonly revision: string;
  readonly equal: boolean;
  readonly changes: Region[];
}

/**
 * What NAT does differently once these pools are gone, by the global settings: sources that lose it, destinations that are
 * not exempt any more. Throws NOT_FOUND naming every pool that does not exist.
 */
export async function previewDelete({ state }: Deps, names: readonly string[]): Promise<DeletePreview> {
  await state.refresh();
  const gone = new Set(names);
  const missing = [...gone].filter((name) => state.pool(name) === undefined);
  if (missing.length > 0) {
    const issues = missing.map((name) => ({ field: 'names', message: `there is no pool '${name}'` }));
    throw new AppError('NOT_FOUND', issues.map(({ message }) => message).join('; '), { issues });
  }
  const pools = state.pools();
  const after = makeDecider({
    pools: pools.filter(({ name }) => !gone.has(name)),
    settings: settingsFor(state.settings, undefined),
    hosts: state.hosts,
  });
  const changes = natDifference(
    state.decider(undefined),
    after,
    pools.filter(({ name }) => gone.has(name)),
  );
  return { revision: state.revision, equal: changes.length === 0, changes };
}
