/** An object of ours goes in the cluster, by others or by its deletion here, and a finalizer holds it: nothing is written to it or taken of it. */
import { expect, it } from 'vitest';
import { OUR_MANAGER } from '../../../core/cluster/managed-fields.ts';
import { ledTerms, nat, POOLS } from '../../../e2e/cluster/led-terms.ts';
import { must } from '../../../e2e/cluster/request.ts';
import { findChanges } from '../../db/changes.ts';
import { beginTerm } from '../../db/live.ts';
import { apply } from '../../kube/write.ts';
import { soon } from '../../testing/soon.ts';
import { editor } from '../../testing/test-api.ts';
import { getChange } from '../changes/list-changes.ts';
import { previewDelete } from '../pools/preview-delete.ts';
import { updatePool } from '../pools/write-pool.ts';
import { getCluster } from './cluster.ts';
import { comparePool } from './compare-pool.ts';
import { listLivePools } from './live-pools.ts';
import { resolvePool, setPolicy } from './resolve-pool.ts';

const site = ledTerms();
const reason = 'it is ours to say';
const WAIT = 'example.com/wait';
const beingDeleted = { state: 'OutOfSync', reason: 'BeingDeleted' };

const pools = () => site.api.caller('editor').pools;
const version = async () => (await pools().get({ name: 'a' })).version;
const resolved = async (choice: 'theirs' | 'ours' | 'release') =>
  (await resolvePool(site.deps, editor, { name: 'a', choice, expectedVersion: await version(), reason })).change;

/** The cluster has a pool `a` of ours, which goes only when that finalizer does. */
async function held(): Promise<void> {
  await site.made();
  await site.hold('a', [WAIT]);
}
async function deletedThere(): Promise<void> {
  await held();
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.stands('a', beingDeleted);
}

it('what others delete is told as that, with what holds it, and nothing is written to it', async () => {
  await deletedThere();
  const going = { here: false, deleting: true, finalizers: [WAIT] };
  expect(await comparePool(site.deps, 'a')).toMatchObject({ sync: beingDeleted, going });
  const off = { name: 'a', spec: { ...nat, natOutgoing: false }, expectedVersion: await version() };
  const { change, pool } = await updatePool(site.deps, editor, off);
  expect(pool.warnings).toMatchObject([{ code: 'W_CLUSTER_POOL_GOES' }]);
  // the leader has looked at it, and at what came after
  await pools().create({ name: 'b', spec: { cidr: '10.8.0.0/16' } });
  await site.stands('b', { state: 'Synced' });
  await site.stands('a', beingDeleted);
  expect((await site.stored('a'))?.spec).toMatchObject(nat);
  expect((await getChange(site.deps, change.id)).waitsFor).toEqual(['a']);
  await site.hold('a', []);
  await site.stands('a', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
});

it('what others begin to delete while a change of it is on its way is refused that change', async () => {
  await held();
  await site.end();
  const { connection } = site;
  let refused: unknown;
  await site.begin({
    ...connection,
    call: async (call) => {
      if (call.method !== 'PATCH' || refused !== undefined) return connection.call(call);
      await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
      return connection.call(call).catch((error) => {
        refused = error;
        throw error;
      });
    },
  });
  await updatePool(site.deps, editor, {
    name: 'a',
    spec: { ...nat, natOutgoing: false },
    expectedVersion: await version(),
  });
  await site.stands('a', beingDeleted);
  expect(refused).toMatchObject({ kind: 'stale' });
  expect((await site.stored('a'))?.spec).toMatchObject(nat);
});

it('ours is made once it is gone, and not before', async () => {
  await deletedThere();
  await expect(resolved('ours')).rejects.toMatchObject({
    reason: 'INVALID_INPUT',
    message: expect.stringContaining('it is being deleted there, and ours can be made when it is gone'),
  });
  await site.hold('a', []);
  await site.stands('a', { reason: 'PoolDeletedInCluster' });
  await resolved('ours');
  await site.stands('a', { state: 'Synced' });
});

it('a choice that was made before they deleted it is none about its deletion', async () => {
  await held();
  await site.edit('a', { natOutgoing: false });
  await site.stands('a', { state: 'OutOfSync', reason: 'FieldChangedInCluster' });
  const { seen } = await comparePool(site.deps, 'a');
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.stands('a', beingDeleted);
  const expectedVersion = await version();
  await expect(
    resolvePool(site.deps, editor, { name: 'a', choice: 'theirs', expectedVersion, seen, reason }),
  ).rejects.toMatchObject({ reason: 'VERSION_STALE' });
});

it('theirs deletes it here, too', async () => {
  await deletedThere();
  const { id: change } = await resolved('theirs');
  await expect(version()).rejects.toMatchObject({ message: expect.stringContaining("no pool 'a'") });
  await soon(async () =>
    expect(await listLivePools(site.deps)).toMatchObject([{ name: 'a', deleting: true, deletion: { change } }]),
  );
  expect((await getChange(site.deps, change)).notGone).toMatchObject({ names: ['a'] });
  await site.hold('a', []);
  await soon(async () => expect(await listLivePools(site.deps)).toEqual([]));
  await soon(async () => expect((await getChange(site.deps, change)).notGone).toBe(null));
});

it('what others apply whole, too, and delete, is not told to stay when it is deleted here', async () => {
  await site.made();
  const object = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'a' }, spec: nat };
  await apply(site.connection, { path: POOLS, manager: 'gateway-controller', object, force: false });
  await site.hold('a', [WAIT]);
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.stands('a', beingDeleted);
  expect(await previewDelete(site.deps, ['a'])).toMatchObject({
    equal: false,
    inCluster: [{ name: 'a', becomes: 'deleted', managers: ['gateway-controller'] }],
  });
  await resolved('theirs');
  await soon(async () => expect(await site.stand('a')).toBe(undefined));
  const [told] = await findChanges(site.api.database.db, { pool: 'a', others: true, limit: 1 });
  expect(told?.reason).toBe(
    'deleted here, is of others there (gateway-controller), being deleted, in force until it is gone',
  );
});

it('released, it goes all the same, and History says so', async () => {
  await deletedThere();
  const { id } = await resolved('release');
  expect((await getChange(site.deps, id)).before).toMatchObject({ name: 'a', deleting: true });
});

it('by the policy enforce it is made again when it is gone', async () => {
  await deletedThere();
  const before = (await site.stand('a'))?.applied?.uid;
  const { change } = await setPolicy(site.deps, editor, {
    name: 'a',
    policy: 'enforce',
    expectedVersion: await version(),
    reason,
  });
  // nobody is asked
  await site.stands('a', { ...beingDeleted, state: 'Pending', policy: 'enforce' });
  expect((await getCluster(site.deps)).counts).toMatchObject({ Pending: 1, OutOfSync: 0 });
  expect((await getChange(site.deps, change.id)).waitsFor).toEqual([]);
  await site.hold('a', []);
  await site.stands('a', { state: 'Synced' });
  expect((await site.stand('a'))?.applied?.uid).not.toBe(before);
});

it('of what was deleted here and made again with another CIDR neither choice is taken while the old one goes', async () => {
  await held();
  await pools().delete({ name: 'a', expectedVersion: await version(), reason });
  await soon(async () => expect(await listLivePools(site.deps)).toMatchObject([{ deleting: true }]));
  const { change } = await pools().create({ name: 'a', spec: { ...nat, cidr: '10.2.0.0/16' } });
  await site.stands('a', { state: 'Pending', reason: 'WaitingForCluster' });
  const { createdAt: since } = await pools().get({ name: 'a' });
  const going = { here: true, deleting: true, finalizers: [WAIT] };
  expect(await comparePool(site.deps, 'a')).toMatchObject({ sync: { since }, going });
  await expect(resolved('theirs')).rejects.toMatchObject({
    reason: 'INVALID_INPUT',
    message: expect.stringContaining('what is desired is made when it is gone'),
  });
  await expect(resolved('ours')).rejects.toMatchObject({ reason: 'NOTHING_CHANGES' });
  await site.hold('a', []);
  await site.stands('a', { state: 'Synced', applied: { version: change.id } });
  expect(await comparePool(site.deps, 'a')).toMatchObject({ going: null });
});

it('what nobody noted that we had made, and others delete, is not made again unasked', async () => {
  await beginTerm(site.api.database.db, 'killed');
  await pools().create({ name: 'a', spec: nat });
  const object = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'a' }, spec: nat };
  await apply(site.connection, { path: POOLS, manager: OUR_MANAGER, object, force: false });
  await site.hold('a', [WAIT]);
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.begin();
  await site.stands('a', beingDeleted);
  await site.hold('a', []);
  await site.stands('a', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
});

it('nor is another than the one that was deleted here before', async () => {
  await site.made();
  await site.end();
  await pools().delete({ name: 'a', expectedVersion: await version(), reason });
  await pools().create({ name: 'a', spec: nat });
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  const object = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'a' }, spec: nat };
  await apply(site.connection, { path: POOLS, manager: OUR_MANAGER, object, force: false });
  await site.hold('a', [WAIT]);
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.begin();
  await site.stands('a', beingDeleted);
  await site.hold('a', []);
  await site.stands('a', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
  await resolved('ours');
  await site.stands('a', { state: 'Synced' });
});
