/** What others do in the cluster between a decision about force and its use: nobody decided about that. */
import { expect, it } from 'vitest';
import { editedPool, editedSettings } from '../../e2e/cluster/edited.ts';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';

const site = ledTerms();
const edited = editedPool(site);
async function forced(): Promise<void> {
  await edited.make();
  await edited.force();
}

it('a pool that others changed since force was decided is not written over until somebody decides about that too', async () => {
  await forced();
  await site.edit('a', { disabled: true }, 'nightly-job');
  await site.begin();
  await site.stands('a', {
    state: 'OutOfSync',
    reason: 'FieldChangedInCluster',
    detail: { fields: ['natOutgoing', 'disabled'], managers: ['kubectl-edit', 'nightly-job'] },
  });
  expect((await site.stored('a'))?.spec).toMatchObject({ natOutgoing: false, disabled: true });
  // nor is it when it is once more as it was then
  await site.edit('a', { disabled: false }, 'nightly-job');
  await site.stands('a', { state: 'OutOfSync', detail: { fields: ['natOutgoing'] } });
  await site.edit('a', { disabled: true }, 'nightly-job');
  await site.stands('a', { state: 'OutOfSync', detail: { fields: ['natOutgoing', 'disabled'] } });
  await site.end();
  // what is written over then stands in History, and from whom
  expect(await edited.force()).toMatchObject({
    before: {
      spec: { natOutgoing: false, disabled: true },
      taken: [
        { field: 'natOutgoing', managers: ['kubectl-edit'] },
        { field: 'disabled', managers: ['nightly-job'] },
      ],
    },
  });
  await site.begin();
  await site.stands('a', { state: 'Synced', forceVersion: null });
  expect((await site.stored('a'))?.spec).toMatchObject({ natOutgoing: true, disabled: false });
});

it('a pool that was touched elsewhere since is written over as was decided', async () => {
  await forced();
  await must(site.server.as('admin'), 'PATCH', `${POOLS}/a?fieldManager=kubectl-edit`, {
    metadata: { annotations: { note: 'seen' } },
  });
  await site.begin();
  await site.stands('a', { state: 'Synced', forceVersion: null });
  expect((await site.stored('a'))?.spec).toMatchObject(nat);
});

it('a set of which others hold an item too stays as it was forced with the next change of the pool', async () => {
  await site.made();
  await site.edit('a', { allowedUses: ['Workload'] });
  await site.stands('a', { state: 'OutOfSync' });
  const { id: expectedVersion } = await edited.force();
  await site.stands('a', { state: 'Synced', applied: { version: expectedVersion } });
  const { change } = await site.api
    .caller('editor')
    .pools.update({ name: 'a', spec: { ...nat, disabled: true }, expectedVersion });
  await site.stands('a', { state: 'Synced', applied: { version: change.id } });
  expect((await site.stored('a'))?.spec).toMatchObject({ disabled: true, allowedUses: ['Tunnel', 'Workload'] });
});

it('a pool that was deleted since is not made again', async () => {
  await forced();
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.begin();
  await site.stands('a', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
  expect(await site.stored('a')).toBe(null);
});

it('settings that others changed since force was decided are not written over until somebody decides about that too', async () => {
  const settings = editedSettings(site);
  await settings.make();
  await settings.force();
  await settings.edit({ natPortRange: '50000:60001' }, 'nightly-job');
  await site.begin();
  await settings.stands({ state: 'OutOfSync', detail: { fields: ['natPortRange'], managers: ['nightly-job'] } });
  expect(await settings.spec()).toEqual({ natPortRange: '50000:60001' });
  await settings.edit({ natPortRange: '50000:60000' }, 'kubectl-edit');
  await settings.stands({ state: 'OutOfSync', detail: { managers: ['kubectl-edit'] } });
  await settings.edit({ natPortRange: '50000:60001' }, 'nightly-job');
  await settings.stands({ state: 'OutOfSync', detail: { managers: ['nightly-job'] } });
  await site.end();
  expect(await settings.force()).toMatchObject({
    before: { taken: [{ field: 'natPortRange', managers: ['nightly-job'] }] },
  });
  await site.begin();
  await settings.stands({ state: 'Synced', forceVersion: null });
  expect(await settings.spec()).toEqual({ natPortRange: '30000:40000' });
});
