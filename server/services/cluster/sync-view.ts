/** How a pool stands in the cluster, as the API shows it. */
import { z } from 'zod';
import type { PoolField } from '../../../core/cluster/compare.ts';
import { syncPolicies, syncReasons, syncStates } from '../../../core/cluster/sync-state.ts';
import { newSync, type SyncRow } from '../../db/sync.ts';

export const syncViewSchema = z.object({
  state: z.enum(syncStates),
  reason: z.enum(syncReasons),
  policy: z.enum(syncPolicies),
  since: z.iso.datetime().nullable(),
  /** the cluster's own words, where it said some */
  message: z.string().nullable(),
  /** fields of the spec that differ, or that others hold */
  fields: z.array(z.string()),
  /** who holds them */
  managers: z.array(z.string()),
  /** fields that are let go: the cluster decides them, and what it says of them is what is shown */
  released: z.array(z.string()),
  /** the right that is missing: `patch ippools.projectcalico.org` */
  missing: z.string().nullable(),
});
export type SyncView = z.infer<typeof syncViewSchema>;

/**
 * No row: the controller has not come to it yet. Nor has it where the row says Synced and the decision is newer (`behind`):
 * nobody may lead, or the cluster be away, for as long as it takes.
 */
export function viewSync(
  row: SyncRow<unknown> | undefined,
  behind: boolean,
  released: readonly PoolField[] = [],
): SyncView {
  const { state, reason, detail } = row === undefined || (behind && row.state === 'Synced') ? newSync('') : row;
  const known = row?.state === state;
  return {
    state,
    reason: syncReasons.find((one) => one === reason) ?? 'WaitingForCluster',
    policy: row?.policy ?? 'ask',
    since: known ? row.since.toISOString() : null,
    message: detail.message ?? null,
    fields: [...(detail.fields ?? [])],
    managers: [...(detail.managers ?? [])],
    released: [...released],
    missing: detail.missing ?? null,
  };
}

/** Whether the pool was changed since its row was written. One that was never applied nor adopted has no version, and is not Synced. */
export const isBehind = (row: SyncRow | undefined, { sequence }: { readonly sequence: number }): boolean =>
  row !== undefined && row.applied !== null && row.applied.version < sequence;
