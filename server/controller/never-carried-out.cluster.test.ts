/** What was decided, and decided otherwise before the cluster had any of it, is held by no node. */
import { expect, it } from 'vitest';
import { editedPool, editedSettings } from '../../e2e/cluster/edited.ts';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { held, nowhere, toldChanges } from '../../e2e/cluster/told-changes.ts';
import { chooseField } from '../testing/choose-field.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const edited = editedPool(site);
const { told, holds } = toldChanges(site);
const { policy, update } = history(site);
const nothing = { ...nowhere, didNothing: 'it moved nothing in the cluster' };

it('a pool that was made and deleted here before anybody led', async () => {
  const api = site.api.caller('admin');
  await site.begin();
  await site.end();
  const made = (await api.pools.create({ name: 'a', spec: nat })).change.id;
  const gone = (await api.pools.delete({ name: 'a', expectedVersion: made, reason: 'not needed' })).change.id;
  await holds();
  expect(await told(made)).toMatchObject({ nodes: { holding: 0 }, didNothing: null });
  await site.begin();
  // its object may have been asked for: it is waited for, but there is none
  await soon(async () => expect((await site.stand('a'))?.detail).toHaveProperty('absentSince'));
  expect(await told(made)).toMatchObject(nothing);
  expect(await told(gone)).toMatchObject(nothing);
});

it('a change of a pool that waits for whom it is contested by, and is taken back', async () => {
  await edited.make();
  await site.begin();
  const contested = await update({ natOutgoing: true, disabled: true });
  await site.stands('a', { state: 'Contested' });
  await holds();
  expect(await told(contested)).toMatchObject({ nodes: { holding: 0, total: 1 }, didNothing: null });
  const back = await update({ natOutgoing: false });
  await site.stands('a', { state: 'Synced', applied: { version: back } });
  expect(await told(contested)).toMatchObject(nothing);
  expect(await told(back)).toMatchObject(held);
  // what comes with a later change is that one's alone
  const exported = await update({ natOutgoing: false, disableBGPExport: true });
  await site.stands('a', { state: 'Synced', applied: { version: exported } });
  await holds();
  expect(await told(contested)).toMatchObject(nothing);
  expect(await told(exported)).toMatchObject(held);
});

it('a change of a field that is contested, and then let go', async () => {
  await edited.make();
  await site.begin();
  const off = await update({ natOutgoing: false });
  await site.stands('a', { state: 'Synced', applied: { version: off } });
  const contested = await update({ natOutgoing: true });
  await site.stands('a', { state: 'Contested' });
  await chooseField(site.deps, 'release-field', 'natOutgoing');
  await site.stands('a', { state: 'Synced' });
  await holds();
  expect(await told(contested)).toMatchObject(nothing);
});

it('a policy under which there was nothing left to be written back', async () => {
  await edited.make();
  const policed = await policy('enforce');
  const same = await update({ natOutgoing: false });
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: same } });
  await holds();
  expect(await told(policed)).toMatchObject(nothing);
  expect(await told(same)).toMatchObject(held);
});

it('settings that are contested, and are taken back', async () => {
  const settings = editedSettings(site);
  await settings.make();
  await site.begin();
  const decide = async (global: object) => {
    const { version: expectedVersion } = await site.api.caller('editor').settings.get();
    const decided = { settings: { global, nodes: {} }, expectedVersion, reason: 'so it shall be' };
    return (await site.api.caller('editor').settings.update(decided)).change?.id ?? 0;
  };
  const contested = await decide({ natPortRange: '30000:40001' });
  await settings.stands({ state: 'Contested' });
  await holds();
  expect(await told(contested)).toMatchObject({ nodes: { holding: 0, total: 1 }, didNothing: null });
  const asTheirs = await decide({ natPortRange: '50000:60000' });
  await settings.stands({ state: 'Synced' });
  expect(await told(contested)).toMatchObject(nothing);
  expect(await told(asTheirs)).toMatchObject(held);
  // what comes with a later change of another field is that one's alone
  const other = await decide({ natPortRange: '50000:60000', natOutgoingExclusions: 'IPPoolsAndHostIPs' });
  await settings.stands({ state: 'Synced', applied: { version: other } });
  await holds();
  expect(await told(contested)).toMatchObject(nothing);
  expect(await told(other)).toMatchObject(held);
});
