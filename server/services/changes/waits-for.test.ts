/** A change of which the cluster does not have all, because somebody must decide about a pool of it first. */
import { expect, it } from 'vitest';
import { newSync, writeSync } from '../../db/sync.ts';
import { editor } from '../../testing/test-api.ts';
import { unheardSite } from '../../testing/unheard-cluster.ts';
import { resolvePool } from '../cluster/resolve-pool.ts';
import { importPools } from '../pools/import-pools.ts';
import { createPool, deletePool, updatePool } from '../pools/write-pool.ts';
import { writeYaml } from '../pools/write-yaml.ts';
import { applyChange } from './apply-change.ts';
import { getChange } from './list-changes.ts';

const site = unheardSite();

it('names the pools that wait for a decision, and none that comes by itself', async () => {
  const { db } = site.api.database;
  const pools = ['a', 'b', 'c'].map((name, i) => ({ name, spec: { cidr: `10.${i}.0.0/16` } }));
  const { change } = await importPools(site.deps, editor, { yaml: await writeYaml(pools, 'v3') });
  const id = change?.id ?? 0;
  const waitsFor = async () => (await getChange(site.deps, id)).waitsFor;
  expect(await waitsFor()).toEqual([]);
  const waits = { state: 'OutOfSync', reason: 'NotAdopted' } as const;
  await writeSync(db, [
    { ...newSync('a'), state: 'Synced', reason: 'AsDesired', applied: { uid: 'u', version: id, spec: { cidr: '' } } },
    { ...newSync('b'), ...waits },
  ]);
  expect(await waitsFor()).toEqual(['b']);
  // changed there since it was brought there: that is another matter
  await writeSync(db, [{ ...newSync('a'), ...waits, applied: { uid: 'u', version: id, spec: { cidr: '' } } }]);
  expect(await waitsFor()).toEqual(['b']);
  await deletePool(site.deps, editor, { name: 'b', expectedVersion: id, reason: 'not needed' });
  expect(await waitsFor()).toEqual([]);
});

it('names none whose difference is of before the change: what is decided newly is sent, and asks nobody', async () => {
  const { db } = site.api.database;
  const spec = { cidr: '10.9.0.0/16' };
  const made = await createPool(site.deps, editor, { name: 'd', spec });
  const edited = { name: 'd', spec: { ...spec, natOutgoing: true }, expectedVersion: made.change.id };
  const { change } = await updatePool(site.deps, editor, edited);
  const applied = { uid: 'u', version: made.change.id, spec };
  for (const stand of [
    { state: 'OutOfSync', reason: 'FieldChangedInCluster' },
    { state: 'Contested', reason: 'WrittenOverAgain' },
  ] as const) {
    await writeSync(db, [{ ...newSync('d'), ...stand, applied }]);
    expect((await getChange(site.deps, change.id)).waitsFor).toEqual([]);
  }
  await writeSync(db, [{ ...newSync('d'), state: 'Contested', reason: 'FieldOwnedByOther', applied }]);
  expect((await getChange(site.deps, change.id)).waitsFor).toEqual(['d']);
  // force that was decided is used as soon as somebody leads, and what it finds otherwise than it was is to be decided again
  const ours = { name: 'd', choice: 'ours', expectedVersion: change.id, reason: 'it was looked at' } as const;
  const force = (await resolvePool(site.deps, editor, ours)).change.id;
  const both = async () => Promise.all([change.id, force].map(async (id) => (await getChange(site.deps, id)).waitsFor));
  expect(await both()).toEqual([[], []]);
  const differs = { state: 'OutOfSync', reason: 'FieldChangedInCluster', applied } as const;
  await writeSync(db, [{ ...newSync('d'), ...differs, forceVersion: force }]);
  expect(await both()).toEqual([['d'], ['d']]);
});

it('says that it waits to be brought to the cluster, where it waits for nothing else, and is brought there at all', async () => {
  const { change } = await createPool(site.deps, editor, { name: 'e', spec: { cidr: '10.10.0.0/16' } });
  const waits = async (id = change.id) => (await getChange(site.deps, id)).waitsForCluster;
  expect(await waits()).toBe(true);
  const { db } = site.api.database;
  await writeSync(db, [{ ...newSync('e'), state: 'OutOfSync', reason: 'NotAdopted' }]);
  expect(await waits()).toBe(false);
  const hosts = await applyChange(db, {
    actor: editor,
    reason: null,
    names: [],
    cidrs: [],
    decide: async () => [{ action: 'hosts.update', hosts: ['192.0.2.1'] }],
  });
  expect(await waits(hosts.change?.id)).toBe(false);
});
