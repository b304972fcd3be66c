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

const remove = async () => {
  const { version: expectedVersion } = await site.api.caller('editor').pools.get({ name: 'a' });
  const removed = { name: 'a', expectedVersion, reason: 'not needed' };
  return (await site.api.caller('admin').pools.delete(removed)).change.id;
};
const isGone = () => soon(async () => expect(await site.stand('a')).toBeUndefined());

/** Nodes hold it, since the cluster said so when it was saved. */
const expectAlready = async (change: number) => {
  const { at, ...one } = await told(change);
  expect(one).toMatchObject(held);
  for (const node of one.nodeTimes) expect(Date.parse(node.at ?? '')).toBeLessThan(Date.parse(at));
};

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
  await expectAlready(back);
  // what comes with a later change is that one's alone
  const exported = await update({ natOutgoing: false, disableBGPExport: true });
  await site.stands('a', { state: 'Synced', applied: { version: exported } });
  await holds();
  expect(await told(contested)).toMatchObject(nothing);
  expect(await told(exported)).toMatchObject(held);
});

it('a pool that was deleted here and is made again as it was, before anybody led', async () => {
  await site.made();
  await holds();
  await site.end();
  const gone = await remove();
  const again = (await site.api.caller('editor').pools.create({ name: 'a', spec: nat })).change.id;
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: again } });
  expect(await told(gone)).toMatchObject(nothing);
  await expectAlready(again);
});

it('a change of a pool that is contested, and goes with the pool', async () => {
  await edited.make();
  await site.begin();
  const contested = await update({ natOutgoing: true, disabled: true });
  await site.stands('a', { state: 'Contested' });
  const gone = await remove();
  await isGone();
  await holds();
  expect(await told(contested)).toMatchObject(nothing);
  expect(await told(gone)).toMatchObject(held);
});

it('a pool that is made again here with another CIDR, twice before anybody led', async () => {
  await site.made();
  await site.end();
  const make = async (cidr: string) => {
    const again = { name: 'a', spec: { cidr, natOutgoing: false } };
    return (await site.api.caller('editor').pools.create(again)).change.id;
  };
  const off = await update({ natOutgoing: false });
  const gone = await remove();
  const first = await make('10.8.0.0/16');
  await remove();
  const last = await make('10.9.0.0/16');
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: last } });
  await holds();
  for (const change of [off, first]) expect(await told(change)).toMatchObject(nothing);
  for (const change of [gone, last]) expect(await told(change)).toMatchObject(held);
});

it('a value that was decided otherwise; what else came of its change came', async () => {
  await site.made();
  await site.end();
  const first = await update({ nodeSelector: "zone == 'a'" });
  const second = await update({ nodeSelector: "zone == 'b'", disabled: true });
  const third = await update({ nodeSelector: "zone == 'c'", disabled: true });
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: third } });
  await holds();
  expect(await told(first)).toMatchObject(nothing);
  for (const change of [second, third]) expect(await told(change)).toMatchObject(held);
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

const decide = async (global: object) => {
  const { version: expectedVersion } = await site.api.caller('editor').settings.get();
  const decided = { settings: { global, nodes: {} }, expectedVersion, reason: 'so it shall be' };
  return (await site.api.caller('editor').settings.update(decided)).change?.id ?? 0;
};

it('settings that are contested, and are taken back', async () => {
  const settings = editedSettings(site);
  await settings.make();
  await site.begin();
  const contested = await decide({ natPortRange: '30000:40001' });
  await settings.stands({ state: 'Contested' });
  await holds();
  expect(await told(contested)).toMatchObject({ nodes: { holding: 0, total: 1 }, didNothing: null });
  const asTheirs = await decide({ natPortRange: '50000:60000' });
  await settings.stands({ state: 'Synced' });
  expect(await told(contested)).toMatchObject(nothing);
  await expectAlready(asTheirs);
  // what comes with a later change of another field is that one's alone
  const other = await decide({ natPortRange: '50000:60000', natOutgoingExclusions: 'IPPoolsAndHostIPs' });
  await settings.stands({ state: 'Synced', applied: { version: other } });
  await holds();
  expect(await told(contested)).toMatchObject(nothing);
  expect(await told(other)).toMatchObject(held);
});

it('a setting that was decided otherwise; what else came of its change came', async () => {
  const settings = editedSettings(site);
  await settings.make();
  await settings.edit({ natPortRange: null } as never, 'kubectl-edit');
  const first = await decide({ natPortRange: '30000:40001' });
  const second = await decide({ natPortRange: '30000:40002', natOutgoingExclusions: 'IPPoolsAndHostIPs' });
  const third = await decide({ natPortRange: '30000:40003', natOutgoingExclusions: 'IPPoolsAndHostIPs' });
  await site.begin();
  await settings.stands({ state: 'Synced', applied: { version: third } });
  await holds();
  expect(await told(first)).toMatchObject(nothing);
  for (const change of [second, third]) expect(await told(change)).toMatchObject(held);
});
