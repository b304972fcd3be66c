/** What History says of force that did nothing, since what it was decided about had moved: why, and that no node ever holds it. */
import { expect, it, onTestFinished } from 'vitest';
import { readLivePool } from '../../core/cluster/live-pool.ts';
import type { NatSettings } from '../../core/nat/settings.ts';
import { calicoPath } from '../../e2e/cluster/install-crds.ts';
import { ledTerms, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { beginTerm } from '../db/live.ts';
import { settingsSync } from '../db/sync.ts';
import { getChange, listChanges } from '../services/changes/list-changes.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import { resolveSettings } from '../services/cluster/resolve-settings.ts';
import { holdAll } from '../testing/hold-all.ts';
import { soon } from '../testing/soon.ts';
import { editor } from '../testing/test-api.ts';
import { mirror } from './mirror.ts';

const site = ledTerms();
const reason = 'it was looked at';
const version = async () => (await site.api.caller('editor').pools.get({ name: 'a' })).version;

/** A pool of ours that somebody edited; when it is known to be so nobody leads any more. */
async function edited(): Promise<void> {
  await site.made();
  await site.edit('a', { natOutgoing: false });
  await site.stands('a', { state: 'OutOfSync' });
  await site.end();
}
async function force(): Promise<number> {
  const input = { name: 'a', choice: 'ours', expectedVersion: await version(), reason } as const;
  return (await resolvePool(site.deps, editor, input)).change.id;
}
/** A node that holds all that the cluster has by now. */
async function holds(): Promise<void> {
  const { db } = site.api.database;
  await holdAll(db);
  onTestFinished(async () => {
    await db.query(`DELETE FROM node WHERE name = 'holder'`);
  });
}
const told = async (id: number) => {
  const one = await getChange(site.deps, id);
  const listed = (await listChanges(site.deps, { limit: 20 })).changes.find((change) => change.id === id);
  expect(listed).toMatchObject({ nodes: one.nodes, didNothing: one.didNothing });
  return one;
};
const nowhere = { nodes: { holding: 0, total: 0 }, nodeTimes: [] };
const held = { nodes: { holding: 1, total: 1 }, didNothing: null };

it('of a pool: what moved and by whom, also when a later decision is carried out', async () => {
  await edited();
  const first = await force();
  await site.edit('a', { disabled: true }, 'nightly-job');
  await site.begin();
  await soon(async () => {
    expect(await told(first)).toMatchObject({ ...nowhere, didNothing: `disabled not set → true by nightly-job` });
  });
  await site.end();
  const second = await force();
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
  await edited();
  const first = await force();
  await site.edit('a', { disabled: true }, 'nightly-job');
  // a leader that ends when it has told what it saw
  const { db } = site.api.database;
  const seen = readLivePool(await site.stored('a'));
  if (seen === null) throw new Error('the cluster must have it');
  await mirror(db, await beginTerm(db, 'test'), { seen: [seen], gone: [] });
  const same = await force();
  await site.begin();
  await site.stands('a', { state: 'Synced', forceVersion: null });
  await holds();
  expect(await told(first)).toMatchObject(nowhere);
  expect(await told(same)).toMatchObject(held);
});

it('of a pool that is gone, or was set as desired by whoever had set it otherwise', async () => {
  await edited();
  const forced = await force();
  await site.edit('a', { natOutgoing: true });
  await site.begin();
  await site.stands('a', { state: 'Synced' });
  await soon(async () => {
    expect(await told(forced)).toMatchObject({ ...nowhere, didNothing: 'natOutgoing false → true by kubectl-edit' });
  });
  await site.edit('a', { natOutgoing: false });
  await site.stands('a', { state: 'OutOfSync' });
  await site.end();
  const again = await force();
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.begin();
  await site.stands('a', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
  expect(await told(again)).toMatchObject({ ...nowhere, didNothing: 'the pool was deleted in the cluster' });
});

it('a field that is released after it brings nothing else of the pool to the cluster', async () => {
  await edited();
  await site.begin();
  // taken away: nobody holds it, so that whatever is sent unforced sets it again
  await site.edit('a', { natOutgoing: null });
  await site.stands('a', { state: 'OutOfSync', detail: { fields: ['natOutgoing'], managers: [] } });
  await site.end();
  const forced = await force();
  await site.edit('a', { disabled: true }, 'nightly-job');
  await site.begin();
  await soon(async () => expect((await told(forced)).didNothing).not.toBe(null));
  const input = { name: 'a', choice: 'release-field', field: 'disabled', reason } as const;
  const { change } = await resolvePool(site.deps, editor, { ...input, expectedVersion: await version() });
  await site.stands('a', { state: 'OutOfSync', applied: { version: change.id }, detail: { fields: ['natOutgoing'] } });
  expect((await site.stored('a'))?.spec).not.toMatchObject({ natOutgoing: true });
  await holds();
  expect(await told(change.id)).toMatchObject(held);
  expect(await told(forced)).toMatchObject(nowhere);
});

it('of settings: of which object what moved, and by whom', async () => {
  const admin = site.server.as('admin');
  const felix = calicoPath('v3', 'felixconfigurations');
  const caller = site.api.caller('editor');
  const edit = (spec: NatSettings, manager: string) =>
    must(admin, 'PATCH', `${felix}/default?fieldManager=${manager}`, { spec });
  const stands = (expected: object) =>
    soon(async () => expect(await settingsSync.read(site.api.database.db, ['default'])).toMatchObject([expected]));
  const forceSettings = async (): Promise<number> => {
    const { version: expectedVersion } = await caller.settings.get();
    const input = { object: 'default', choice: 'ours', expectedVersion, reason } as const;
    return (await resolveSettings(site.deps, editor, input)).change.id;
  };
  onTestFinished(async () => {
    await request(admin, 'DELETE', felix);
  });
  await site.begin();
  const { version: expectedVersion } = await caller.settings.get();
  const settings = { global: { natPortRange: '30000:40000' }, nodes: {} };
  await caller.settings.update({ settings, expectedVersion, reason });
  await stands({ state: 'Synced' });
  await edit({ natPortRange: '50000:60000' }, 'kubectl-edit');
  await stands({ state: 'OutOfSync' });
  await site.end();
  const first = await forceSettings();
  await edit({ natPortRange: '50000:60001' }, 'nightly-job');
  await site.begin();
  const why = "FelixConfiguration default: natPortRange '50000:60000' → '50000:60001' by nightly-job";
  await soon(async () => expect(await told(first)).toMatchObject({ ...nowhere, didNothing: why }));
  await site.end();
  const second = await forceSettings();
  await site.begin();
  await stands({ state: 'Synced', forceVersion: null });
  await holds();
  expect(await told(second)).toMatchObject(held);
  expect(await told(first)).toMatchObject({ ...nowhere, didNothing: why });
});
