/**
 * Calico's IPAM blocks, read when somebody asks and not held: a large cluster has tens of thousands of them, and only who
 * deletes a pool wants to know. Both groups may serve them: crd.projectcalico.org wherever Calico's own API server serves
 * the pools (it does not pass blocks on), projectcalico.org where the types are there natively.
 */
import { type UsedAddress, usedAddresses } from '../../core/cluster/ipam-block.ts';
import type { Prefix } from '../../core/net/prefix.ts';
import type { Connection } from './connection.ts';
import { presenceOf } from './discovery.ts';
import { failure, KubeError } from './kube-error.ts';
import { pages } from './list.ts';

export interface BlocksRead {
  readonly addresses: readonly UsedAddress[];
  /** false: there are more blocks, or more addresses, than are read for one answer */
  readonly complete: boolean;
}

const PATHS = ['/apis/projectcalico.org/v3/ipamblocks', '/apis/crd.projectcalico.org/v1/ipamblocks'] as const;
/** of 500 blocks; some 3 MB each */
const MOST_PAGES = 40;
const LONGEST_MS = 20_000;
/** more than any cluster has pods; some 50 MB */
const MOST_ADDRESSES = 200_000;

/** Rejects with a KubeError: `no-such-type` where no group serves them, `forbidden` where we may not list them. */
export async function readBlocks(connection: Connection, range: Prefix): Promise<BlocksRead> {
  // a list that is refused does not say whether the type is there; discovery does, and needs no right
  for (const path of PATHS) {
    if ((await presenceOf(connection, path)) === 'served') return readFrom(connection, path, range);
  }
  const message = 'the cluster must serve ipamblocks, where Calico keeps the addresses in use; it does not';
  throw new KubeError('GET ipamblocks', failure('no-such-type', message));
}

async function readFrom(connection: Connection, path: string, range: Prefix): Promise<BlocksRead> {
  const signal = AbortSignal.timeout(LONGEST_MS);
  const addresses: UsedAddress[] = [];
  let read = 0;
  try {
    for await (const { objects } of pages(connection, { path, signal })) {
      if (read++ === MOST_PAGES) return { addresses, complete: false };
      for (const object of objects) {
        for (const one of usedAddresses(object, range) ?? []) addresses.push(one);
        if (addresses.length > MOST_ADDRESSES) return { addresses, complete: false };
      }
    }
    return { addresses, complete: true };
  } catch (error) {
    if (signal.aborted && read > 0) return { addresses, complete: false };
    throw error instanceof KubeError || !signal.aborted ? error : tooSlow(path);
  }
}

const tooSlow = (path: string): KubeError =>
  new KubeError(`GET ${path}`, failure('unreachable', `the list must come within ${LONGEST_MS / 1000} s`));
