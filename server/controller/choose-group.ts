/** In which group the cluster has its IPPools. */
import type { Connection } from '../kube/connection.ts';
import { presenceOf } from '../kube/discovery.ts';
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
  /** how many pools are last known */
  readonly pools: () => Promise<number>;
  readonly signal: AbortSignal;
}

/**
 * The first group that is served. One that is new to us, or was gone, is believed only when it has pools or we knew of none:
 * a type that has just been made, or made anew, is empty, and that says nothing about the pools there were. Rejects with a
 * KubeError when the server cannot say.
 */
export async function chooseGroup({ connection, known, pools, signal }: ChooseGroupOptions): Promise<Choice> {
  let why: string | null = null;
  for (const group of poolGroups) {
    const path = poolsPath(group);
    if ((await presenceOf(connection, path, signal)) !== 'served') continue;
    const trusted = known.from === group && !known.lost;
    if (trusted || (await hasAny(connection, path, signal)) || (await pools()) === 0) return { group, why };
    why ??= `${group} must have a pool before it is believed; it is empty, and the last known pools stay in force`;
  }
  return { group: null, why: why ?? `the cluster must serve ippools in ${poolGroups.join(' or ')}; it serves neither` };
}

async function hasAny(connection: Connection, path: string, signal: AbortSignal): Promise<boolean> {
  const { body } = await connection.call({ method: 'GET', path: `${path}?limit=1`, signal });
  const { items } = body as { items?: unknown };
  return Array.isArray(items) && items.length > 0;
}
