/** Who stops a fight over a pool by asking from then on has decided nothing about its fields. */
import { expect, it } from 'vitest';
import { ledTerms } from '../../../e2e/cluster/led-terms.ts';
import { editor } from '../../testing/test-api.ts';
import { comparePool } from './compare-pool.ts';
import { setPolicy } from './resolve-pool.ts';

const site = ledTerms();

const choose = async (policy: 'ask' | 'enforce') => {
  const { version: expectedVersion } = await comparePool(site.deps, 'a');
  const { change } = await setPolicy(site.deps, editor, { name: 'a', policy, expectedVersion, reason: 'whose it is' });
  return change.id;
};

it('what was taken away last stays away, and waits to be decided', async () => {
  await site.made();
  const enforced = await choose('enforce');
  await site.stands('a', { state: 'Synced', applied: { version: enforced } });
  for (const rewrites of [1, 2, 3]) {
    await site.edit('a', { natOutgoing: null });
    await site.stands('a', { state: 'Synced', detail: { rewrites: { length: rewrites } } });
  }
  await site.edit('a', { natOutgoing: null });
  await site.stands('a', { state: 'Contested', reason: 'WrittenOverAgain' });
  const asked = await choose('ask');
  const waits = { state: 'OutOfSync', reason: 'FieldChangedInCluster', applied: { version: asked } };
  await site.stands('a', { ...waits, detail: { fields: ['natOutgoing'] } });
  expect((await site.stored('a'))?.spec).not.toMatchObject({ natOutgoing: true });
});
