/** What History says of force that was overtaken before it was known to be carried out, by what the cluster has in the end. */
import { expect, it } from 'vitest';
import { editedPool, editedSettings } from '../../e2e/cluster/edited.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { held, nowhere, toldChanges } from '../../e2e/cluster/told-changes.ts';
import { readLivePools } from '../db/live.ts';
import { readLiveFelixes } from '../db/live-felix.ts';
import { settingsSync } from '../db/sync.ts';
import { resolveSettings } from '../services/cluster/resolve-settings.ts';
import { chooseField } from '../testing/choose-field.ts';
import { soon } from '../testing/soon.ts';
import { editor as actor } from '../testing/test-api.ts';
import { clusterFelix, clusterPools } from './cluster-pools.ts';

const site = ledTerms();
const edited = editedPool(site);
const { told, holds } = toldChanges(site);
const editor = () => site.api.caller('editor');
const overtakenBy = (id: number) => `change #${id} by editor@outgate.example came before it was carried out`;
const edit = async (expectedVersion: number) =>
  (await editor().pools.update({ name: 'a', spec: { ...nat, disabled: true }, expectedVersion })).change.id;

const GROUP = 'projectcalico.org/v3';
/** As a leader that ended before it could note what came of it. */
async function sentByForce(): Promise<void> {
  const [live] = await readLivePools(site.api.database.db, ['a']);
  if (live === undefined) throw new Error('no pool');
  const { uid, resourceVersion } = live;
  await clusterPools(site.connection, GROUP).apply({ name: 'a', spec: nat, uid, resourceVersion, force: true });
}

it('a pool that an edit came to first is sent unforced, and the force never counts, also when a later one does', async () => {
  await edited.make();
  const { id: forced } = await edited.force();
  const overtaking = await edit(forced);
  await site.begin();
  await site.stands('a', { state: 'Contested' });
  expect((await site.stored('a'))?.spec).toMatchObject({ natOutgoing: false });
  expect(await told(forced)).toMatchObject({ ...nowhere, didNothing: overtakenBy(overtaking) });
  await site.end();
  const { id: again } = await edited.force();
  await site.begin();
  await site.stands('a', { state: 'Synced', forceVersion: null });
  await holds();
  expect(await told(forced)).toMatchObject({ ...nowhere, didNothing: overtakenBy(overtaking) });
  for (const id of [overtaking, again]) expect(await told(id)).toMatchObject(held);
});

it.each([
  ['an edit', edit],
  ['a released field', async () => (await chooseField(site.deps, 'release-field', 'disabled')).id],
])('a pool that the cluster took by force all the same, after %s, is told as that', async (_, overtake) => {
  await edited.make();
  const { id: forced } = await edited.force();
  await sentByForce();
  const overtaking = await overtake(forced);
  expect(await told(forced)).toMatchObject({ didNothing: expect.stringContaining(`change #${overtaking} by editor`) });
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: overtaking } });
  await holds();
  for (const id of [forced, overtaking]) expect(await told(id)).toMatchObject(held);
});

/** As a leader does that ends before it notes it. */
async function forceSettings(natPortRange: string): Promise<void> {
  const [live] = await readLiveFelixes(site.api.database.db, ['default']);
  if (live === undefined) throw new Error('no settings');
  const { name, uid, resourceVersion } = live;
  const request = { name, spec: { natPortRange }, uid, resourceVersion, force: true };
  await clusterFelix(site.connection, GROUP).apply(request);
}

it('settings the same', async () => {
  const settings = editedSettings(site);
  await settings.make();
  const { id: forced } = await settings.force();
  const update = async (natPortRange: string): Promise<number> => {
    const { version: expectedVersion } = await editor().settings.get();
    const decided = { settings: { global: { natPortRange }, nodes: {} }, expectedVersion, reason: 'wanted otherwise' };
    return (await editor().settings.update(decided)).change.id;
  };
  const first = await update('10000:20000');
  await site.begin();
  await settings.stands({ state: 'Contested' });
  expect(await settings.spec()).toEqual({ natPortRange: '50000:60000' });
  expect(await told(forced)).toMatchObject({ ...nowhere, didNothing: overtakenBy(first) });
  await site.end();
  const { id: again } = await settings.force();
  await forceSettings('10000:20000');
  const last = await update('20000:30000');
  expect(await told(again)).toMatchObject({ didNothing: overtakenBy(last) });
  await site.begin();
  await settings.stands({ state: 'Synced', applied: { version: last } });
  await holds();
  for (const id of [again, last]) expect(await told(id)).toMatchObject(held);
  expect(await told(forced)).toMatchObject({ ...nowhere, didNothing: overtakenBy(first) });
});

it('settings that the cluster took by force all the same, and that were released meanwhile, too', async () => {
  const settings = editedSettings(site);
  await settings.make();
  const { id: forced } = await settings.force();
  await forceSettings('30000:40000');
  const { version: expectedVersion } = await editor().settings.get();
  const release = { object: 'default', choice: 'release', expectedVersion, reason: 'theirs again' } as const;
  const { id: released } = (await resolveSettings(site.deps, actor, release)).change;
  expect(await told(forced)).toMatchObject({ didNothing: expect.stringContaining(`change #${released} by editor`) });
  await site.begin();
  await soon(async () => expect(await settingsSync.read(site.api.database.db, ['default'])).toEqual([]));
  expect(await settings.spec()).toBe(undefined);
  await holds();
  for (const id of [forced, released]) expect(await told(id)).toMatchObject(held);
});
