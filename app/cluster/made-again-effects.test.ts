import { expect, it } from 'vitest';
import { differsText, madeAgainEffects, madeAgainTitle, NOTHING_LEFT, selectedWords } from './made-again-effects.ts';

const nat = { field: 'natOutgoing', desired: true, live: false, managers: ['velero'] };
const off = { field: 'disabled', desired: false, live: true, managers: [] };
const pool = (name: string, ...differing: (typeof nat | typeof off)[]) => ({ name, differing });

it('theirs: what is desired of each becomes what is there, and nodes go on', () => {
  expect(madeAgainEffects('theirs', [pool('a', nat), pool('b'), pool('c', nat, off)])).toEqual([
    'What is desired becomes what the cluster has, of 2 pools: a (natOutgoing true → false); c (natOutgoing true → false, disabled false → true).',
    'The cluster has the other pool as it is desired.',
    'Nodes go on as they do now.',
    'All 3 are decided or none, each by a change of its own in History.',
  ]);
});

it('ours: what is written over, whose fields are taken, and that the cluster is asked first', () => {
  expect(madeAgainEffects('ours', [pool('a', nat), pool('c', nat, off)])).toEqual([
    'The cluster is written over with what is desired, of 2 pools: a (natOutgoing false → true); c (natOutgoing false → true, disabled true → false).',
    'Taken: natOutgoing of 2 pools from velero.',
    'Every node follows.',
    'The cluster is asked first: where it refuses one of them, nothing is decided. Where it does not answer, it is decided all the same.',
    'All 2 are decided or none, each by a change of its own in History.',
  ]);
});

it('of pools that are there as they are desired nothing changes but that they are ours again', () => {
  const same = ['The cluster has the pool as it is desired: it is only ours again.', 'Nodes go on as they do now.'];
  expect(madeAgainEffects('theirs', [pool('a')])).toEqual(same);
  expect(madeAgainEffects('ours', [pool('a')]).slice(0, 2)).toEqual(same);
  expect(madeAgainEffects('ours', [pool('a'), pool('b')])[0]).toBe(
    'The cluster has the 2 pools as they are desired: they are only ours again.',
  );
});

it('names a few of many', () => {
  const many = Array.from({ length: 276 }, (_, index) => pool(`p${index}`, nat));
  expect(madeAgainEffects('theirs', many)[0]).toMatch(
    /of 276 pools: p0 \(.*; p7 \(natOutgoing true → false\); and 268 more\.$/,
  );
});

it('what differs of one, and who holds it', () => {
  expect(differsText([nat, off])).toBe('natOutgoing true → false, held by velero; disabled false → true');
  expect(differsText([])).toBe('nothing: as it is desired');
});

it('where all were decided about meanwhile nothing is left, and nothing else is said', () => {
  expect(madeAgainEffects('theirs', [])).toEqual([NOTHING_LEFT]);
  expect(madeAgainTitle('Take theirs', [])).toBe('Take theirs');
  expect(madeAgainTitle('Take theirs', ['a'])).toBe('Take theirs: a');
  expect(madeAgainTitle('Take theirs', ['a', 'b'])).toBe('Take theirs: 2 pools');
});

it('what is selected: why not all of them where there are more', () => {
  const told = { open: 499, atOnce: 500, total: 560 };
  expect(selectedWords(0, told)).toBe('Nodes follow them as they are there.');
  expect(selectedWords(12, told)).toBe('12 selected');
  expect(selectedWords(499, told)).toBe('499 selected: 500 at once; the other 60 stay until these are decided');
  expect(selectedWords(500, { open: 500, atOnce: 500, total: 501 })).toBe(
    '500 selected: 500 at once; the other 1 stays until these are decided',
  );
  expect(selectedWords(3, { open: 3, atOnce: 3, total: 3 })).toBe('3 selected');
});
