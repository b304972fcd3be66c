/** A pool whose save is under way where the leader is: what is handed over with it goes to the cluster, and not what its notice says. */
import { expect, it } from 'vitest';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { type PoolAtHand, readAtHand } from '../db/at-hand.ts';

const site = ledTerms();

/** The leader has the notice of a pool `a` that is being saved, for all it knows. */
async function toldWhileSaving() {
  const leading = await site.begin();
  const editor = site.api.caller('editor');
  await editor.pools.create({ name: 'before', spec: { cidr: '10.2.0.0/16' } });
  // it is through with its first look at all of them
  await site.stands('before', { state: 'Synced', reason: 'AsDesired' });
  const saving = Promise.withResolvers<{ change: { id: number }; behind: PoolAtHand | null }>();
  const takenUp = leading.takeUp('a', saving.promise);
  const told = Promise.withResolvers<void>();
  const end = site.hub.subscribe((signal) => {
    if (signal.kind === 'change' && signal.pool === 'a') told.resolve();
  });
  const { change } = await editor.pools.create({ name: 'a', spec: nat });
  await told.promise;
  end();
  const hand = (await readAtHand(site.api.database.db, ['a'])).get('a');
  if (hand === undefined) throw new Error('nothing was read');
  return { change, hand, saving, takenUp };
}

it('the leader sends what it is handed, and looks for itself after that', async () => {
  const { change, hand, saving, takenUp } = await toldWhileSaving();
  const handed = { name: 'a', sequence: change.id, spec: { ...nat, natOutgoing: false } };
  saving.resolve({ change, behind: { ...hand, pool: handed } });
  await takenUp;
  expect(await site.stored('a')).toMatchObject({ spec: { natOutgoing: false } });
});

it('a save of which no answer came is taken from its notice', async () => {
  const { saving, takenUp } = await toldWhileSaving();
  saving.reject(new Error('the connection was lost'));
  await expect(takenUp).rejects.toThrow('the connection was lost');
  await site.stands('a', { state: 'Synced', reason: 'AsDesired' });
});

it('a save that takes long holds up no notice', async () => {
  const { change, saving, takenUp } = await toldWhileSaving();
  await site.stands('a', { state: 'Synced', reason: 'AsDesired' });
  saving.resolve({ change, behind: null });
  await takenUp;
});
