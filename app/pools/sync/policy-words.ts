/** What a pool's policy means, and what choosing the other one does now. Pure. */
import type { SyncPolicy, SyncReason } from '../../../core/cluster/sync-state.ts';

export const policyWords: Record<SyncPolicy, string> = {
  ask: 'A change in the cluster is shown and stays until somebody decides.',
  enforce: 'A change in the cluster is written over; after three times in ten minutes we stop.',
};

/** What no policy writes over, and what comes first. */
const notYet: Partial<Record<SyncReason, string>> = {
  NotAdopted: 'Nothing is written over now: the pool in the cluster is not ours. It takes effect once theirs is taken.',
  BeingDeleted:
    'Nothing is written to it now: it is being deleted in the cluster. When it is gone there, it is made again by itself.',
  PoolMadeAgain:
    'Nothing is written over now: the pool was made again in the cluster. It takes effect once that is decided about.',
  OwnedElsewhere: 'Nothing is written over while others own the pool.',
  RefusedByCluster: 'Nothing is written over while the cluster refuses the pool as it is desired.',
  DeletionRefused: 'Nothing is written over: the object there goes first, and the cluster refuses to delete it.',
  RightMissing: 'Nothing is written over while we lack the right to write there.',
  Unreadable: 'Nothing is written over now. It takes effect once the pool can be read in the cluster.',
};

export interface Stands {
  readonly reason: SyncReason;
  /** of what is as desired: who else owns it */
  readonly managers: readonly string[];
  /** the object that is there was deleted here, and ours is made when it is gone */
  readonly goesFirst: boolean;
}

export const policyEffects = (next: SyncPolicy, { reason, managers, goesFirst }: Stands): string[] => [
  policyWords[next],
  next === 'ask'
    ? 'What differs now stays as it is.'
    : ((goesFirst && reason === 'WaitingForCluster'
        ? 'Nothing is written over now: the object there was deleted here and goes first, and ours is made when it is gone.'
        : null) ??
      notYet[reason === 'AsDesired' && managers.length > 0 ? 'OwnedElsewhere' : reason] ??
      'Where the cluster differs now, it is written over now, and fields are taken from who holds them.'),
];
