/** A term of the controller on a real API server and a real database: what becomes of pools. */
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { seenOf } from '../../core/cluster/seen.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import { grant, revoke } from '../../e2e/cluster/rights.ts';
import { findChanges } from '../db/changes.ts';
import { beginTerm, liveChangesSince, readLive, readLivePools } from '../db/live.ts';
import { poolsCarriedOut } from '../db/pools-carried-out.ts';
import { readSync, writeSync } from '../db/sync.ts';
import { openConnection } from '../kube/connection.ts';
import { fromKubeconfig } from '../kube/kubeconfig.ts';
import { soon } from '../testing/soon.ts';
import { clusterPools } from './cluster-pools.ts';

const site = ledTerms();
const rule = (...verbs: string[]) => [{ apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs }];

it('what is decided here is in the cluster, under our name, and the ledger names the change', async () => {
  await site.begin();
  const editor = site.api.caller('editor');
  const { change, pool } = await editor.pools.create({ name: 'a', spec: nat });
  await site.stands('a', { state: 'Synced', applied: { version: change.id } });
  const made = await site.stored('a');
  expect(made?.spec).toMatchObject(nat);
  expect(made?.metadata.managedFields).toMatchObject([{ manager: 'outgate', operation: 'Apply' }]);
  const off = await editor.pools.update({ name: 'a', spec: { cidr: nat.cidr }, expectedVersion: pool.version });
  await site.stands('a', { state: 'Synced', applied: { version: off.change.id } });
  expect((await site.stored('a'))?.spec['natOutgoing']).toBe(false);
  // what else is in the cluster may be noted at any time
  const log = async () =>
    (await liveChangesSince(site.api.database.db, 0, 100)).filter(({ pools }) => pools.includes('a'));
  expect((await log()).slice(-2).map(({ actor, cause }) => [actor, cause])).toEqual([
    ['outgate', change.id],
    ['outgate', off.change.id],
  ]);
  const gone = await editor.pools.delete({ name: 'a', expectedVersion: off.change.id, reason: 'not needed' });
  await soon(async () => expect(await site.stored('a')).toBe(null));
  await soon(async () => expect(await site.stand('a')).toBe(undefined));
  expect((await log()).at(-1)).toMatchObject({ actor: 'outgate', cause: gone.change.id, pools: ['a'], after: null });
});

it('what others make is mirrored and left alone', async () => {
  await site.make('found', { cidr: '10.9.0.0/16' });
  const before = await readLive(site.api.database.db);
  await site.begin();
  await soon(async () => expect(await readLivePools(site.api.database.db)).toHaveLength(1));
  await site.make('later', { cidr: '10.9.0.0/16', natOutgoing: true });
  await soon(async () => expect(await readLivePools(site.api.database.db)).toHaveLength(2));
  // what else is in the cluster may be noted at any time
  const log = (await liveChangesSince(site.api.database.db, before.sequence, 100)).filter(
    ({ pools }) => pools.length > 0,
  );
  expect(log.map(({ actor, pools, cause }) => [actor, pools, cause])).toEqual([
    ['kubectl-create', ['found'], null],
    ['kubectl-create', ['later'], null],
  ]);
  expect(await readSync(site.api.database.db)).toEqual([]);
  for (const name of ['found', 'later']) {
    expect((await site.stored(name))?.metadata.managedFields.map(({ manager }) => manager)).toEqual(['kubectl-create']);
  }
});

it('an edit in the cluster is shown with its manager and stays; forced, it is written over', async () => {
  await site.begin();
  const { pool } = await site.api.caller('editor').pools.create({ name: 'a', spec: nat });
  await site.stands('a', { state: 'Synced' });
  await site.edit('a', { natOutgoing: false });
  await site.stands('a', {
    state: 'OutOfSync',
    reason: 'FieldChangedInCluster',
    detail: { fields: ['natOutgoing'], managers: ['kubectl-edit'] },
  });
  expect((await site.stored('a'))?.spec['natOutgoing']).toBe(false);
  // a decision about another field does not take that one along
  const spec = { ...nat, disabled: true };
  const { change } = await site.api.caller('editor').pools.update({ name: 'a', spec, expectedVersion: pool.version });
  await site.stands('a', { state: 'Contested', reason: 'FieldOwnedByOther', detail: { managers: ['kubectl-edit'] } });
  expect((await site.stored('a'))?.spec).not.toHaveProperty('disabled', true);
  const row = await site.stand('a');
  if (row === undefined) throw new Error('no row');
  const [live] = await readLivePools(site.api.database.db, ['a']);
  const forceSeen = seenOf(spec, live);
  await writeSync(site.api.database.db, [{ ...row, forceVersion: change.id, forceSeen }]);
  await site.end();
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: change.id }, forceVersion: null });
  expect((await site.stored('a'))?.spec).toMatchObject(spec);
});

it('an apply that the cluster takes and does not carry out is no sync', async () => {
  await site.begin();
  const spec: PoolSpec = { ...nat, allowedUses: ['Workload'] };
  const { pool } = await site.api.caller('editor').pools.create({ name: 'a', spec });
  await site.stands('a', { state: 'Synced' });
  // of a set each item has owners of its own: one that others added stays when we leave it out
  await site.edit('a', { allowedUses: ['Workload', 'Tunnel'] });
  await site.stands('a', { state: 'OutOfSync', detail: { fields: ['allowedUses'] } });
  const off = { ...spec, natOutgoing: false };
  const { change } = await site.api
    .caller('editor')
    .pools.update({ name: 'a', spec: off, expectedVersion: pool.version });
  await site.stands('a', { state: 'OutOfSync', detail: { fields: ['allowedUses'] }, applied: { version: change.id } });
  expect((await site.stored('a'))?.spec).toMatchObject({ natOutgoing: false, allowedUses: ['Workload', 'Tunnel'] });
});

it('a pool that is enforced is written over, until it is a fight', async () => {
  await site.made();
  const { db } = site.api.database;
  const row = await site.stand('a');
  if (row?.applied == null) throw new Error('no row');
  const { version } = row.applied;
  const effect = await poolsCarriedOut(db, [version]);
  await writeSync(db, [{ ...row, policy: 'enforce' }]);
  for (let i = 1; i <= 3; i++) {
    await site.edit('a', { natOutgoing: false });
    await soon(async () => expect((await site.stand('a'))?.detail.rewrites).toHaveLength(i));
    expect((await site.stored('a'))?.spec['natOutgoing']).toBe(true);
  }
  await site.edit('a', { natOutgoing: false });
  // and who holds what differs now is named
  const detail = { fields: ['natOutgoing'], managers: ['kubectl-edit'] };
  await site.stands('a', { state: 'Contested', reason: 'WrittenOverAgain', detail });
  expect((await site.stored('a'))?.spec['natOutgoing']).toBe(false);
  // what was written back stands in History as ours, and moves nothing of what was decided before
  const theirs = { actor: 'kubectl-edit', role: 'cluster', action: 'cluster.change', reason: null };
  const ours = {
    actor: 'outgate',
    role: 'system',
    action: 'pool.enforce',
    reason: 'policy enforce: what others changed in the cluster was written over',
    before: { spec: { natOutgoing: false } },
    after: { spec: { natOutgoing: true } },
  };
  const since = (await liveChangesSince(db, Number(effect.get(version)), 100)).map(({ sequence }) => sequence);
  const history = await findChanges(db, { pool: 'a', others: true, limit: 7 });
  expect(history.map(({ sequence }) => sequence)).toEqual(since.reverse());
  expect(history).toMatchObject([theirs, ours, theirs, ours, theirs, ours, theirs]);
  expect(await poolsCarriedOut(db, [version])).toEqual(effect);
});

it('a new term writes nothing of a pool that is as it should be', async () => {
  const { db } = site.api.database;
  const editor = site.api.caller('editor');
  const written = () =>
    db.query(`SELECT xmin FROM sync WHERE name = 'a' UNION ALL SELECT xmin FROM live_pool WHERE name = 'a'`);
  await site.made();
  await site.end();
  const before = await written();
  await site.begin();
  await editor.pools.create({ name: 'b', spec: { cidr: '10.2.0.0/16' } });
  await site.stands('b', { state: 'Synced' });
  await soon(() => expect(site.leading?.queued()).toBe(0));
  expect(await written()).toEqual(before);
});

it('a pool deleted in the cluster is not made again by itself', async () => {
  await site.made();
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.stands('a', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
  expect(await site.stored('a')).toBe(null);
});

it('a name that somebody else has in the cluster is left to them', async () => {
  await site.make('a', { cidr: '10.8.0.0/16' });
  await site.begin();
  await site.api.caller('editor').pools.create({ name: 'a', spec: nat });
  await site.stands('a', { state: 'OutOfSync', reason: 'NotAdopted', detail: { managers: ['kubectl'] } });
  expect((await site.stored('a'))?.spec['cidr']).toBe('10.8.0.0/16');
});

it('a missing right is named, and the pool comes by itself when it is given', async () => {
  const reader = openConnection(fromKubeconfig(site.server.kubeconfig, 'nobody'));
  await grant(site.server, 'lead-test', { kind: 'User', name: 'nobody' }, rule('get', 'list', 'watch'));
  await site.begin(reader);
  await site.api.caller('editor').pools.create({ name: 'a', spec: nat });
  await site.stands('a', { state: 'Forbidden', detail: { missing: 'patch ippools.projectcalico.org' } });
  await grant(site.server, 'lead-test-more', { kind: 'User', name: 'nobody' }, rule('patch', 'create', 'delete'));
  await site.stands('a', { state: 'Synced' });
  // the term ends before its connection does
  onTestFinished(async () => {
    await reader.close();
    await revoke(site.server, 'lead-test');
    await revoke(site.server, 'lead-test-more');
  });
});

it('a database that fails right after the first list costs a moment, not the wait for the next look at everything', async () => {
  await site.api.caller('editor').pools.create({ name: 'a', spec: nat });
  const owner = new pg.Client({ connectionString: site.api.database.url });
  await owner.connect();
  await owner.query('DELETE FROM sync; REVOKE INSERT ON sync FROM outgate_app');
  try {
    await site.begin();
    await soon(() => expect(String(site.errors)).toContain('permission denied for table sync'));
  } finally {
    await owner.query('GRANT INSERT ON sync TO outgate_app');
    await owner.end();
  }
  await site.stands('a', { state: 'Synced' });
  site.errors.length = 0;
});

it('a create that was held up changes nothing where the pool is there already', async () => {
  const cluster = clusterPools(site.connection, 'projectcalico.org/v3');
  const create = { name: 'a', uid: null, resourceVersion: null, force: false };
  const made = await cluster.apply({ ...create, spec: nat });
  expect(made.pool?.spec).toMatchObject(nat);
  const late = cluster.apply({ ...create, spec: { ...nat, natOutgoing: false }, force: true });
  await expect(late).rejects.toMatchObject({ kind: 'stale' });
  expect((await site.stored('a'))?.spec).toMatchObject(nat);
});

it('a pool that was deleted before anybody noted that it was applied goes from the cluster, also when it comes late', async () => {
  const { db } = site.api.database;
  await beginTerm(db, 'killed');
  const cluster = clusterPools(site.connection, 'projectcalico.org/v3');
  const editor = site.api.caller('editor');
  const applyAndDelete = async (name: string, spec: PoolSpec): Promise<() => Promise<unknown>> => {
    const { pool } = await editor.pools.create({ name, spec });
    await editor.pools.delete({ name, expectedVersion: pool.version, reason: 'not needed' });
    return () => cluster.apply({ name, spec, uid: null, resourceVersion: null, force: false });
  };
  await (await applyAndDelete('soon', nat))();
  const applyLate = await applyAndDelete('late', { cidr: '10.2.0.0/16' });
  await site.make('other', { cidr: '10.3.0.0/16' });
  await site.begin();
  const left = async (...names: string[]): Promise<void> => {
    const there = async () => (await readLivePools(db)).map(({ name }) => name);
    await soon(async () => expect(await there()).toEqual(names));
    expect(await Promise.all(['soon', 'late', 'other'].map(site.stored))).toMatchObject([null, null, { spec: {} }]);
  };
  await left('other');
  await soon(async () => expect((await site.stand('late'))?.detail).toHaveProperty('absentSince'));
  await applyLate();
  await soon(async () => expect(await site.stored('late')).toBe(null));
  await left('other');
  // made again, it is a pool like any other
  const { change } = await editor.pools.create({ name: 'late', spec: { cidr: '10.2.0.0/16' } });
  await site.stands('late', {
    state: 'Synced',
    applied: { version: change.id },
    deletedBy: null,
    detail: { fields: [] },
  });
});

it('the leader of a term that is over writes nothing more', async () => {
  const old = await site.begin();
  await site.api.caller('editor').pools.create({ name: 'a', spec: nat });
  await site.stands('a', { state: 'Synced' });
  await beginTerm(site.api.database.db, 'another');
  await site.edit('a', { natOutgoing: false });
  await soon(() => expect(site.errors).toContain('term over'));
  site.errors.splice(0);
  expect(await site.stand('a')).toMatchObject({ state: 'Synced' });
  await old.stop();
});
