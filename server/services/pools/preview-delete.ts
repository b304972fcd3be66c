import type { LivePool } from '../../../core/cluster/live-pool.ts';
import { OUR_MANAGER, ourClaim } from '../../../core/cluster/managed-fields.ts';
import { type OnDelete, onDelete, wholeAppliers } from '../../../core/cluster/ours-to-delete.ts';
import { ownerElsewhere } from '../../../core/cluster/ownership.ts';
import { natDifference, type Region } from '../../../core/nat/difference.ts';
import { type NatSettings, settingsFor } from '../../../core/nat/settings.ts';
import { makeDecider } from '../../../core/nat/simulate.ts';
import { readLivePools } from '../../db/live.ts';
import { appliedSince, readSync } from '../../db/sync.ts';
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
  /** what becomes of those that the cluster has, where others hold fields there or own it, or finalizers hold it; in the order of names */
  readonly inCluster: InCluster[];
}

interface InCluster {
  readonly name: string;
  readonly becomes: OnDelete;
  /** who holds fields of what goes, or for whom the rest stays */
  readonly managers: string[];
  /** what holds one there that is deleted, until they are gone; as far as that is known */
  readonly finalizers: string[];
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
  const inCluster = deps.cluster === null ? [] : await standingsThere(deps, names);
  for (const { name, becomes } of inCluster) if (becomes !== 'deleted') gone.delete(name);
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
  return { revision: state.revision, equal, changes, onNodes, inCluster };
}

async function standingsThere({ db }: Deps, names: readonly string[]): Promise<InCluster[]> {
  const [there, rows] = await Promise.all([readLivePools(db, names), readSync(db, names)]);
  // as it will be: what was applied before a deletion here says nothing once the pool is deleted again
  const applied = new Map(rows.map((row) => [row.name, appliedSince(row)]));
  return there
    .map((live) => {
      // what others delete goes, whoever has it
      const becomes = live.deleting ? 'deleted' : onDelete(live, applied.get(live.name) ?? null);
      return becomes === 'deleted'
        ? { name: live.name, becomes, managers: holdersBeside(live), finalizers: [...(live.finalizers ?? [])] }
        : { name: live.name, becomes, managers: keepersOf(live), finalizers: [] };
    })
    .filter(({ becomes, managers, finalizers }) => becomes !== 'deleted' || managers.length + finalizers.length > 0);
}

const holdersBeside = ({ claims }: LivePool): string[] => {
  const ours = ourClaim(claims);
  const others = claims.filter((claim) => claim !== ours && claim.fields.length > 0);
  return [...new Set(others.map(({ manager }) => manager))].sort();
};

function keepersOf(live: LivePool): string[] {
  const elsewhere = ownerElsewhere(live.ownership);
  if (elsewhere !== null) return [elsewhere];
  const appliers = wholeAppliers(live);
  if (appliers.length > 0) return appliers.sort();
  // another object under our name: nobody else is known
  return live.ownership.owner === OUR_MANAGER ? [] : [live.ownership.owner];
}
