/** A change of which the cluster does not have all, because somebody must decide about a pool of it first. */
import { expect, it } from 'vitest';
import { newSync, writeSync } from '../../db/sync.ts';
import { editor } from '../../testing/test-api.ts';
import { unheardSite } from '../../testing/unheard-cluster.ts';
import { importPools } from '../pools/import-pools.ts';
import { deletePool } from '../pools/write-pool.ts';
import { writeYaml } from '../pools/write-yaml.ts';
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
