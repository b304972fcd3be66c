/** What a cluster would refuse of a pool, asked by a dry run: it has rules beside ours (an older type, admission policies). */
import { applyBody } from '../../core/cluster/compare.ts';
import type { Pool } from '../../core/pool/spec.ts';
import type { Database } from '../db/client.ts';
import { readLivePools } from '../db/live.ts';
import { readWatch } from '../db/live-watch.ts';
import type { Connection } from '../kube/connection.ts';
import { type Cause, KubeError } from '../kube/kube-error.ts';
import { clusterPools, poolGroups } from './cluster-pools.ts';
import { refusedBy } from './refused-by.ts';

/** Whoever asks is typing, or is about to say yes: a cluster that takes longer is as one that is away. */
const WAIT_MS = 2_000;

/**
 * By force, which here takes nothing: otherwise who holds a field would hide what is wrong with it
 * (a server-side apply finds conflicts before it validates). Empty also when the cluster does not answer.
 */
export async function rehearsePool(connection: Connection, db: Database, pool: Pool): Promise<readonly Cause[]> {
  const [{ watch }, [live]] = await Promise.all([readWatch(db), readLivePools(db, [pool.name])]);
  const group = poolGroups.find((one) => one === watch?.group);
  if (group === undefined || watch?.phase !== 'live') return [];
  try {
    await clusterPools(connection, group).apply({
      name: pool.name,
      spec: applyBody(pool.spec, live?.pool?.spec ?? null),
      uid: live?.uid ?? null,
      resourceVersion: null,
      force: true,
      dryRun: true,
      signal: AbortSignal.timeout(WAIT_MS),
    });
    return [];
  } catch (error) {
    if (!(error instanceof KubeError) || refusedBy(error).state !== 'Rejected') return [];
    const { causes, message } = error.failure;
    return causes.length === 0 ? [{ field: 'spec', message }] : causes;
  }
}
