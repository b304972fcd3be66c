/** What is said of a pool of ours that was never made in the cluster: nobody deleted it there, and nothing is to be taken. Pure. */
import type { Stand, Way } from './sync-words.ts';

export const NOT_MADE = 'It is not made in the cluster yet, so no node knows it.';

/** It comes by itself; only what the cluster refuses is worth another try before that. */
export function waysIfNotMade(name: string, { reason, missing }: Pick<Stand, 'reason' | 'missing'>): Way[] {
  return [
    {
      choice: 'ours',
      verb: 'Try again now',
      effects: [
        `The cluster is asked first: where it still refuses ${name}, its words are shown and nothing is decided.`,
        `Else ${name} is made there as it is desired, and every node follows.`,
      ],
      refused:
        reason === 'RefusedByCluster'
          ? null
          : reason === 'RightMissing'
            ? `It is made by itself, within seconds, once our account has the right to ${missing ?? 'write it'}.`
            : 'It is made by itself as soon as a server of ours reaches the cluster.',
    },
  ];
}
