/** Pools that others made become ours, as they are: nothing in the cluster changes but who is named as an owner. */
import { unreadableOf } from '../../../core/cluster/live-pool.ts';
import { prefixOfPool } from '../../../core/nat/counted-pools.ts';
import { formatPrefix } from '../../../core/net/prefix.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import { readLeaving } from '../../db/leaving.ts';
import { holdLive, readLivePools } from '../../db/live.ts';
import { newSync, type SyncRow, writeSync } from '../../db/sync.ts';
import type { Actor } from '../actor.ts';
import { AppError, type Issue } from '../app-error.ts';
import { mustChange } from '../changes/apply-change.ts';
import type { ChangeView } from '../changes/change-view.ts';
import type { Deps } from '../deps.ts';
import { requiredReason } from '../reason.ts';
import { clusterOf } from './cluster.ts';
import { standingOf } from './live-pools.ts';

/** Throws NO_CLUSTER, REASON_REQUIRED, INVALID_INPUT naming every pool that cannot be adopted: all or none. */
export async function adoptPools(
  deps: Deps,
  actor: Actor,
  input: { names: readonly string[]; reason?: string | undefined },
): Promise<{ change: ChangeView; revision: string }> {
  clusterOf(deps);
  const names = [...new Set(input.names)].sort();
  return mustChange(deps.db, {
    actor,
    reason: requiredReason(input.reason),
    names,
    cidrs: [],
    decide: async (current, tx) => {
      await holdLive(tx);
      const found = new Map((await readLivePools(tx, names)).map((live) => [live.name, live]));
      const leaving = await readLeaving(tx);
      const refused: Issue[] = [];
      const upsert: Pool[] = [];
      const rows: Omit<SyncRow, 'since'>[] = [];
      for (const name of names) {
        const live = found.get(name);
        const prefix = live?.pool == null ? undefined : prefixOfPool(live.pool);
        const unreadable = live === undefined ? null : unreadableOf(live);
        const deletion = leaving.get(name);
        const why =
          live === undefined
            ? 'the cluster has no pool of this name'
            : current.pools.has(name)
              ? 'it is ours already'
              : standingOf(live.ownership.class, false) === 'foreign'
                ? `it belongs to ${live.ownership.owner}: change it where it comes from`
                : unreadable !== null
                  ? `Calico cannot read it: ${unreadable.why}`
                  : live.deleting
                    ? 'it is being deleted in the cluster'
                    : deletion !== undefined
                      ? `change ${deletion.change} deleted it here; revert that to keep it`
                      : null;
        if (why !== null) refused.push({ field: `names.${name}`, message: `${name} cannot be adopted: ${why}` });
        else if (live?.pool != null && prefix !== undefined) {
          const spec = { ...live.pool.spec, cidr: formatPrefix(prefix) };
          upsert.push({ name, spec });
          rows.push({ ...newSync(name), applied: { uid: live.uid, version: current.desired.sequence + 1, spec } });
        }
      }
      if (refused.length > 0) {
        throw new AppError('INVALID_INPUT', refused.map(({ message }) => message).join('; '), { issues: refused });
      }
      await writeSync(tx, rows);
      // as found: what the cluster has may break rules already
      return [{ action: 'pool.adopt', upsert, asFound: true }];
    },
  });
}
