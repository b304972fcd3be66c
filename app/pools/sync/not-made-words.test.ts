import { expect, it } from 'vitest';
import { NOT_MADE, waysIfNotMade } from './not-made-words.ts';

const ways = (reason: 'WaitingForCluster' | 'RightMissing' | 'RefusedByCluster') =>
  waysIfNotMade('public', { reason, missing: 'create ippools.projectcalico.org' });

it('of what was never made nothing is deleted, made again or taken: it waits, and for what is said', () => {
  for (const reason of ['WaitingForCluster', 'RightMissing', 'RefusedByCluster'] as const) {
    const said = ways(reason).flatMap(({ verb, effects, refused }) => [verb, ...effects, refused]);
    expect([NOT_MADE, ...said].join(' ')).not.toMatch(/made again|make it again|theirs|deleted/i);
  }
  expect(ways('WaitingForCluster')).toMatchObject([
    { refused: 'It is made by itself as soon as a server of ours reaches the cluster.' },
  ]);
  expect(ways('RightMissing')).toMatchObject([
    {
      refused:
        'It is made by itself, within seconds, once our account has the right to create ippools.projectcalico.org.',
    },
  ]);
});

it('what the cluster refuses can be tried at once', () => {
  expect(ways('RefusedByCluster')).toEqual([
    {
      choice: 'ours',
      verb: 'Try again now',
      effects: [
        'The cluster is asked first: where it still refuses public, its words are shown and nothing is decided.',
        'Else public is made there as it is desired, and every node follows.',
      ],
      refused: null,
    },
  ]);
});
