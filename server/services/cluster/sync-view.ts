/** How a pool stands in the cluster, as the API shows it. */
import { z } from 'zod';
import { syncPolicies, syncReasons, syncStates } from '../../../core/cluster/sync-state.ts';
import type { SyncRow } from '../../db/sync.ts';

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
  /** the right that is missing: `patch ippools.projectcalico.org` */
  missing: z.string().nullable(),
});
export type SyncView = z.infer<typeof syncViewSchema>;

/** No row: the controller has not come to it yet. */
export function viewSync(row: Omit<SyncRow<unknown>, 'applied'> | undefined): SyncView {
  const { message, fields, managers, missing } = row?.detail ?? {};
  return {
    state: row?.state ?? 'Pending',
    reason: (syncReasons as readonly string[]).includes(row?.reason ?? '')
      ? (row?.reason as SyncView['reason'])
      : 'WaitingForCluster',
    policy: row?.policy ?? 'ask',
    since: row?.since.toISOString() ?? null,
    message: message ?? null,
    fields: [...(fields ?? [])],
    managers: [...(managers ?? [])],
    missing: missing ?? null,
  };
}
