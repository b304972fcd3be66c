/** Whose fields the policy `enforce` takes by force stands in History with what takes them, on a real API server. */
import { expect, it } from 'vitest';
import { ledTerms, nat, POOLS } from '../../../e2e/cluster/led-terms.ts';
import { must } from '../../../e2e/cluster/request.ts';
import { clusterPools } from '../../controller/cluster-pools.ts';
import { readLivePools } from '../../db/live.ts';
import { soon } from '../../testing/soon.ts';
import { editor } from '../../testing/test-api.ts';
import { getPool } from '../pools/get-pool.ts';
import { importPools } from '../pools/import-pools.ts';
import { createPool, deletePool, updatePool } from '../pools/write-pool.ts';
import { adoptPools } from './adopt-pools.ts';
import { resolvePool, setPolicy } from './resolve-pool.ts';

const site = ledTerms();
const reason = 'it is ours to say';
const off = { ...nat, natOutgoing: false };
const pool = () => getPool(site.deps, 'found');
const enforce = async () => {
  const { version: expectedVersion } = await pool();
  return setPolicy(site.deps, editor, { name: 'found', policy: 'enforce', expectedVersion, reason });
};
const yaml = (spec: object) =>
  JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'found' }, spec });
const synced = (version: number) => site.stands('found', { state: 'Synced', applied: { version } });
const taken = (field: string, ...managers: string[]) => ({ taken: [{ field, managers }] });

async function adopted(): Promise<void> {
  await site.begin();
  const { uid } = ((await site.make('found', nat)) as { metadata: { uid: string } }).metadata;
  // of a test before another one may still be known
  await soon(async () => expect((await readLivePools(site.deps.db, ['found']))[0]?.uid).toBe(uid));
  await adoptPools(site.deps, editor, { names: ['found'], reason });
  await site.stands('found', { state: 'Synced' });
}

it('a save and an import name who held what they take, and only then', async () => {
  await adopted();
  const { change: policy } = await enforce();
  expect(policy.before).not.toHaveProperty('taken');
  const { change } = await updatePool(site.deps, editor, { name: 'found', spec: off, expectedVersion: policy.id });
  expect(change.before).toMatchObject({ spec: { natOutgoing: true }, ...taken('natOutgoing', 'kubectl-create') });
  await synced(change.id);
  // now it is ours alone
  const { change: back } = await updatePool(site.deps, editor, {
    name: 'found',
    spec: nat,
    expectedVersion: change.id,
  });
  expect(back.before).not.toHaveProperty('taken');
  await synced(back.id);
  const { change: imported } = await importPools(site.deps, editor, { yaml: yaml({ ...nat, nodeSelector: 'has(a)' }) });
  expect(imported?.before).toMatchObject([taken('nodeSelector', 'kubectl-create')]);
  expect((await pool()).changes.map(({ before }) => before)).toContainEqual(
    expect.objectContaining(taken('natOutgoing', 'kubectl-create')),
  );
});

it('so does the policy that takes what waits, and what is written back by it', async () => {
  await adopted();
  await site.edit('found', { natOutgoing: false }, 'nightly-job');
  await site.stands('found', { state: 'OutOfSync' });
  const { change } = await enforce();
  expect(change.before).toMatchObject({ policy: { to: 'enforce' }, ...taken('natOutgoing', 'nightly-job') });
  await synced(change.id);
  await site.edit('found', { natOutgoing: false }, 'other-job');
  await soon(async () => {
    const [wrote] = (await pool()).changes;
    expect(wrote).toMatchObject({ action: 'pool.enforce', before: taken('natOutgoing', 'other-job') });
  });
});

it('nothing is taken of what was deleted here, and goes before the pool that was made again comes', async () => {
  await adopted();
  await site.end();
  const { version: expectedVersion } = await pool();
  await deletePool(site.deps, editor, { name: 'found', expectedVersion, reason });
  await createPool(site.deps, editor, { name: 'found', spec: { ...nat, cidr: '10.2.0.0/16' } });
  const { change } = await enforce();
  expect(change.before).not.toHaveProperty('taken');
  const { change: saved } = await updatePool(site.deps, editor, {
    name: 'found',
    spec: { ...off, cidr: '10.2.0.0/16' },
    expectedVersion: change.id,
  });
  expect(saved.before).not.toHaveProperty('taken');
  await site.begin();
  await synced(saved.id);
  expect((await site.stored('found'))?.spec).toMatchObject({ cidr: '10.2.0.0/16', natOutgoing: false });
});

it('another object than the one that was deleted here, as a backup has it under our name, is written over', async () => {
  await adopted();
  await site.end();
  const { version: expectedVersion } = await pool();
  await deletePool(site.deps, editor, { name: 'found', expectedVersion, reason });
  await createPool(site.deps, editor, { name: 'found', spec: nat });
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/found`);
  const backup = clusterPools(site.connection, 'projectcalico.org/v3');
  await backup.apply({ name: 'found', spec: nat, uid: null, resourceVersion: null, force: false });
  await site.edit('found', { natOutgoing: false }, 'nightly-job');
  await site.begin();
  await site.stands('found', { state: 'Contested' });
  const { change } = await enforce();
  await synced(change.id);
  expect((await site.stored('found'))?.spec).toMatchObject({ natOutgoing: true });
  expect(change.before).toMatchObject(taken('natOutgoing', 'nightly-job'));
});

it('by the policy ask nothing is taken, and nothing said of it', async () => {
  await adopted();
  const { version: expectedVersion } = await pool();
  const { change } = await updatePool(site.deps, editor, { name: 'found', spec: off, expectedVersion });
  expect(change.before).not.toHaveProperty('taken');
  await site.stands('found', { state: 'Contested' });
  await resolvePool(site.deps, editor, { name: 'found', choice: 'theirs', expectedVersion: change.id, reason });
});
