import { expect, it } from 'vitest';
import { stand } from '../fixtures/stand.ts';
import { type Going, waysIfGoing, whyIfGoing } from './going-words.ts';
import { type FieldRow, type Stand, waysOf, whyOf } from './sync-words.ts';

const there: Going = { here: false, deleting: true, finalizers: ['example.com/wait'] };
const here: Going = { ...there, here: true };
const row = { field: 'cidr', desired: '10.2.0.0/16', live: '10.1.0.0/16', applied: null, differs: true, managers: [] };
const rows: FieldRow[] = [{ ...row, released: false, releaseRefused: null }];
const why = (sync: Stand, going: Going) => whyIfGoing(whyOf(sync), sync, going);
const ways = (sync: Stand, going: Going) =>
  Object.fromEntries(
    waysIfGoing(waysOf({ name: 'a', sync, owner: 'outgate', source: '', rows }), 'a', sync, going).map((way) => [
      way.choice,
      way,
    ]),
  );

it('what others delete: until when nodes follow it, what holds it, and what comes then', () => {
  const said = 'It is being deleted in the cluster, by whom is not told; until it is gone nodes follow it.';
  expect(why(stand('BeingDeleted'), there)).toBe(
    `${said} It is held there by the finalizer example.com/wait. Then ours can be made again.`,
  );
  expect(why(stand('BeingDeleted', { policy: 'enforce' }), { ...there, finalizers: [] })).toBe(
    `${said} When it is gone it is made again by itself: the policy is enforce.`,
  );
  const crowd = Array.from({ length: 100 }, (_, i) => `a/${i}`);
  expect(why(stand('BeingDeleted'), { ...there, finalizers: crowd })).toContain(
    'the finalizers a/0, a/1, a/2, a/3, a/4, a/5, a/6, a/7 and 92 more.',
  );
  expect(why(stand('NotAdopted'), there)).toBe(
    'The cluster has a pool of this name that is not ours. It is being deleted there. It is held there by the finalizer example.com/wait.',
  );
});

it('what others delete is deleted here too, or made again once it is gone', () => {
  const { theirs, ours, release } = ways(stand('BeingDeleted'), there);
  expect(theirs).toMatchObject({
    verb: 'Take theirs: delete it here',
    effects: ['a is deleted here, as it is there.', expect.stringMatching(/^Nodes follow it until it is gone/)],
    refused: null,
  });
  expect(ours?.refused).toMatch(/Once it is gone there, ours can be made again/);
  expect(release).toMatchObject({ refused: null, effects: [expect.any(String), expect.stringMatching(/^It goes/)] });
  expect(ways(stand('BeingDeleted', { policy: 'enforce' }), there)['ours']?.refused).toMatch(/made again by itself/);
  for (const reason of ['NotAdopted', 'PoolMadeAgain', 'OwnedElsewhere'] as const) {
    const others = ways(stand(reason), there);
    expect([others['theirs']?.refused, others['ours']?.refused]).toEqual(Array(2).fill(expect.stringMatching(/wait/)));
  }
});

it('what was deleted here goes before ours is made, and until then no choice keeps it or forces it', () => {
  const waits = stand('WaitingForCluster', { state: 'Pending' });
  expect(why(waits, here)).toBe(
    'The object that is there was deleted here and goes first: nodes follow it until it is gone, and then the one that is desired is made. It is held there by the finalizer example.com/wait.',
  );
  const { theirs, ours, release } = ways(waits, here);
  expect(theirs?.refused).toMatch(/cannot be kept\. Ours is made by itself/);
  expect(ours?.refused).toMatch(/goes first/);
  expect(release?.effects[1]).toMatch(/^It goes in the cluster all the same/);
});

it('what was deleted here and the cluster keeps can be taken', () => {
  const refused = stand('DeletionRefused', { state: 'Rejected' });
  const kept = { here: true, deleting: false, finalizers: [] };
  expect(why(refused, kept)).toBe(whyOf(refused));
  const { theirs, ours } = ways(refused, kept);
  expect(theirs).toMatchObject({
    refused: null,
    effects: { 0: expect.stringMatching(/its deletion here is taken back/) },
  });
  expect(ours?.refused).toMatch(/no force deletes it/);
  const right = stand('RightMissing', { state: 'Forbidden', missing: 'delete ippools.projectcalico.org' });
  expect(why(right, kept)).toMatch(/the right to delete .* goes first/);
  expect(ways(right, kept).ours?.refused).toMatch(/goes first, and no force is needed/);
});
