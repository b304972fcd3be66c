/** What becomes of an object of the cluster that others hold too, or alone, when its pool is deleted here. Pure. */
import type { OnDelete } from '../../../core/cluster/ours-to-delete.ts';
import { listed } from '../sync/sync-words.ts';

/** As many as a line holds. */
const NAMED = 5;

export function deletionWords({
  becomes,
  managers,
}: {
  readonly becomes: OnDelete;
  readonly managers: readonly string[];
}): string {
  const many = managers.length > 1;
  const who = listed(
    managers.length > NAMED ? [...managers.slice(0, NAMED - 1), `${managers.length - NAMED + 1} more`] : managers,
  );
  if (becomes === 'deleted') return `${who} ${many ? 'hold' : 'holds'} fields of it too: the object goes with ours.`;
  if (managers.length === 0) {
    const how = becomes === 'disowned' ? ', and only our name goes from it' : ' as it is';
    return `The cluster has another object under this name: it stays there${how}.`;
  }
  if (becomes === 'disowned')
    return `${who} ${many ? 'have it as their' : 'has it as its'} own too: it stays in the cluster, and only our name goes from it.`;
  return `What the cluster has under this name is decided by ${who}: it stays there as it is.`;
}
