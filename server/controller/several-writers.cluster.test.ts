/** Others write one after the other, and what they wrote is seen as one: History says who wrote what. */
import { expect, it } from 'vitest';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { liveChangesSince, readLive } from '../db/live.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const { whole } = history(site);

/** By whom, and what the pool was then, of what is seen when somebody leads again. */
async function told(steps: number) {
  const { db } = site.api.database;
  const { sequence } = await readLive(db);
  await site.begin();
  await soon(async () => expect((await readLive(db)).sequence).toBe(sequence + steps));
  const moves = await liveChangesSince(db, sequence, 10);
  return moves.map(({ actor, cause, after }) => ({ actor, cause, after }));
}

it('two that changed a pool of ours', async () => {
  await site.made();
  await site.end();
  await site.edit('a', { natOutgoing: false }, 'alice');
  await site.edit('a', { disabled: true }, 'bob');
  const moves = await told(2);
  const one = { cause: null, after: { spec: { natOutgoing: false } } };
  const other = { cause: null, after: { spec: { natOutgoing: false, disabled: true } } };
  expect(moves).toHaveLength(2);
  // of the same second the server's order counts
  expect(moves.map(({ actor }) => actor).toSorted()).toEqual(['alice', 'bob']);
  const [first, second] = moves;
  expect(second).toMatchObject(other);
  expect(first).toMatchObject(
    first?.actor === 'alice' ? one : { after: { spec: { natOutgoing: true, disabled: true } } },
  );
  await site.stands('a', { state: 'OutOfSync', detail: { managers: ['alice', 'bob'] } });
  await whole();
});

it('one that made a pool and another that changed it', async () => {
  await site.begin();
  await soon(async () => expect(site.leading?.mirrored().pools).toBe(true));
  await site.end();
  await site.make('b', nat, 'maker');
  await site.edit('b', { disabled: true }, 'editor');
  const [made, edited] = await told(2);
  expect(made).toMatchObject({ actor: 'maker', after: { name: 'b', spec: nat } });
  expect(made?.after).not.toHaveProperty('spec.disabled');
  expect(edited).toMatchObject({ actor: 'editor', after: { spec: { ...nat, disabled: true } } });
});
