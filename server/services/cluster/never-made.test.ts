/** A pool of ours that was never in the cluster: nobody deleted it there, and it is not told, nor decided about, as if. */
import { expect, it } from 'vitest';
import { newSync, writeSync } from '../../db/sync.ts';
import { editor } from '../../testing/test-api.ts';
import { unheardSite } from '../../testing/unheard-cluster.ts';
import { comparePool } from './compare-pool.ts';
import { resolvePool } from './resolve-pool.ts';

const site = unheardSite();

const spec = { cidr: '10.1.0.0/16' };
const decide = async (name: string, choice: 'theirs' | 'ours' | 'release') =>
  resolvePool(site.deps, editor, {
    name,
    choice,
    expectedVersion: (await comparePool(site.deps, name)).version,
    reason: 'it is decided',
  });
const theirs = (name: string) => decide(name, 'theirs');

it('is said not to be made yet, and there is nothing of others to take', async () => {
  await site.api.caller('editor').pools.create({ name: 'a', spec });
  expect(await comparePool(site.deps, 'a')).toMatchObject({ live: null, made: false });
  await expect(theirs('a')).rejects.toMatchObject({
    reason: 'INVALID_INPUT',
    message: "the cluster does not have the pool 'a' yet: there is nothing to take over; what is not wanted is deleted",
  });
  expect(await site.api.caller('viewer').pools.get({ name: 'a' })).toMatchObject({ spec });
});

it('one that was there and is gone was deleted there: theirs deletes it here', async () => {
  const { change } = await site.api.caller('editor').pools.create({ name: 'b', spec: { cidr: '10.2.0.0/16' } });
  const row = newSync('b');
  const applied = { uid: 'uid-b', version: change.id, spec: { cidr: '10.2.0.0/16' } };
  await writeSync(site.deps.db, [{ ...row, state: 'OutOfSync', reason: 'PoolDeletedInCluster', applied }]);
  expect(await comparePool(site.deps, 'b')).toMatchObject({ live: null, made: true });
  // deleted here and made again: that it is gone is what was wanted
  await writeSync(site.deps.db, [{ ...row, applied, deletedBy: change.id }]);
  expect(await comparePool(site.deps, 'b')).toMatchObject({ made: false });
  await writeSync(site.deps.db, [{ ...row, state: 'OutOfSync', reason: 'PoolDeletedInCluster', applied }]);
  expect((await theirs('b')).change).toMatchObject({ action: 'pool.delete', target: 'b', before: { theirs: [] } });
});

it('of one that is released the change keeps that the cluster has none', async () => {
  await site.api.caller('editor').pools.create({ name: 'c', spec: { cidr: '10.3.0.0/16' } });
  expect((await decide('c', 'release')).change).toMatchObject({
    action: 'pool.release',
    before: { name: 'c', spec: { cidr: '10.3.0.0/16' }, absent: true },
    after: null,
  });
});

it('what is tried again is not forced on anything: the change keeps that the cluster has none', async () => {
  await site.api.caller('editor').pools.create({ name: 'd', spec: { cidr: '10.4.0.0/16' } });
  expect((await decide('d', 'ours')).change).toMatchObject({ action: 'pool.force', before: { absent: true } });
  const { change } = await site.api.caller('editor').pools.create({ name: 'e', spec: { cidr: '10.5.0.0/16' } });
  const applied = { uid: 'uid-e', version: change.id, spec: { cidr: '10.5.0.0/16' } };
  await writeSync(site.deps.db, [{ ...newSync('e'), state: 'OutOfSync', reason: 'PoolDeletedInCluster', applied }]);
  expect((await decide('e', 'ours')).change).toMatchObject({ action: 'pool.force', before: null });
});
