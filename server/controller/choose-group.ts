/** In which group the cluster has its IPPools. */
import type { Connection } from '../kube/connection.ts';
import { presenceOf } from '../kube/discovery.ts';
import { list } from '../kube/list.ts';
import { type PoolGroup, poolGroups, poolsPath } from './cluster-pools.ts';

export interface Known {
  /** where the last known pools are from; null: none were ever read */
  readonly from: PoolGroup | null;
  /** that type was taken away since */
  readonly lost: boolean;
}

export interface Choice {
  readonly group: PoolGroup | null;
  /** why there is none, or not the better one; null: nothing to say */
  readonly why: string | null;
}

export interface ChooseGroupOptions {
  readonly connection: Connection;
  readonly known: Known;
  /** names of the last known pools */
  readonly names: () => Promise<readonly string[]>;
  readonly signal: AbortSignal;
}

/**
 * The first group that is served and believed. One that is new to us, or was gone, may be empty, or a copy that is only half
 * made, and says nothing about the pools there were. It is believed when none were known; when it has all of those that are
 * known and can still be read where they are from; when it has any, and they cannot. Rejects with a KubeError when the
 * server cannot say.
 */
export async function chooseGroup({ connection, known, names, signal }: ChooseGroupOptions): Promise<Choice> {
  let why: string | null = null;
  const served = async (group: PoolGroup): Promise<boolean> =>
    (await presenceOf(connection, poolsPath(group), signal)) === 'served';
  for (const group of poolGroups) {
    if (!(await served(group))) continue;
    if (known.from === group && !known.lost) return { group, why };
    const [there, wanted] = await Promise.all([namesIn(connection, group, signal), names()]);
    if (wanted.length === 0) return { group, why };
    const readable = known.from !== null && known.from !== group && !known.lost && (await served(known.from));
    const missing = wanted.filter((name) => !there.has(name));
    if (readable ? missing.length === 0 : there.size > 0) return { group, why };
    const lacks = there.size === 0 ? 'it is empty' : `it lacks '${missing[0]}'`;
    const must = readable ? `every pool of ${known.from}` : 'a pool';
    why ??= `${group} must have ${must} before it is believed; ${lacks}, and the last known pools stay in force`;
  }
  return { group: null, why: why ?? `the cluster must serve ippools in ${poolGroups.join(' or ')}; it serves neither` };
}

async function namesIn(connection: Connection, group: PoolGroup, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { items } = await list(connection, { path: poolsPath(group), keep: ({ metadata }) => metadata.name, signal });
  return new Set(items);
}
