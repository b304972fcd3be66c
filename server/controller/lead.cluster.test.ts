/** A term of the controller on a real API server and a real database. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { EVERYWHERE } from '../../core/cluster/agent-placement.ts';
import { rememberedOf } from '../../core/cluster/come-back.ts';
import type { PoolSpec } from '../../core/pool/spec.ts';
import { calicoPath } from '../../e2e/cluster/install-crds.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { grant, revoke } from '../../e2e/cluster/rights.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { findChanges } from '../db/changes.ts';
import type { Database } from '../db/client.ts';
import { beginTerm, liveChangesSince, readLive, readLivePools } from '../db/live.ts';
import { readLiveFelixes } from '../db/live-felix.ts';
import { poolsCarriedOut } from '../db/pools-carried-out.ts';
import { readSync, writeSync } from '../db/sync.ts';
import { type Hub, makeHub } from '../events/hub.ts';
import { type Listener, startListener } from '../events/listener.ts';
import { type Connection, openConnection } from '../kube/connection.ts';
import { fromKubeconfig } from '../kube/kubeconfig.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { clusterPools } from './cluster-pools.ts';
import { type Leading, lead } from './lead.ts';

const server = sharedServer();
const path = calicoPath('v3', 'ippools');
const rule = (...verbs: string[]) => [{ apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs }];

let api: TestApi;
let connection: Connection;
let hub: Hub;
let listener: Listener;
let leading: Leading | undefined;
const errors: unknown[] = [];
let atEnd = async (): Promise<void> => {};

beforeAll(async () => {
  api = await testApi();
  hub = makeHub();
  listener = startListener({
    connectionString: api.database.url,
    onNotice: hub.publish,
    onConnected: () => hub.publish({ kind: 'resync' }),
    onLost: (reason) => errors.push(reason),
  });
  connection = openConnection(fromKubeconfig(server.kubeconfig, 'outgate'));
});
afterEach(async () => {
  const admin = api.caller('admin');
  for (const { name, version } of (await admin.pools.list({})).pools) {
    await admin.pools.delete({ name, expectedVersion: version, reason: 'test is over' });
  }
  await leading?.stop();
  leading = undefined;
  await atEnd();
  atEnd = async () => {};
  await must(server.as('admin'), 'DELETE', path);
  await api.database.db.query('DELETE FROM sync');
  expect(errors.splice(0)).toEqual([]);
});
afterAll(async () => {
  await listener?.close();
  await connection?.close();
  await api?.close();
});

/** the tests share a database, and each begins with another cluster as it were */
const nothingKnown = { lost: false, remembered: async () => rememberedOf([]) };

async function begin(as: Connection = connection, db: Database = api.database.db): Promise<Leading> {
  const epoch = await beginTerm(db, 'test');
  leading = lead({
    agents: EVERYWHERE,
    db,
    hub,
    connection: as,
    group: 'projectcalico.org/v3',
    epoch,
    lasting: { pools: nothingKnown, settings: nothingKnown },
    now: Date.now,
    onTermOver: () => errors.push('term over'),
    onError: (error) => errors.push(error),
  });
  return leading;
}

interface Stored {
  readonly metadata: { readonly managedFields: { readonly manager: string; readonly operation: string }[] };
  readonly spec: Record<string, unknown>;
}
const stored = async (name: string): Promise<Stored | null> => {
  const { status, body } = await request(server.as('admin'), 'GET', `${path}/${name}`);
  return status === 200 ? (body as Stored) : null;
};
const edit = (name: string, spec: object, manager = 'kubectl-edit') =>
  must(server.as('admin'), 'PATCH', `${path}/${name}?fieldManager=${manager}`, { spec });
const make = (name: string, spec: object, manager = 'kubectl-create') =>
  must(server.as('admin'), 'POST', `${path}?fieldManager=${manager}`, {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name },
    spec,
  });
const stand = async (name: string) => (await readSync(api.database.db, [name]))[0];
const stands = (name: string, expected: object) =>
  vi.waitFor(async () => expect(await stand(name)).toMatchObject(expected), { timeout: 15_000, interval: 30 });
const felixObject = { apiVersion: 'projectcalico.org/v3', kind: 'FelixConfiguration', metadata: { name: 'default' } };
const nat = { cidr: '10.1.0.0/16', natOutgoing: true };

it('what is decided here is in the cluster, under our name, and the ledger names the change', async () => {
  await begin();
  const editor = api.caller('editor');
  const { change, pool } = await editor.pools.create({ name: 'a', spec: nat });
  await stands('a', { state: 'Synced', applied: { version: change.id } });
  const made = await stored('a');
  expect(made?.spec).toMatchObject(nat);
  expect(made?.metadata.managedFields).toMatchObject([{ manager: 'outgate', operation: 'Apply' }]);
  const off = await editor.pools.update({ name: 'a', spec: { cidr: nat.cidr }, expectedVersion: pool.version });
  await stands('a', { state: 'Synced', applied: { version: off.change.id } });
  expect((await stored('a'))?.spec['natOutgoing']).toBe(false);
  // what else is in the cluster may be noted at any time
  const log = async () => (await liveChangesSince(api.database.db, 0, 100)).filter(({ pools }) => pools.includes('a'));
  expect((await log()).slice(-2).map(({ actor, cause }) => [actor, cause])).toEqual([
    ['outgate', change.id],
    ['outgate', off.change.id],
  ]);
  const gone = await editor.pools.delete({ name: 'a', expectedVersion: off.change.id, reason: 'not needed' });
  await vi.waitFor(async () => expect(await stored('a')).toBe(null), { timeout: 15_000 });
  await vi.waitFor(async () => expect(await stand('a')).toBe(undefined), { timeout: 15_000 });
  expect((await log()).at(-1)).toMatchObject({ actor: 'outgate', cause: gone.change.id, pools: ['a'], after: null });
});

it('what others make is mirrored and left alone', async () => {
  await make('found', { cidr: '10.9.0.0/16' });
  const before = await readLive(api.database.db);
  await begin();
  await vi.waitFor(async () => expect(await readLivePools(api.database.db)).toHaveLength(1), { timeout: 15_000 });
  await make('later', { cidr: '10.9.0.0/16', natOutgoing: true });
  await vi.waitFor(async () => expect(await readLivePools(api.database.db)).toHaveLength(2), { timeout: 15_000 });
  // what else is in the cluster may be noted at any time
  const log = (await liveChangesSince(api.database.db, before.sequence, 100)).filter(({ pools }) => pools.length > 0);
  expect(log.map(({ actor, pools, cause }) => [actor, pools, cause])).toEqual([
    ['kubectl-create', ['found'], null],
    ['kubectl-create', ['later'], null],
  ]);
  expect(await readSync(api.database.db)).toEqual([]);
  for (const name of ['found', 'later']) {
    expect((await stored(name))?.metadata.managedFields.map(({ manager }) => manager)).toEqual(['kubectl-create']);
  }
});

it('an edit in the cluster is shown with its manager and stays; forced, it is written over', async () => {
  await begin();
  const { pool } = await api.caller('editor').pools.create({ name: 'a', spec: nat });
  await stands('a', { state: 'Synced' });
  await edit('a', { natOutgoing: false });
  await stands('a', {
    state: 'OutOfSync',
    reason: 'FieldChangedInCluster',
    detail: { fields: ['natOutgoing'], managers: ['kubectl-edit'] },
  });
  expect((await stored('a'))?.spec['natOutgoing']).toBe(false);
  // a decision about another field does not take that one along
  const spec = { ...nat, disabled: true };
  const { change } = await api.caller('editor').pools.update({ name: 'a', spec, expectedVersion: pool.version });
  await stands('a', { state: 'Contested', reason: 'FieldOwnedByOther', detail: { managers: ['kubectl-edit'] } });
  expect((await stored('a'))?.spec).not.toHaveProperty('disabled', true);
  const row = await stand('a');
  if (row === undefined) throw new Error('no row');
  await writeSync(api.database.db, [{ ...row, forceVersion: change.id }]);
  await leading?.stop();
  await begin();
  await stands('a', { state: 'Synced', applied: { version: change.id }, forceVersion: null });
  expect((await stored('a'))?.spec).toMatchObject(spec);
});

it('an apply that the cluster takes and does not carry out is no sync', async () => {
  await begin();
  const spec: PoolSpec = { ...nat, allowedUses: ['Workload'] };
  const { pool } = await api.caller('editor').pools.create({ name: 'a', spec });
  await stands('a', { state: 'Synced' });
  // of a set each item has owners of its own: one that others added stays when we leave it out
  await edit('a', { allowedUses: ['Workload', 'Tunnel'] });
  await stands('a', { state: 'OutOfSync', detail: { fields: ['allowedUses'] } });
  const off = { ...spec, natOutgoing: false };
  const { change } = await api.caller('editor').pools.update({ name: 'a', spec: off, expectedVersion: pool.version });
  await stands('a', { state: 'OutOfSync', detail: { fields: ['allowedUses'] }, applied: { version: change.id } });
  expect((await stored('a'))?.spec).toMatchObject({ natOutgoing: false, allowedUses: ['Workload', 'Tunnel'] });
});

it('a pool that is enforced is written over, until it is a fight', async () => {
  await begin();
  await api.caller('editor').pools.create({ name: 'a', spec: nat });
  await stands('a', { state: 'Synced' });
  const { db } = api.database;
  const row = await stand('a');
  if (row?.applied == null) throw new Error('no row');
  const { version } = row.applied;
  const effect = await poolsCarriedOut(db, [version]);
  await writeSync(db, [{ ...row, policy: 'enforce' }]);
  for (let i = 1; i <= 3; i++) {
    await edit('a', { natOutgoing: false });
    await vi.waitFor(async () => expect((await stand('a'))?.detail.rewrites).toHaveLength(i), { timeout: 15_000 });
    expect((await stored('a'))?.spec['natOutgoing']).toBe(true);
  }
  await edit('a', { natOutgoing: false });
  // and who it is that we fight with is named
  const detail = { fields: ['natOutgoing'], managers: ['kubectl-edit'] };
  await stands('a', { state: 'Contested', reason: 'WrittenOverAgain', detail });
  expect((await stored('a'))?.spec['natOutgoing']).toBe(false);
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
  const since = (await liveChangesSince(db, effect.get(version) ?? 0, 100)).map(({ sequence }) => sequence);
  const history = await findChanges(db, { pool: 'a', others: true, limit: 7 });
  expect(history.map(({ sequence }) => sequence)).toEqual(since.reverse());
  expect(history).toMatchObject([theirs, ours, theirs, ours, theirs, ours, theirs]);
  expect(await poolsCarriedOut(db, [version])).toEqual(effect);
});

it('each of several changes of a pool is in force when the cluster has it, and none before', async () => {
  const { db } = api.database;
  const editor = api.caller('editor');
  const causes = async () =>
    (await liveChangesSince(db, 0, 1000)).filter(({ pools }) => pools.includes('a')).map(({ cause }) => cause);
  const update = async (spec: PoolSpec, expectedVersion: number): Promise<number> =>
    (await editor.pools.update({ name: 'a', spec, expectedVersion })).change.id;
  const made = (await editor.pools.create({ name: 'a', spec: nat })).change.id;
  const off = await update({ ...nat, natOutgoing: false }, made);
  expect(await poolsCarriedOut(db, [made, off])).toEqual(
    new Map([
      [made, null],
      [off, null],
    ]),
  );
  await begin();
  await stands('a', { state: 'Synced', applied: { version: off } });
  // what was overtaken came with what overtook it
  const came = (await readLive(db)).sequence;
  expect((await causes()).at(-1)).toBe(off);
  expect([...(await poolsCarriedOut(db, [made, off])).values()]).toEqual([came, came]);
  await leading?.stop();
  // there and back again moves nothing: the cluster said so already, and does after the next change too
  const back = await update({ ...nat, natOutgoing: false }, await update(nat, off));
  expect(await poolsCarriedOut(db, [back])).toEqual(new Map([[back, null]]));
  await begin();
  await stands('a', { state: 'Synced', applied: { version: back } });
  expect(await poolsCarriedOut(db, [back])).toEqual(new Map([[back, came]]));
  const on = await update(nat, back);
  await stands('a', { state: 'Synced', applied: { version: on } });
  expect([...(await poolsCarriedOut(db, [off, back])).values()]).toEqual([came, came]);
  await leading?.stop();
  // the next one is saved before it is seen that this one came: it is this one that came
  const first = await update({ ...nat, disabled: true }, on);
  const second = await update({ ...nat, natOutgoing: false }, first);
  const live = (await readLivePools(db, ['a']))[0];
  if (live === undefined) throw new Error('no pool');
  const spec = { ...nat, disabled: true };
  const { uid, resourceVersion } = live;
  await clusterPools(connection, 'projectcalico.org/v3').apply({ name: 'a', spec, uid, resourceVersion, force: false });
  await begin();
  await stands('a', { state: 'Synced', applied: { version: second } });
  expect((await causes()).slice(-2)).toEqual([first, second]);
  const [of1, of2] = [...(await poolsCarriedOut(db, [first, second])).values()];
  expect(of1).toBeLessThan(of2 ?? 0);
});

it('a new term writes nothing of a pool that is as it should be', async () => {
  const { db } = api.database;
  const editor = api.caller('editor');
  const written = () =>
    db.query(`SELECT xmin FROM sync WHERE name = 'a' UNION ALL SELECT xmin FROM live_pool WHERE name = 'a'`);
  await begin();
  await editor.pools.create({ name: 'a', spec: nat });
  await stands('a', { state: 'Synced' });
  await leading?.stop();
  const before = await written();
  await begin();
  await editor.pools.create({ name: 'b', spec: { cidr: '10.2.0.0/16' } });
  await stands('b', { state: 'Synced' });
  await vi.waitFor(() => expect(leading?.queued()).toBe(0), { timeout: 15_000 });
  expect(await written()).toEqual(before);
});

it('a pool deleted in the cluster is not made again by itself', async () => {
  await begin();
  await api.caller('editor').pools.create({ name: 'a', spec: nat });
  await stands('a', { state: 'Synced' });
  await must(server.as('admin'), 'DELETE', `${path}/a`);
  await stands('a', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
  expect(await stored('a')).toBe(null);
});

it('a name that somebody else has in the cluster is left to them', async () => {
  await make('a', { cidr: '10.8.0.0/16' });
  await begin();
  await api.caller('editor').pools.create({ name: 'a', spec: nat });
  await stands('a', { state: 'OutOfSync', reason: 'NotAdopted', detail: { managers: ['kubectl'] } });
  expect((await stored('a'))?.spec['cidr']).toBe('10.8.0.0/16');
});

it('a missing right is named, and the pool comes by itself when it is given', async () => {
  const reader = openConnection(fromKubeconfig(server.kubeconfig, 'nobody'));
  await grant(server, 'lead-test', { kind: 'User', name: 'nobody' }, rule('get', 'list', 'watch'));
  await begin(reader);
  await api.caller('editor').pools.create({ name: 'a', spec: nat });
  await stands('a', { state: 'Forbidden', detail: { missing: 'patch ippools.projectcalico.org' } });
  await grant(server, 'lead-test-more', { kind: 'User', name: 'nobody' }, rule('patch', 'create', 'delete'));
  await stands('a', { state: 'Synced' });
  // it ends with the term, before its connection does
  atEnd = async () => {
    await reader.close();
    await revoke(server, 'lead-test');
    await revoke(server, 'lead-test-more');
  };
});

it('settings and node addresses of the cluster are in the ledger; settings that would stop Felix are not taken', async () => {
  const felix = calicoPath('v3', 'felixconfigurations');
  const admin = server.as('admin');
  try {
    await begin();
    const set = (spec: object) => must(admin, 'PATCH', `${felix}/default?fieldManager=kubectl-patch`, { spec });
    await must(admin, 'POST', felix, { ...felixObject, spec: { natPortRange: '30000:40000' } });
    const settings = async () => (await readLive(api.database.db)).settings.global;
    await vi.waitFor(async () => expect(await settings()).toEqual({ natPortRange: '30000:40000' }), {
      timeout: 15_000,
    });
    await set({ natPortRange: '40000:30000' });
    const ranges = async () => (await readLiveFelixes(api.database.db)).map(({ settings }) => settings?.natPortRange);
    await vi.waitFor(async () => expect(await ranges()).toEqual(['40000:30000']), { timeout: 15_000 });
    expect(await settings()).toEqual({ natPortRange: '30000:40000' });
    await set({ natPortRange: null, natOutgoingExclusions: 'IPPoolsAndHostIPs' });
    await must(admin, 'POST', '/api/v1/nodes', { metadata: { name: 'facts' } });
    const status = { addresses: [{ type: 'InternalIP', address: '192.0.2.99' }] };
    await must(admin, 'PATCH', '/api/v1/nodes/facts/status', { status });
    await vi.waitFor(async () => expect((await readLive(api.database.db)).hosts).toEqual(['192.0.2.99']), {
      timeout: 15_000,
    });
    await vi.waitFor(async () => expect(await settings()).toEqual({ natOutgoingExclusions: 'IPPoolsAndHostIPs' }), {
      timeout: 15_000,
    });
    const log = await liveChangesSince(api.database.db, 0, 1000);
    expect(log.filter(({ action }) => action === 'settings.update').at(-1)?.actor).toBe('kubectl-patch');
  } finally {
    await must(admin, 'DELETE', felix);
    await must(admin, 'DELETE', '/api/v1/nodes/facts');
  }
});

it('a database that fails right after the first list costs a moment, not the wait for the next look at everything', async () => {
  await api.caller('editor').pools.create({ name: 'a', spec: nat });
  const owner = new pg.Client({ connectionString: api.database.url });
  await owner.connect();
  await owner.query('DELETE FROM sync; REVOKE INSERT ON sync FROM outgate_app');
  try {
    await begin();
    await vi.waitFor(() => expect(String(errors)).toContain('permission denied for table sync'), { timeout: 15_000 });
  } finally {
    await owner.query('GRANT INSERT ON sync TO outgate_app');
    await owner.end();
  }
  await stands('a', { state: 'Synced' });
  errors.length = 0;
});

it('the heartbeats of nodes lock nothing', async () => {
  const admin = server.as('admin');
  let locks = 0;
  const { db } = api.database;
  const status = (of: object) => must(admin, 'PATCH', '/api/v1/nodes/beats/status', { status: of });
  const at = (address: string) => status({ addresses: [{ type: 'InternalIP', address }] });
  const hosts = (expected: string) =>
    vi.waitFor(async () => expect((await readLive(db)).hosts).toEqual([expected]), { timeout: 15_000 });
  await must(admin, 'POST', '/api/v1/nodes', { metadata: { name: 'beats' } });
  try {
    await at('192.0.2.71');
    await begin(connection, {
      ...db,
      transaction(work) {
        locks++;
        return db.transaction(work);
      },
    });
    await hosts('192.0.2.71');
    locks = 0;
    for (let i = 0; i < 60; i++) {
      await status({ conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: new Date(i * 1000) }] });
    }
    await at('192.0.2.72');
    await hosts('192.0.2.72');
    // the condition came once, and the address in its table and in the ledger
    // a late first list of pools or settings may come beside it; each heartbeat would be one
    expect(locks).toBeLessThan(15);
  } finally {
    await must(admin, 'DELETE', '/api/v1/nodes/beats');
  }
});

it('a create that was held up changes nothing where the pool is there already', async () => {
  const cluster = clusterPools(connection, 'projectcalico.org/v3');
  const create = { name: 'a', uid: null, resourceVersion: null, force: false };
  const made = await cluster.apply({ ...create, spec: nat });
  expect(made.pool?.spec).toMatchObject(nat);
  const late = cluster.apply({ ...create, spec: { ...nat, natOutgoing: false }, force: true });
  await expect(late).rejects.toMatchObject({ kind: 'stale' });
  expect((await stored('a'))?.spec).toMatchObject(nat);
});

it('a pool that was deleted before anybody noted that it was applied goes from the cluster, also when it comes late', async () => {
  const { db } = api.database;
  await beginTerm(db, 'killed');
  const cluster = clusterPools(connection, 'projectcalico.org/v3');
  const editor = api.caller('editor');
  const applyAndDelete = async (name: string, spec: PoolSpec): Promise<() => Promise<unknown>> => {
    const { pool } = await editor.pools.create({ name, spec });
    await editor.pools.delete({ name, expectedVersion: pool.version, reason: 'not needed' });
    return () => cluster.apply({ name, spec, uid: null, resourceVersion: null, force: false });
  };
  await (await applyAndDelete('soon', nat))();
  const applyLate = await applyAndDelete('late', { cidr: '10.2.0.0/16' });
  await make('other', { cidr: '10.3.0.0/16' });
  await begin();
  const left = async (...names: string[]): Promise<void> => {
    const there = async () => (await readLivePools(db)).map(({ name }) => name);
    await vi.waitFor(async () => expect(await there()).toEqual(names), { timeout: 15_000 });
    expect(await Promise.all(['soon', 'late', 'other'].map(stored))).toMatchObject([null, null, { spec: {} }]);
  };
  await left('other');
  await vi.waitFor(async () => expect((await stand('late'))?.detail).toHaveProperty('absentSince'), {
    timeout: 15_000,
  });
  await applyLate();
  await vi.waitFor(async () => expect(await stored('late')).toBe(null), { timeout: 15_000 });
  await left('other');
  // made again, it is a pool like any other
  const { change } = await editor.pools.create({ name: 'late', spec: { cidr: '10.2.0.0/16' } });
  await stands('late', { state: 'Synced', applied: { version: change.id }, deletedBy: null, detail: { fields: [] } });
});

it.each([
  ['felixconfigurations', 'projectcalico.org', { hosts: [], range: '31000:32000' }],
  ['nodes', '', { hosts: ['192.0.2.98'], range: undefined }],
])('whoever may read only %s uses them', async (resource, apiGroup, expected) => {
  const felix = calicoPath('v3', 'felixconfigurations');
  const admin = server.as('admin');
  const { db } = api.database;
  await db.query('DELETE FROM live_felix');
  await db.query(`UPDATE live SET hosts = '[]', settings = '{"global":{},"nodes":{}}'`);
  await must(admin, 'POST', felix, { ...felixObject, spec: { natPortRange: '31000:32000' } });
  await must(admin, 'POST', '/api/v1/nodes', { metadata: { name: 'half' } });
  const status = { addresses: [{ type: 'InternalIP', address: '192.0.2.98' }] };
  await must(admin, 'PATCH', '/api/v1/nodes/half/status', { status });
  const verbs = ['get', 'list', 'watch'];
  const halfSighted = openConnection(fromKubeconfig(server.kubeconfig, 'nobody'));
  await grant(server, 'lead-half', { kind: 'User', name: 'nobody' }, [
    { apiGroups: [apiGroup], resources: [resource], verbs },
  ]);
  try {
    await begin(halfSighted);
    await vi.waitFor(
      async () => {
        const { hosts, settings } = await readLive(db);
        expect({ hosts, range: settings.global.natPortRange }).toEqual(expected);
      },
      { timeout: 15_000 },
    );
  } finally {
    await leading?.stop();
    leading = undefined;
    await halfSighted.close();
    await must(admin, 'DELETE', felix);
    await must(admin, 'DELETE', '/api/v1/nodes/half');
    await revoke(server, 'lead-half');
  }
});

it('the leader of a term that is over writes nothing more', async () => {
  const old = await begin();
  await api.caller('editor').pools.create({ name: 'a', spec: nat });
  await stands('a', { state: 'Synced' });
  await beginTerm(api.database.db, 'another');
  await edit('a', { natOutgoing: false });
  await vi.waitFor(() => expect(errors).toContain('term over'), { timeout: 15_000 });
  errors.splice(0);
  expect(await stand('a')).toMatchObject({ state: 'Synced' });
  await old.stop();
});
