/** In which group the cluster has its IPPools. */
import { type Lacks, lacksOf, lacksText } from '../../core/cluster/come-back.ts';
import type { Connection } from '../kube/connection.ts';
import { presenceOf } from '../kube/discovery.ts';
import { type PoolGroup, poolGroups, poolsPath } from './cluster-pools.ts';
import { namesIn } from './names-in.ts';

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
  /** what came back and lacks something: not believed, or because somebody decided so */
  readonly back: { readonly group: PoolGroup; readonly pools: Lacks } | null;
}

export interface ChooseGroupOptions {
  readonly connection: Connection;
  readonly known: Known;
  /** names of the last known pools */
  readonly names: () => Promise<readonly string[]>;
  /** pools that somebody decided to do without there */
  readonly accepted: (group: PoolGroup) => readonly string[];
  readonly signal: AbortSignal;
}

/**
 * The first group that is served and believed. One that is new to us, or was gone, may be empty, or a copy or a backup that is
 * only half there, and says nothing about the pools there were. It is believed when it has all that are known; where those
 * cannot be read any more, also without the ones that somebody decided to do without. Rejects with a KubeError when the server
 * cannot say.
 */
export async function chooseGroup({ connection, known, names, accepted, signal }: ChooseGroupOptions): Promise<Choice> {
  let why: string | null = null;
  let back: Choice['back'] = null;
  const served = async (group: PoolGroup): Promise<boolean> =>
    (await presenceOf(connection, poolsPath(group), signal)) === 'served';
  for (const group of poolGroups) {
    if (!(await served(group))) continue;
    if (known.from === group && !known.lost) return { group, why, back: null };
    const [there, wanted] = await Promise.all([namesIn(connection, poolsPath(group), signal), names()]);
    const readable = known.from !== null && known.from !== group && !known.lost && (await served(known.from));
    const pools = lacksOf(wanted, there);
    if (pools.missing.length === 0) return { group, why, back: null };
    const without = new Set(readable ? [] : accepted(group));
    if (pools.missing.every((name) => without.has(name))) return { group, why: null, back: { group, pools } };
    if (readable) {
      why ??= `${group} must have every pool of ${known.from} before it is believed; it lacks ${lacksText(pools, 'pools')}, and ${STAY}`;
    } else if (back === null || pools.missing.length < back.pools.missing.length) {
      back = { group, pools };
      why = `${group} is back, and lacks ${lacksText(pools, 'pools')}; ${STAY} until it has them, or somebody decides`;
    }
  }
  return {
    group: null,
    why: why ?? `the cluster must serve ippools in ${poolGroups.join(' or ')}; it serves neither`,
    back,
  };
}

const STAY = 'the last known pools stay in force';
