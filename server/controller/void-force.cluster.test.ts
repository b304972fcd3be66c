/** What History says of force that did nothing, since what it was decided about had moved: why, and that no node ever holds it. */
import { expect, it } from 'vitest';
import { editedPool, editedSettings } from '../../e2e/cluster/edited.ts';
import { ledTerms, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import { held, nowhere, toldChanges } from '../../e2e/cluster/told-changes.ts';
import { chooseField } from '../testing/choose-field.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const edited = editedPool(site);
const { told, holds, onlyTold } = toldChanges(site);

it('of a pool: what moved and by whom, also when a later decision is carried out', async () => {
  await edited.make();
  const { id: first } = await edited.force();
  await site.edit('a', { disabled: true }, 'nightly-job');
  await site.begin();
  await soon(async () => {
    expect(await told(first)).toMatchObject({ ...nowhere, didNothing: `disabled not set → true by nightly-job` });
  });
  await site.end();
  const { id: second } = await edited.force();
  await site.begin();
  await site.stands('a', { state: 'Synced', forceVersion: null });
  await holds();
  expect(await told(second)).toMatchObject(held);
  expect(await told(first)).toMatchObject({ ...nowhere, didNothing: `disabled not set → true by nightly-job` });
  // nobody takes that back, nor says it twice
  const { db } = site.api.database;
  await expect(db.query('DELETE FROM void_force')).rejects.toThrow(/permission denied/);
  expect(await db.query('SELECT change FROM void_force')).toEqual([{ change: String(first) }]);
});

it('of a pool about which force was decided once more before anybody led', async () => {
  await edited.make();
  const { id: first } = await edited.force();
  await site.edit('a', { disabled: true }, 'nightly-job');
  await onlyTold();
  const { id: same } = await edited.force();
  await site.begin();
  await site.stands('a', { state: 'Synced', forceVersion: null });
  await holds();
  expect(await told(first)).toMatchObject(nowhere);
  expect(await told(same)).toMatchObject(held);
});

it('of a pool that is gone, or was set as desired by whoever had set it otherwise', async () => {
  await edited.make();
  const { id: forced } = await edited.force();
  await site.edit('a', { natOutgoing: true });
  await site.begin();
  await site.stands('a', { state: 'Synced' });
  await soon(async () => {
    expect(await told(forced)).toMatchObject({ ...nowhere, didNothing: 'natOutgoing false → true by kubectl-edit' });
  });
  await site.edit('a', { natOutgoing: false });
  await site.stands('a', { state: 'OutOfSync' });
  await site.end();
  const { id: again } = await edited.force();
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.begin();
  await site.stands('a', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
  expect(await told(again)).toMatchObject({ ...nowhere, didNothing: 'the pool was deleted in the cluster' });
});

it.each(['after a leader found it', 'before anybody led', 'after force that was decided twice'])(
  'a field that is released %s brings nothing else of the pool to the cluster',
  async (when) => {
    await edited.make();
    await site.begin();
    // taken away: nobody holds it, so that whatever is sent unforced sets it again
    await site.edit('a', { natOutgoing: null });
    await site.stands('a', { state: 'OutOfSync', detail: { fields: ['natOutgoing'], managers: [] } });
    await site.end();
    if (when === 'after force that was decided twice') await edited.force();
    const { id: forced } = await edited.force();
    await site.edit('a', { disabled: true }, 'nightly-job');
    if (when === 'before anybody led') await onlyTold();
    else {
      await site.begin();
      await soon(async () => expect((await told(forced)).didNothing).not.toBe(null));
    }
    const change = await chooseField(site.deps, 'release-field', 'disabled');
    if (when === 'before anybody led') await site.begin();
    const applied = { version: change.id };
    await site.stands('a', { state: 'OutOfSync', applied, detail: { fields: ['natOutgoing'] } });
    expect((await site.stored('a'))?.spec).not.toMatchObject({ natOutgoing: true });
    await holds();
    expect(await told(change.id)).toMatchObject(held);
    expect(await told(forced)).toMatchObject({ ...nowhere, didNothing: 'disabled not set → true by nightly-job' });
  },
);

it('of settings: of which object what moved, and by whom', async () => {
  const settings = editedSettings(site);
  await settings.make();
  const { id: first } = await settings.force();
  await settings.edit({ natPortRange: '50000:60001' }, 'nightly-job');
  await site.begin();
  const why = "FelixConfiguration default: natPortRange '50000:60000' → '50000:60001' by nightly-job";
  await soon(async () => expect(await told(first)).toMatchObject({ ...nowhere, didNothing: why }));
  await site.end();
  const { id: second } = await settings.force();
  await site.begin();
  await settings.stands({ state: 'Synced', forceVersion: null });
  await holds();
  expect(await told(second)).toMatchObject(held);
  expect(await told(first)).toMatchObject({ ...nowhere, didNothing: why });
  // where nothing moved, it is the later one of two that is carried out
  await settings.edit({ natPortRange: '50000:60000' }, 'kubectl-edit');
  await settings.stands({ state: 'OutOfSync' });
  await site.end();
  const [earlier, later] = [await settings.force(), await settings.force()];
  await site.begin();
  await settings.stands({ state: 'Synced', forceVersion: null });
  await holds();
  expect(await told(later.id)).toMatchObject(held);
  const overtaken = `change #${later.id} by editor came before it was carried out`;
  expect(await told(earlier.id)).toMatchObject({ ...nowhere, didNothing: overtaken });
});
