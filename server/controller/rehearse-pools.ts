/** What a cluster would refuse of pools, asked by dry runs: it has rules beside ours (an older type, admission policies). */
import { applyBody } from '../../core/cluster/compare.ts';
import { decideSync } from '../../core/cluster/decide-sync.ts';
import type { Pool } from '../../core/pool/spec.ts';
import { readAtHand } from '../db/at-hand.ts';
import type { Database } from '../db/client.ts';
import { readWatch } from '../db/live-watch.ts';
import type { Connection } from '../kube/connection.ts';
import { type Cause, KubeError } from '../kube/kube-error.ts';
import { clusterPools, poolGroups } from './cluster-pools.ts';
import { refusedBy } from './refused-by.ts';
import { syncInputOf } from './sync-input.ts';

/** Of each: whoever asks is typing, or is about to say yes. A cluster that takes longer is as one that is away. */
const WAIT_MS = 2_000;
/** Fewer than a connection sends at a time: what waits there to be sent would be taken for one that is not answered. */
const AT_ONCE = 32;

/**
 * By name those that it would refuse. By force, which here takes nothing: otherwise who holds a field would hide what is wrong
 * with it (a server-side apply finds conflicts before it validates). An answer that does not come is no refusal, and the first
 * one that does not come ends it: of the others nothing better is to be expected.
 */
export async function rehearsePools(
  connection: Connection,
  db: Database,
  pools: readonly Pool[],
): Promise<ReadonlyMap<string, readonly Cause[]>> {
  const names = pools.map(({ name }) => name);
  const [{ watch }, found] = await Promise.all([readWatch(db), readAtHand(db, names)]);
  const group = poolGroups.find((one) => one === watch?.group);
  const refused = new Map<string, readonly Cause[]>();
  if (group === undefined || watch?.phase !== 'live') return refused;
  const { apply } = clusterPools(connection, group);
  const queue = pools.values();
  let silent = false;
  const askOn = async (): Promise<void> => {
    for (const { name, spec } of queue) {
      if (silent) return;
      const { row, live: there, released = [] } = found.get(name) ?? {};
      // an object that goes first is asked nothing: no other of its name can be tried while it is there
      const next = decideSync(syncInputOf({ name, spec, sequence: 0 }, { row, live: there, released }));
      if (next.do === 'replace') continue;
      try {
        await apply({
          name,
          spec: applyBody(spec, there?.pool?.spec ?? null),
          uid: there?.uid ?? null,
          resourceVersion: null,
          force: true,
          dryRun: true,
          signal: AbortSignal.timeout(WAIT_MS),
        });
      } catch (error) {
        const causes = error instanceof KubeError ? causesOf(error) : null;
        if (causes === null) silent = true;
        else if (causes.length > 0) refused.set(name, causes);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  return refused;
}

/** Null: it did not answer. */
function causesOf(error: KubeError): readonly Cause[] | null {
  if (error.kind === 'unreachable') return null;
  if (refusedBy(error).state !== 'Rejected') return [];
  const { causes, message } = error.failure;
  return causes.length === 0 ? [{ field: 'spec', message }] : causes;
}
