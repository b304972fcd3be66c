/** What operators decide about pools of a real cluster, by requests to the whole server, and whose nodes hold it then. */
import { afterAll, expect, it } from 'vitest';
import { calicoPath } from '../e2e/cluster/install-crds.ts';
import { must, request } from '../e2e/cluster/request.ts';
import { sharedServer } from '../e2e/cluster/shared-server.ts';
import { serverOfFile } from './testing/file-server.ts';
import { holdAll } from './testing/hold-all.ts';
import { soon } from './testing/soon.ts';
import { mutate, query } from './testing/test-client.ts';
import { withCluster } from './testing/test-server.ts';

const cluster = sharedServer();
const path = calicoPath('v3', 'ippools');
const server = serverOfFile(withCluster(cluster.kubeconfig));
const { ask, tell } = server;
afterAll(() => must(cluster.as('admin'), 'DELETE', path));

const edit = (name: string, spec: object, manager = 'kubectl-edit') =>
  must(cluster.as('admin'), 'PATCH', `${path}/${name}?fieldManager=${manager}`, { spec });
const isHeld = async (id: number): Promise<boolean> => {
  const { nodeTimes } = await ask('changes.get', { id });
  return nodeTimes.find(({ node }: { node: string }) => node === 'holder').at !== null;
};
it('theirs is taken, ours is forced, a released pool stays in the cluster', async () => {
  const { pool } = await tell('pools.create', { name: 'ours', spec: { cidr: '10.1.0.0/16', natOutgoing: true } });
  await soon(async () => expect((await ask('pools.get', { name: 'ours' })).sync.state).toBe('Synced'));
  await edit('ours', { natOutgoing: false });
  await soon(async () => expect((await ask('pools.get', { name: 'ours' })).sync.state).toBe('OutOfSync'));
  const { rows } = await ask('cluster.compare', { name: 'ours' });
  expect(rows.filter(({ differs }: { differs: boolean }) => differs)).toMatchObject([
    { field: 'natOutgoing', desired: true, live: false, applied: true, managers: ['kubectl-edit'] },
  ]);
  const choose = (choice: string, expectedVersion: number) =>
    tell('cluster.resolve', { name: 'ours', choice, expectedVersion, reason: `take ${choice}` });
  await holdAll(server.db);
  const taken = await choose('theirs', pool.version);
  await soon(async () => expect((await ask('pools.get', { name: 'ours' })).sync.state).toBe('Synced'));
  // what the cluster filled in was decided by nobody
  expect((await ask('pools.get', { name: 'ours' })).spec).toEqual({ cidr: '10.1.0.0/16', natOutgoing: false });
  // nothing had to move: nodes that hold what the cluster said hold it
  expect(await isHeld(taken.change.id)).toBe(true);
  await edit('ours', { disabled: true });
  await soon(async () => expect((await ask('pools.get', { name: 'ours' })).sync.state).toBe('OutOfSync'));
  const forced = await choose('ours', taken.change.id);
  expect(forced.change).toMatchObject({
    action: 'pool.force',
    reason: 'take ours',
    before: { spec: { disabled: true }, taken: [{ field: 'disabled', managers: ['kubectl-edit'] }] },
    after: { spec: (await ask('pools.get', { name: 'ours' })).spec },
  });
  await soon(async () => {
    const { body } = await request(cluster.as('admin'), 'GET', `${path}/ours`);
    expect((body as { spec: { disabled?: boolean } }).spec.disabled ?? false).toBe(false);
    expect((await ask('pools.get', { name: 'ours' })).sync.state).toBe('Synced');
  });
  // what was taken stays held; what was forced had to move
  expect([await isHeld(taken.change.id), await isHeld(forced.change.id)]).toEqual([true, false]);
  await holdAll(server.db);
  const released = await choose('release', forced.change.id);
  expect(await isHeld(released.change.id)).toBe(true);
  expect((await query(server.address, 'pools.get', { name: 'ours' }, server.cookie)).status).toBe(404);
  await soon(async () => {
    const { pools } = await ask('cluster.pools');
    expect(pools).toMatchObject([{ name: 'ours', standing: 'observed' }]);
  });
});

it('a pool that somebody made is adopted as it is, and then ours to delete', async () => {
  const body = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'found' } };
  // this CRD takes what Calico's own API server would not
  const spec = { cidr: '10.1.128.0/24', natOutgoing: true, nodeSelector: 'has(' };
  await must(cluster.as('admin'), 'POST', `${path}?fieldManager=kubectl-create`, { ...body, spec });
  await soon(async () => expect((await ask('cluster.pools')).pools).toHaveLength(2));
  const { pools } = await ask('cluster.pools');
  expect(pools[0]).toMatchObject({ name: 'found', owner: 'kubectl', class: 'hand', standing: 'observed' });
  expect(pools[0].violations.map(({ rule }: { rule: string }) => rule)).toEqual(['S1', 'C17']);
  const before = (await request(cluster.as('admin'), 'GET', `${path}/found`)).body as { spec: object };
  await holdAll(server.db);
  const { change } = await tell('cluster.adopt', { names: ['found'], reason: 'it is ours now' });
  expect(change).toMatchObject({ action: 'pool.adopt', target: 'found' });
  await soon(async () => expect((await ask('pools.get', { name: 'found' })).sync.state).toBe('Synced'));
  await soon(async () => {
    const after = (await request(cluster.as('admin'), 'GET', `${path}/found`)).body as typeof before & {
      metadata: { managedFields: { manager: string }[] };
    };
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata.managedFields.map(({ manager }) => manager)).toContain('outgate');
  });
  expect(await isHeld(change.id)).toBe(true);
  await tell('pools.delete', { name: 'found', expectedVersion: change.id, reason: 'not needed' });
  await soon(async () => expect((await request(cluster.as('admin'), 'GET', `${path}/found`)).status).toBe(404));
});

it('adoption writes nothing but our name: what is not set stays so, and a CIDR as it is spelt', async () => {
  const body = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'bare' } };
  const spec = { cidr: 'FD00:0::/64' };
  await must(cluster.as('admin'), 'POST', `${path}?fieldManager=kubectl-create`, { ...body, spec });
  await soon(async () =>
    expect((await ask('cluster.pools')).pools.map(({ name }: { name: string }) => name)).toContain('bare'),
  );
  interface Found {
    readonly spec: object;
    readonly metadata: { readonly managedFields: readonly { readonly manager: string }[] };
  }
  const found = async () => (await request(cluster.as('admin'), 'GET', `${path}/bare`)).body as Found;
  const before = await found();
  await tell('cluster.adopt', { names: ['bare'], reason: 'it is ours now' });
  await soon(async () => {
    const after = await found();
    expect(after.metadata.managedFields.map(({ manager }) => manager)).toContain('outgate');
    expect(after.spec).toEqual(before.spec);
  });
  await soon(async () => expect((await ask('pools.get', { name: 'bare' })).sync.state).toBe('Synced'));
  expect((await found()).spec).toEqual(before.spec);
  const { version } = await ask('pools.get', { name: 'bare' });
  await tell('pools.delete', { name: 'bare', expectedVersion: version, reason: 'not needed' });
  await soon(async () => expect((await request(cluster.as('admin'), 'GET', `${path}/bare`)).status).toBe(404));
});

it('force is not noted where the cluster has the pool as it is desired', async () => {
  const { pool } = await tell('pools.create', { name: 'same', spec: { cidr: '10.73.0.0/24', natOutgoing: true } });
  const stands = (state: string) =>
    soon(async () => expect((await ask('pools.get', { name: 'same' })).sync).toMatchObject({ state }));
  await stands('Synced');
  const input = { name: 'same', choice: 'ours', expectedVersion: pool.version, reason: 'to be sure' };
  const { body } = await mutate(server.address, 'cluster.resolve', input, server.cookie);
  expect(body.error?.data).toMatchObject({ reason: 'NOTHING_CHANGES' });
  const { changes } = await ask('changes.list', { pool: 'same' });
  expect(changes.map(({ action }: { action: string }) => action)).toEqual(['pool.create']);
  await edit('same', { disabled: true });
  await stands('OutOfSync');
  const { change } = await tell('cluster.resolve', input);
  expect(change.action).toBe('pool.force');
  await stands('Synced');
  await tell('pools.delete', { name: 'same', expectedVersion: change.id, reason: 'not needed' });
  await soon(async () => expect((await request(cluster.as('admin'), 'GET', `${path}/same`)).status).toBe(404));
});

it('what came into the cluster since it was looked at is not decided about unseen', async () => {
  const { pool } = await tell('pools.create', { name: 'watched', spec: { cidr: '10.72.0.0/24', natOutgoing: true } });
  await soon(async () => expect((await ask('pools.get', { name: 'watched' })).sync.state).toBe('Synced'));
  await edit('watched', { natOutgoing: false });
  const differing = async () =>
    (await ask('cluster.compare', { name: 'watched' })).rows
      .filter(({ differs }: { differs: boolean }) => differs)
      .map(({ field, managers }: { field: string; managers: string[] }) => `${field} ${managers}`);
  await soon(async () => expect(await differing()).toEqual(['natOutgoing kubectl-edit']));
  const { seen } = await ask('cluster.compare', { name: 'watched' });
  await edit('watched', { disabled: true }, 'nightly-job');
  await soon(async () => expect(await differing()).toHaveLength(2));
  const choice = { name: 'watched', expectedVersion: pool.version, seen, reason: 'it was looked at' };
  for (const each of ['theirs', 'ours']) {
    const { body } = await mutate(server.address, 'cluster.resolve', { ...choice, choice: each }, server.cookie);
    expect(body.error).toMatchObject({ data: { reason: 'VERSION_STALE', current: { version: pool.version } } });
  }
  // another manager of the same value is another one to take it from
  const { seen: now } = await ask('cluster.compare', { name: 'watched' });
  await edit('watched', { disabled: false });
  await edit('watched', { disabled: true });
  await soon(async () => expect(await differing()).toEqual(['natOutgoing kubectl-edit', 'disabled kubectl-edit']));
  const late = await mutate(server.address, 'cluster.resolve', { ...choice, choice: 'ours', seen: now }, server.cookie);
  expect(late.body.error.data.reason).toBe('VERSION_STALE');
  const latest = await ask('cluster.compare', { name: 'watched' });
  const { change } = await tell('cluster.resolve', { ...choice, choice: 'theirs', seen: latest.seen });
  expect(change.after.spec).toMatchObject({ natOutgoing: false, disabled: true });
  await tell('pools.delete', { name: 'watched', expectedVersion: change.id, reason: 'not needed' });
  await soon(async () => expect((await request(cluster.as('admin'), 'GET', `${path}/watched`)).status).toBe(404));
});

it('what a deletion changes is told by what is in effect: what others have there counts, and what is not ours stays', async () => {
  const made = (name: string, spec: object) =>
    must(cluster.as('admin'), 'POST', `${path}?fieldManager=kubectl-create`, {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name },
      spec,
    });
  const known = async () => (await ask('cluster.pools')).pools.map(({ name }: { name: string }) => name);
  await made('theirs', { cidr: '10.71.0.0/24', natOutgoing: true });
  await soon(async () => expect(await known()).toContain('theirs'));
  const { pool } = await tell('pools.create', { name: 'leaves', spec: { cidr: '10.70.0.0/24', natOutgoing: true } });
  await soon(async () => expect((await ask('pools.get', { name: 'leaves' })).sync.state).toBe('Synced'));
  const range = (third: number) => [`10.${third}.0.0-10.${third}.0.255`];
  const lost = { from: range(70), before: 'SNAT', after: 'NO_SNAT' };
  const gained = { from: expect.arrayContaining(range(71)), to: range(70), after: 'SNAT' };
  const preview = await ask('pools.previewDelete', { names: ['leaves'] });
  expect(preview).toMatchObject({ changes: [lost, gained], inCluster: [] });
  // to what others have there it is not NATed before either
  expect(preview.changes[0].to.join()).toContain('10.70.255.255,10.71.1.0-');

  await edit('leaves', { natOutgoing: false });
  await soon(async () => expect((await ask('pools.get', { name: 'leaves' })).sync.state).toBe('OutOfSync'));
  expect((await ask('pools.previewDelete', { names: ['leaves'] })).changes).toMatchObject([gained]);

  const { pool: same } = await tell('pools.create', { name: 'theirs', spec: { cidr: '10.71.0.0/24' } });
  await soon(async () => expect((await ask('pools.get', { name: 'theirs' })).sync.reason).toBe('NotAdopted'));
  expect(await ask('pools.previewDelete', { names: ['theirs'] })).toMatchObject({
    equal: true,
    inCluster: [{ name: 'theirs', becomes: 'kept', managers: ['kubectl'] }],
  });
  for (const { name, version } of [pool, same]) {
    await tell('pools.delete', { name, expectedVersion: version, reason: 'not needed' });
  }
  await must(cluster.as('admin'), 'DELETE', `${path}/theirs`);
});

it('force does not take a pool that is not ours, or that another tool owns', async () => {
  const object = (name: string, labels = {}) => ({
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name, labels },
    spec: { cidr: name === 'hand' ? '10.60.0.0/16' : '10.61.0.0/16' },
  });
  const flux = { 'kustomize.toolkit.fluxcd.io/name': 'net' };
  await must(cluster.as('admin'), 'POST', path, object('hand'));
  await must(cluster.as('admin'), 'POST', path, object('flux', flux));
  for (const [name, words] of [
    ['hand', 'it is not ours'],
    ['flux', 'belongs to flux'],
  ] as const) {
    const spec = { cidr: name === 'hand' ? '10.62.0.0/16' : '10.63.0.0/16' };
    const { pool } = await tell('pools.create', { name, spec });
    await soon(async () => expect((await ask('pools.get', { name })).sync.state).toBe('OutOfSync'));
    const choice = { name, choice: 'ours', expectedVersion: pool.version, reason: 'mine' };
    const refused = await mutate(server.address, 'cluster.resolve', choice, server.cookie);
    expect(refused.body.error).toMatchObject({
      message: expect.stringContaining(words),
      data: { reason: 'INVALID_INPUT' },
    });
    expect((await ask('pools.get', { name })).version).toBe(pool.version);
    await tell('cluster.resolve', { ...choice, choice: 'release' });
  }
});
