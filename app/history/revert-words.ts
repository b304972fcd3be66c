/** Why a change cannot be taken back here. Pure. */
import { standingActions } from '../../core/cluster/sync-state.ts';
import { isLive } from '../../core/wire/change-number.ts';

/** Undefined: it can, as far as its kind goes. */
export function revertRefused({
  id,
  action,
  reason,
}: {
  id: number;
  action: string;
  reason: string | null;
}): string | undefined {
  if (action === 'hosts.update') {
    const whose = isLive(id) ? 'what the cluster’s Node objects say' : 'what the nodes report';
    const instead =
      reason === null ? '' : ' They count because a setting asks for them: that is what can be taken back.';
    return `Node addresses are ${whose}; they cannot be taken back.${instead}`;
  }
  if (isLive(id) && action === 'settings.update')
    return 'It was made in the cluster, and is taken back there; what is decided here is decided in Settings.';
  if (isLive(id) && action === 'cluster.change')
    return 'It was made in the cluster, and is taken back there; of a pool that is ours you decide at the pool.';
  return isLive(id) || standingActions.includes(action)
    ? 'It is about how something stands in the cluster: decide that anew, at the pool or in Settings.'
    : undefined;
}
