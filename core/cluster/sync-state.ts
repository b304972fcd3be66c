/** The closed lists of what a pool's stand in the cluster is called, and that of a FelixConfiguration's NAT settings. */

/** `ask`: a change in the cluster is shown and stays until somebody decides. `enforce`: it is written over. */
export const syncPolicies = ['ask', 'enforce'] as const;
export type SyncPolicy = (typeof syncPolicies)[number];

/** `Pending`: not tried yet, or the cluster does not answer. */
export const syncStates = ['Synced', 'Pending', 'OutOfSync', 'Contested', 'Rejected', 'Forbidden'] as const;
export type SyncState = (typeof syncStates)[number];

export const syncReasons = [
  'AsDesired',
  'WaitingForCluster',
  'FieldChangedInCluster',
  'BeingDeleted',
  'PoolDeletedInCluster',
  'PoolMadeAgain',
  'SettingsDeletedInCluster',
  'NotAdopted',
  'OwnedElsewhere',
  'Unreadable',
  'FieldOwnedByOther',
  'WrittenOverAgain',
  'RefusedByCluster',
  'DeletionRefused',
  'RightMissing',
] as const;
export type SyncReason = (typeof syncReasons)[number];

/** Changes about how something stands in the cluster: they are decided anew, never reverted. */
export const standingActions: readonly string[] = [
  'pool.adopt',
  'pool.release',
  'pool.release-field',
  'pool.decide-field',
  'pool.force',
  'pool.policy',
  'pool.enforce',
  'settings.force',
  'cluster.change',
  'cluster.follow',
];
