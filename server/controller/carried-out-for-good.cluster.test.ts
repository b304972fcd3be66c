/** How far a change came is told once nothing of it waits any more, and stays so, whatever is decided or written later. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { editedPool, editedSettings } from '../../e2e/cluster/edited.ts';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import { grant, revoke } from '../../e2e/cluster/rights.ts';
import { held, nowhere, toldChanges } from '../../e2e/cluster/told-changes.ts';
import { liveChangesSince, readLive } from '../db/live.ts';
import { openConnection } from '../kube/connection.ts';
import { fromKubeconfig } from '../kube/kubeconfig.ts';
import { soon } from '../testing/soon.ts';
import { clusterPools } from './cluster-pools.ts';

const site = ledTerms();
const edited = editedPool(site);
const { told, holds } = toldChanges(site);
const { update, policy, rows, whole } = history(site);
const nothing = { ...nowhere, didNothing: 'it moved nothing in the cluster' };

const noted = (change: number) =>
  soon(async () => {
    const { db } = site.api.database;
    expect(await db.query('SELECT FROM carried_out WHERE change = $1', [change])).toHaveLength(1);
  });
const unmake = () => must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
/** The leader has told of all that was done in the cluster. */
const moved = async (work: () => Promise<unknown>) => {
  const { sequence } = await readLive(site.api.database.db);
  await work();
  await soon(async () => expect((await readLive(site.api.database.db)).sequence).toBeGreaterThan(sequence));
};

it('a large import of which nothing is left before anybody led', async () => {
  await site.begin();
  await site.end();
  const names = Array.from({ length: 150 }, (_, i) => `many-${i}`);
  const yaml = names
    .map(
      (name, i) =>
        `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: ${name}}\nspec: {cidr: 10.1.${i}.0/24}\n`,
    )
    .join('---\n');
  const made = (await site.api.caller('editor').pools.import({ yaml })).change?.id ?? 0;
  const api = site.api.caller('admin');
  for (const name of names) await api.pools.delete({ name, expectedVersion: made, reason: 'not needed' });
  await holds();
  expect(await told(made)).toMatchObject({ nodes: { holding: 0, total: 1 }, didNothing: null });
  await site.begin();
  await soon(async () => expect(await told(made)).toMatchObject(nothing));
});

it('an import of which one pool came, and another waits for a decision', async () => {
  const pool = (name: string, cidr: string) => {
    return { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name }, spec: { cidr } };
  };
  await must(site.server.as('admin'), 'POST', POOLS, pool('theirs', '10.2.0.0/16'));
  await site.begin();
  const yaml = [pool('ours', '10.1.0.0/16'), pool('theirs', '10.3.0.0/16')]
    .map((one) => JSON.stringify(one))
    .join('\n---\n');
  const made = (await site.api.caller('editor').pools.import({ yaml })).change?.id ?? 0;
  await site.stands('ours', { state: 'Synced' });
  await site.stands('theirs', { state: 'OutOfSync', reason: 'NotAdopted' });
  const later = (await site.api.caller('editor').pools.create({ name: 'a', spec: { cidr: '10.4.0.0/16' } })).change.id;
  await noted(later);
  expect(await told(made)).toMatchObject({ waitsFor: ['theirs'] });
});

it('a pool that was deleted before anybody led, and whose object comes after all', async () => {
  await site.begin();
  await site.end();
  const made = (await site.api.caller('editor').pools.create({ name: 'a', spec: nat })).change.id;
  const removed = { name: 'a', expectedVersion: made, reason: 'not needed' };
  const gone = (await site.api.caller('admin').pools.delete(removed)).change.id;
  await site.begin();
  for (const change of [made, gone]) await noted(change);
  expect(await told(made)).toMatchObject(nothing);
  const { apply } = clusterPools(site.connection, 'projectcalico.org/v3');
  await apply({ name: 'a', spec: nat, uid: null, resourceVersion: null, force: false });
  const last = async () => (await liveChangesSince(site.api.database.db, 0, 1000)).at(-1);
  await soon(async () => expect(await last()).toMatchObject({ cause: gone }));
  await holds();
  for (const change of [made, gone]) {
    expect(await told(change)).toMatchObject(held);
    await noted(change);
  }
});

it('a change that others keep from coming, however often they write meanwhile', async () => {
  await edited.make();
  await site.begin();
  const contested = await update({ natOutgoing: true, disabled: true });
  await site.stands('a', { state: 'Contested' });
  for (let i = 0; i < 25; i++) await moved(() => site.edit('a', { disableBGPExport: i % 2 === 0 }, 'nightly-job'));
  const back = await update({ natOutgoing: false, disableBGPExport: true });
  await site.stands('a', { state: 'Synced', applied: { version: back } });
  expect(await told(contested)).toMatchObject(nothing);
});

it('a change that was taken back, and is decided again later', async () => {
  await edited.make();
  await site.begin();
  const contested = await update({ natOutgoing: true, disabled: true });
  await site.stands('a', { state: 'Contested' });
  const back = await update({ natOutgoing: false });
  await site.stands('a', { state: 'Synced', applied: { version: back } });
  await noted(contested);
  const again = await update({ natOutgoing: false, disabled: true });
  await site.stands('a', { state: 'Synced', applied: { version: again } });
  await holds();
  expect(await told(contested)).toMatchObject(nothing);
  expect(await told(again)).toMatchObject(held);
});

it('a change that is over while another one is tried again and again', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const reader = openConnection(fromKubeconfig(site.server.kubeconfig, 'nobody'));
  onTestFinished(async () => {
    vi.useRealTimers();
    await reader.close();
    await revoke(site.server, 'for-good-test');
  });
  const rules = [{ apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs: ['get', 'list', 'watch'] }];
  await grant(site.server, 'for-good-test', { kind: 'User', name: 'nobody' }, rules);
  await site.made();
  await site.end();
  await site.begin(reader);
  await site.api.caller('editor').pools.create({ name: 'b', spec: { cidr: '10.2.0.0/16' } });
  await site.stands('b', { state: 'Forbidden' });
  const change = await policy('enforce');
  await site.stands('a', { state: 'Synced', applied: { version: change } });
  vi.advanceTimersByTime(300_000);
  await noted(change);
});

it('a deletion of what is of others there by now: it stays in force, and goes by them', async () => {
  await site.made();
  await moved(unmake);
  await moved(() => site.make('a', { ...nat, natOutgoing: false }));
  await site.stands('a', { reason: 'PoolMadeAgain' });
  const { version: expectedVersion } = await site.api.caller('editor').pools.get({ name: 'a' });
  const gone = await site.api.caller('admin').pools.delete({ name: 'a', expectedVersion, reason: 'not needed' });
  await soon(async () => expect(await site.stand('a')).toBeUndefined());
  const theirs = { spec: { natOutgoing: false } };
  expect(await rows(2)).toMatchObject([
    {
      actor: 'outgate',
      role: 'system',
      action: 'cluster.change',
      reason: 'deleted here, is of others there (kubectl-create), stays in force',
      before: theirs,
      after: theirs,
    },
    { sequence: gone.change.id },
  ]);
  await noted(gone.change.id);
  await moved(unmake);
  await holds();
  expect(await told(gone.change.id)).toMatchObject(nothing);
  await whole();
});

it('a setting that is no longer decided here, and that others hold and take away later', async () => {
  const settings = editedSettings(site);
  await settings.make();
  await site.begin();
  const { version: expectedVersion } = await site.api.caller('editor').settings.get();
  const decided = { settings: { global: {}, nodes: {} }, expectedVersion, reason: 'it is theirs' };
  const change = (await site.api.caller('editor').settings.update(decided)).change?.id ?? 0;
  await soon(async () => expect(await told(change)).toMatchObject(nothing));
  await noted(change);
  await moved(() => settings.edit({ natPortRange: null } as never, 'kubectl-edit'));
  await holds();
  expect(await told(change)).toMatchObject(nothing);
});
