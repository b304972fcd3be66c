/** Of what was deleted here and is in the cluster still: why. Pure. */
import { listed } from './sync/sync-words.ts';

export interface Refused {
  /** the cluster's own words */
  message: string;
  /** the right that is missing */
  missing: string | null;
}

/** `finalizers`: what holds it there while the cluster deletes it, as far as that is known. */
export function deletionWaits(refused: Refused | null, finalizers: readonly string[] = []): string {
  if (refused === null && finalizers.length > 0)
    return `The deletion waits there for the ${finalizers.length === 1 ? 'finalizer' : 'finalizers'} ${listed(finalizers)}.`;
  if (refused === null) return 'The deletion waits for the cluster.';
  if (refused.missing === null) return 'The cluster refuses the deletion. It is tried again.';
  return `The deletion waits: our account must have the right to ${refused.missing}. It is tried again.`;
}
