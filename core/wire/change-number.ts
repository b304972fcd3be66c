/**
 * Changes are numbered in two ledgers: ours from 1, what others changed in the cluster from FIRST_LIVE on. Ids in addresses and
 * answers are these numbers; people read `#12` and `#c12`.
 */

/** The first number of the cluster's ledger: those of ours never come near it. */
export const FIRST_LIVE = 2 ** 40;

/** What others changed in the cluster, or was written back there: decided elsewhere. */
export const isLive = (id: number): boolean => id >= FIRST_LIVE;

export const changeNumber = (id: number): string => (isLive(id) ? `#c${id - FIRST_LIVE}` : `#${id}`);
