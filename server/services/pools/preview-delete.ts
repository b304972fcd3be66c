import { oursToDelete } from '../../../core/cluster/ours-to-delete.ts';
import { natDifference, type Region } from '../../../core/nat/difference.ts';
import { type NatSettings, settingsFor } from '../../../core/nat/settings.ts';
import { makeDecider } from '../../../core/nat/simulate.ts';
import { readLivePools } from '../../db/live.ts';
import { readSync } from '../../db/sync.ts';
import { AppError } from '../app-error.ts';
import type { Deps } from '../deps.ts';

export interface DeletePreview {
  readonly revision: string;
  /** on every node */
  readonly equal: boolean;
  /** by the global settings: on every node that is not in `onNodes` */
  readonly changes: Region[];
  /** nodes whose own settings make another difference, by what it is; sorted */
  readonly onNodes: { readonly nodes: string[]; readonly changes: Region[] }[];
  /** what the cluster has under these names others own too, or alone: it stays there */
  readonly stays: string[];
}

/**
 * What NAT does differently once these pools are gone: sources that lose it, destinations that are not exempt any more. By the
 * pools and settings in effect, which are the cluster's where there is one. Throws NOT_FOUND naming every pool that does not exist.
 */
export async function previewDelete(deps: Deps, names: readonly string[]): Promise<DeletePreview> {
  const { state, effective } = deps;
  await Promise.all([state.refresh(), effective.refresh()]);
  const gone = new Set(names);
  const missing = [...gone].filter((name) => state.pool(name) === undefined);
  if (missing.length > 0) {
    const issues = missing.map((name) => ({ field: 'names', message: `there is no pool '${name}'` }));
    throw new AppError('NOT_FOUND', issues.map(({ message }) => message).join('; '), { issues });
  }
  const stays = deps.cluster === null ? [] : await notOurs(deps, names);
  for (const name of stays) gone.delete(name);
  const { hosts, settings } = effective;
  const pools = effective.pools();
  const left = pools.filter(({ name }) => !gone.has(name));
  const removed = pools.filter(({ name }) => gone.has(name));
  const differenceBy = (own: NatSettings): Region[] =>
    natDifference(
      makeDecider({ pools, settings: own, hosts }),
      makeDecider({ pools: left, settings: own, hosts }),
      removed,
    );
  // of all settings only the exclusions say which addresses are NATed: nodes with the same ones need one look together
  const known = new Map<string, { readonly changes: Region[]; readonly text: string }>();
  const judge = (own: NatSettings) => {
    const changes = differenceBy(own);
    return { changes, text: JSON.stringify(changes) };
  };
  const changesOn = (node: string | undefined) => {
    const own = settingsFor(settings, node);
    const key = own.natOutgoingExclusions ?? '';
    const found = known.get(key) ?? judge(own);
    known.set(key, found);
    return found;
  };
  const { changes, text } = changesOn(undefined);
  const others = new Map<string, { nodes: string[]; changes: Region[] }>();
  for (const node of Object.keys(settings.nodes).sort()) {
    const own = changesOn(node);
    if (own.text === text) continue;
    const group = others.get(own.text) ?? { nodes: [], changes: own.changes };
    group.nodes.push(node);
    others.set(own.text, group);
  }
  const onNodes = [...others.values()];
  const equal = [changes, ...onNodes.map((one) => one.changes)].every((one) => one.length === 0);
  return { revision: state.revision, equal, changes, onNodes, stays };
}

async function notOurs({ db }: Deps, names: readonly string[]): Promise<string[]> {
  const [there, rows] = await Promise.all([readLivePools(db, names), readSync(db, names)]);
  const applied = new Map(rows.map((row) => [row.name, row.applied]));
  return there.filter((live) => !oursToDelete(live, applied.get(live.name) ?? null)).map(({ name }) => name);
}
