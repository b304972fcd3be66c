/** Of what was deleted here and is in the cluster still: why. Pure. */
export interface Refused {
  /** the cluster's own words */
  message: string;
  /** the right that is missing */
  missing: string | null;
}

export function deletionWaits(refused: Refused | null): string {
  if (refused === null) return 'The deletion waits for the cluster.';
  if (refused.missing === null) return 'The cluster refuses the deletion. It is tried again.';
  return `The deletion waits: our account must have the right to ${refused.missing}. It is tried again.`;
}
