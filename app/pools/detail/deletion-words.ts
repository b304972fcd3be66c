/** What becomes of an object of the cluster that others hold too, or alone, when its pool is deleted here. Pure. */
import type { OnDelete } from '../../../core/cluster/ours-to-delete.ts';
import { listed } from '../sync/sync-words.ts';

/** As many as a line holds. */
const NAMED = 5;

export function deletionWords({
  becomes,
  managers,
  finalizers,
}: {
  readonly becomes: OnDelete;
  readonly managers: readonly string[];
  /** what holds one that is deleted, until they are gone */
  readonly finalizers: readonly string[];
}): string {
  const many = managers.length > 1;
  const who = fewOf(managers);
  if (becomes === 'deleted') {
    const goes = `${who} ${many ? 'hold' : 'holds'} fields of it too: the object goes with ours.`;
    return [...(managers.length === 0 ? [] : [goes]), ...heldWords(finalizers)].join(' ');
  }
  if (managers.length === 0) {
    const how = becomes === 'disowned' ? ', and only our name goes from it' : ' as it is';
    return `The cluster has another object under this name: it stays there${how}.`;
  }
  if (becomes === 'disowned')
    return `${who} ${many ? 'have it as their' : 'has it as its'} own too: it stays in the cluster, and only our name goes from it.`;
  return `What the cluster has under this name is decided by ${who}: it stays there as it is.`;
}

const heldWords = (finalizers: readonly string[]): string[] =>
  finalizers.length === 0
    ? []
    : finalizers.length === 1
      ? [`The finalizer ${fewOf(finalizers)} holds the object in the cluster: nodes follow it until that is gone.`]
      : [`The finalizers ${fewOf(finalizers)} hold the object in the cluster: nodes follow it until they are gone.`];

const fewOf = (names: readonly string[]): string =>
  listed(names.length > NAMED ? [...names.slice(0, NAMED - 1), `${names.length - NAMED + 1} more`] : names);
