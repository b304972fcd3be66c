/** The whole server in cluster mode: HTTP in front, a real API server behind, agents on the stream. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conditionList } from '../agent/conditions.ts';
import { agentMetrics } from '../agent/metrics.ts';
import type { StreamMessage } from '../core/wire/state.ts';
import { chartQueries } from '../e2e/cluster/chart.ts';
import { calicoPath } from '../e2e/cluster/install-crds.ts';
import { must, request } from '../e2e/cluster/request.ts';
import { sharedServer } from '../e2e/cluster/shared-server.ts';
import { clearNamespace, makeNamespace, makePod, makeService, makeSlice } from '../e2e/cluster/workloads.ts';
import { system } from './services/actor.ts';
import { applyChange } from './services/changes/apply-change.ts';
import { type } from './testing/agent-doors.ts';
import { serverOfFile } from './testing/file-server.ts';
import { soon } from './testing/soon.ts';
import { joinNode, mutate, openAgentStream, post, query } from './testing/test-client.ts';
import { reportOf } from './testing/test-report.ts';
import { withCluster } from './testing/test-server.ts';

const cluster = sharedServer();
const path = calicoPath('v3', 'ippools');
const server = serverOfFile(withCluster(cluster.kubeconfig));
afterAll(async () => {
  await must(cluster.as('admin'), 'DELETE', path);
  await must(cluster.as('admin'), 'DELETE', calicoPath('v3', 'felixconfigurations'));
});

const ask = async (procedure: string, input?: unknown) =>
  (await query(server.address, procedure, input, server.cookie)).body.result.data;
const tell = async (procedure: string, input: unknown) => {
  const { status, body } = await mutate(server.address, procedure, input, server.cookie);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.result.data;
};
const edit = (name: string, spec: object, manager = 'kubectl-edit') =>
  must(cluster.as('admin'), 'PATCH', `${path}/${name}?fieldManager=${manager}`, { spec });

it('connects, leads, and says what it may do', async () => {
  await soon(async () => {
    const view = await ask('cluster.get');
    expect(view).toMatchObject({ group: 'projectcalico.org/v3', phase: 'live', error: null });
    expect(view.election.role).toBe('leader');
  });
  const { user, rights } = await ask('cluster.rights');
  expect(user).toBe('system:serviceaccount:outgate:outgate-server');
  expect(rights.every(({ allowed }: { allowed: boolean }) => allowed)).toBe(true);
  expect((await ask('status.get')).mode).toBe('cluster');
  expect(await ask('settings.get')).toMatchObject({ from: 'cluster', settings: { global: {}, nodes: {} } });
});

it('every figure that the chart’s alerts and dashboard ask for is really told', async () => {
  const text = await (await fetch(`${server.address}/metrics`)).text();
  const agent = agentMetrics('node-a', 'iptables-nft').text(conditionList(() => ''));
  const told = new Set([...`${text}${agent}`.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const asked = await chartQueries(cluster.helm);
  expect(asked.length).toBeGreaterThan(12);
  for (const { query, metrics, labels } of asked) {
    expect(metrics.length, query).toBeGreaterThan(0);
    expect(
      metrics.filter((name) => !told.has(name)),
      query,
    ).toEqual([]);
    for (const label of labels) expect(text, query).toContain(label);
  }
  expect(text).toContain('outgate_cluster_leader 1\n');
  expect(text).toContain('outgate_cluster_watch{phase="live"} 1\n');
  expect(text).toContain('outgate_pools{sync="Synced"} 0\n');
});

it('a pool made by request is in the cluster, then with the agents; an edit there reaches them and is told', async () => {
  const credential = await joinNode(server.address, server.cookie, 'node-a');
  const stream = await openAgentStream(server.address, credential);
  await stream.next(type('snapshot'));
  const spec = { cidr: '10.1.0.0/16', natOutgoing: true };
  const { change, revision } = await tell('pools.create', { name: 'ours', spec });
  const delta = await stream.next<Extract<StreamMessage, { type: 'delta' }>>(type('delta'));
  expect(delta.upsert).toMatchObject([{ name: 'ours', spec }]);
  expect(delta.revision).toBe(revision);
  await soon(async () => expect((await ask('pools.get', { name: 'ours' })).sync).toMatchObject({ state: 'Synced' }));
  const { sequence } = delta;
  const report = reportOf('node-a', { sequence, revision: delta.revision });
  const told = await post(`${server.address}/agent/v1/report`, report, { authorization: `Bearer ${credential}` });
  expect(told.status).toBe(200);
  expect(await ask('pools.get', { name: 'ours' })).toMatchObject({ nodes: { programmed: 1, total: 1 } });
  const held = await ask('changes.get', { id: change.id });
  expect(held.nodes).toEqual({ holding: 1, total: 1 });
  expect(held.nodeTimes).toMatchObject([{ node: 'node-a', at: expect.any(String) }]);

  await edit('ours', { natOutgoing: false });
  const edited = await stream.next<Extract<StreamMessage, { type: 'delta' }>>(type('delta'));
  expect(edited.upsert).toMatchObject([{ name: 'ours', spec: { natOutgoing: false } }]);
  await soon(async () => {
    const { sync, nodes } = await ask('pools.get', { name: 'ours' });
    expect(sync).toMatchObject({ state: 'OutOfSync', managers: ['kubectl-edit'], fields: ['natOutgoing'] });
    expect(nodes.programmed).toBe(0);
  });
  // one revision is the effective one wherever it stands; what is desired has another by now
  const { revision: effective, desiredRevision } = await ask('status.get');
  expect(effective).not.toBe(desiredRevision);
  for (const answer of [await ask('pools.list'), await ask('pools.get', { name: 'ours' })]) {
    expect(answer).toMatchObject({ revision: effective, desiredRevision });
  }
  const answers = await ask('simulate.flow', { from: '10.1.0.9', to: '192.0.2.200' });
  expect(answers.answers.slice(0, 2)).toMatchObject([
    { truth: 'desired', verdict: 'SNAT' },
    { truth: 'live', verdict: 'NO_SNAT' },
  ]);
  expect(answers.agree).toBe(false);
  stream.close();
  // what others did stands in History, as theirs, and nobody holds it yet
  const { changes } = await ask('changes.list', { pool: 'ours' });
  expect(changes).toMatchObject([
    {
      action: 'cluster.change',
      actor: 'kubectl-edit',
      role: 'cluster',
      target: 'ours',
      before: { spec: { natOutgoing: true } },
      after: { spec: { natOutgoing: false } },
      nodes: { holding: 0, total: 1 },
    },
    { action: 'pool.create', id: change.id, nodes: { holding: 1, total: 1 } },
  ]);
  const page = await ask('changes.list', { pool: 'ours', limit: 1 });
  expect((await ask('changes.list', { pool: 'ours', limit: 1, cursor: page.nextCursor })).changes).toEqual([
    changes[1],
  ]);
  expect((await ask('changes.get', { id: changes[0].id })).actor).toBe('kubectl-edit');
});

it('a node that has what the cluster says holds every pool that is in sync, also while another is not', async () => {
  const credential = await joinNode(server.address, server.cookie, 'node-b');
  const stream = await openAgentStream(server.address, credential);
  await stream.next(type('snapshot'));
  await tell('pools.create', { name: 'beside', spec: { cidr: '10.2.0.0/16' } });
  const { sequence, revision } = await stream.next<Extract<StreamMessage, { type: 'delta' }>>(type('delta'));
  stream.close();
  await soon(async () => expect((await ask('pools.get', { name: 'beside' })).sync).toMatchObject({ state: 'Synced' }));
  const report = reportOf('node-b', { sequence, revision });
  await post(`${server.address}/agent/v1/report`, report, { authorization: `Bearer ${credential}` });
  expect((await ask('pools.get', { name: 'ours' })).sync).toMatchObject({ state: 'OutOfSync' });
  const { version, nodes } = await ask('pools.get', { name: 'beside' });
  expect(nodes).toEqual({ programmed: 1, total: 2 });
  const { pools } = await ask('pools.list');
  expect(pools.map((pool: { name: string; nodes: object }) => [pool.name, pool.nodes])).toEqual([
    ['beside', { programmed: 1, total: 2 }],
    ['ours', { programmed: 0, total: 2 }],
  ]);
  await tell('pools.delete', { name: 'beside', expectedVersion: version, reason: 'not needed' });
  await soon(async () => expect((await request(cluster.as('admin'), 'GET', `${path}/beside`)).status).toBe(404));
  // what is asked next is about all that the cluster said: this must be in the ledger
  await soon(async () => expect(await server.db.query(`SELECT FROM live_pool WHERE name = 'beside'`)).toEqual([]));
});

/** A node that holds all that the cluster said until now. */
const holdAll = async (): Promise<void> => {
  await server.db.query(`INSERT INTO node (name, credential_hash) VALUES ('holder', 'x') ON CONFLICT DO NOTHING`);
  await server.db.query(`INSERT INTO holding (node, sequence, at) SELECT 'holder', sequence, now() FROM live`);
};
const isHeld = async (id: number): Promise<boolean> => {
  const { nodeTimes } = await ask('changes.get', { id });
  return nodeTimes.find(({ node }: { node: string }) => node === 'holder').at !== null;
};
afterAll(async () => {
  await server.db.query(`DELETE FROM node WHERE name = 'holder'`);
});

it('theirs is taken, ours is forced, a released pool stays in the cluster', async () => {
  const pool = await ask('pools.get', { name: 'ours' });
  const { rows } = await ask('cluster.compare', { name: 'ours' });
  expect(rows.filter(({ differs }: { differs: boolean }) => differs)).toMatchObject([
    { field: 'natOutgoing', desired: true, live: false, applied: true, managers: ['kubectl-edit'] },
  ]);
  const choose = (choice: string, expectedVersion: number) =>
    tell('cluster.resolve', { name: 'ours', choice, expectedVersion, reason: `take ${choice}` });
  await holdAll();
  const taken = await choose('theirs', pool.version);
  await soon(async () => expect((await ask('pools.get', { name: 'ours' })).sync.state).toBe('Synced'));
  expect((await ask('pools.get', { name: 'ours' })).spec.natOutgoing).toBe(false);
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
  await holdAll();
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
  await holdAll();
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
  expect(preview).toMatchObject({ changes: [lost, gained], stays: [] });
  // to what others have there it is not NATed before either
  expect(preview.changes[0].to.join()).toContain('10.70.255.255,10.71.1.0-');

  await edit('leaves', { natOutgoing: false });
  await soon(async () => expect((await ask('pools.get', { name: 'leaves' })).sync.state).toBe('OutOfSync'));
  expect((await ask('pools.previewDelete', { names: ['leaves'] })).changes).toMatchObject([gained]);

  const { pool: same } = await tell('pools.create', { name: 'theirs', spec: { cidr: '10.71.0.0/24' } });
  await soon(async () => expect((await ask('pools.get', { name: 'theirs' })).sync.reason).toBe('NotAdopted'));
  expect(await ask('pools.previewDelete', { names: ['theirs'] })).toMatchObject({ equal: true, stays: ['theirs'] });
  for (const { name, version } of [pool, same]) {
    await tell('pools.delete', { name, expectedVersion: version, reason: 'not needed' });
  }
  await must(cluster.as('admin'), 'DELETE', `${path}/theirs`);
});

it('force does not take a pool that never was ours, or that another tool owns', async () => {
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
    ['hand', 'never ours'],
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

it('settings from the time before the cluster are decided here, and can be taken back', async () => {
  const settings = { global: { natPortRange: '30000:40000' }, nodes: {} };
  const { change } = await applyChange(server.db, {
    actor: system,
    reason: 'standalone',
    names: [],
    cidrs: [],
    decide: () => [{ action: 'settings.update', settings }],
  });
  await tell('changes.revert', { id: change?.id, reason: 'back' });
  expect(await ask('settings.get')).toMatchObject({ settings: { global: {}, nodes: {} } });
});

describe('names in questions', () => {
  const admin = cluster.as('admin');
  const NAMESPACE = 'names-in-questions';
  const from = `pod/${NAMESPACE}/client`;
  let address: string | null;

  beforeAll(async () => {
    await makeNamespace(admin, NAMESPACE);
    for (const [name, ip] of [
      ['names-a', '192.0.2.101'],
      ['names-b', '192.0.2.102'],
    ] as const) {
      await must(admin, 'POST', '/api/v1/nodes', { metadata: { name } });
      const addresses = [{ type: 'InternalIP', address: ip }];
      await must(admin, 'PATCH', `/api/v1/nodes/${name}/status`, { status: { addresses } });
    }
    const pod = (name: string, node: string, ip: string, hostNetwork = false) =>
      makePod(admin, NAMESPACE, name, { node, addresses: [ip], hostNetwork });
    await pod('client', 'names-a', '10.201.0.10');
    await pod('web-a', 'names-a', '10.201.0.20');
    await pod('proxy', 'names-b', '192.0.2.102', true);
    address = await makeService(admin, NAMESPACE, 'web', {
      type: 'NodePort',
      ports: [{ port: 80, nodePort: 30080 }],
      externalIPs: ['203.0.113.80'],
    });
    await makeSlice(admin, NAMESPACE, 'web', [
      { address: '10.201.0.20', node: 'names-a', pod: 'web-a' },
      { address: '192.0.2.101', node: 'names-a' },
      { address: '192.0.2.102', node: 'names-b', pod: 'proxy' },
      { address: '10.201.0.21', node: 'names-b', ready: false },
    ]);
    await makeService(admin, NAMESPACE, 'empty', { ports: [{ port: 80 }] });
    await makeService(admin, NAMESPACE, 'elsewhere', { type: 'ExternalName', externalName: 'example.com' });
    await tell('pools.create', { name: 'named-pods', spec: { cidr: '10.201.0.0/16', natOutgoing: true } });
    await soon(async () => {
      const { sync } = await ask('pools.get', { name: 'named-pods' });
      expect(sync.state).toBe('Synced');
      const { suggestions } = await ask('simulate.complete', { text: NAMESPACE });
      expect(suggestions).toHaveLength(6);
      expect(await ask('simulate.flow', { from, to: '198.51.100.1' })).toMatchObject({ agree: true });
      // nodes and endpoints come by watches of their own
      const { backends } = await ask('simulate.flow', { from, to: `service/${NAMESPACE}/web:80` });
      expect(backends).toHaveLength(3);
      expect((await ask('simulate.complete', { text: 'names-b' })).suggestions).toContainEqual(
        expect.objectContaining({ value: 'node/names-b' }),
      );
    });
  });
  afterAll(async () => {
    await clearNamespace(admin, NAMESPACE);
    for (const name of ['names-a', 'names-b']) await must(admin, 'DELETE', `/api/v1/nodes/${name}`);
  });

  const codes = ({ backends }: { backends: { address: string; answers: { code: string }[] }[] }): string[] =>
    backends.map((one) => `${one.address} ${one.answers.map(({ code }) => code).join(' ')}`).sort();
  const twice = (code: string): string => `${code} ${code}`;

  it('a pod by name, with its node and address, and the age of that', async () => {
    const answer = await ask('simulate.flow', { from: `${NAMESPACE}/client`, to: '198.51.100.1' });
    expect(answer.named.from).toMatchObject({ name: from, kind: 'pod', node: 'names-a', addresses: ['10.201.0.10'] });
    expect(Date.now() - Date.parse(answer.named.from.at)).toBeLessThan(60_000);
    expect(answer).toMatchObject({ host: 'names-a', named: { flow: { from: '10.201.0.10' }, unknown: [] } });
    expect(answer.answers.map(({ verdict }: { verdict: string }) => verdict)).toEqual(
      answer.answers.map(({ truth }: { truth: string }) => (truth === 'node' ? expect.any(String) : 'SNAT')),
    );
    const byAddress = await ask('simulate.flow', { from: '10.201.0.10', to: '198.51.100.1' });
    expect(byAddress).toMatchObject({ host: 'names-a', named: { from: { name: from } } });
  });

  it('each backend of a service on its own; what holds whichever is chosen', async () => {
    const answer = await ask('simulate.flow', { from, to: `service/${NAMESPACE}/web:80` });
    expect(codes(answer)).toEqual([
      `10.201.0.20 ${twice('NO_SNAT_DESTINATION_IN_POOL')}`,
      `192.0.2.101 ${twice('NO_SNAT_DESTINATION_IS_LOCAL')}`,
      `192.0.2.102 ${twice('SNAT_MASQUERADE')}`,
    ]);
    expect(answer.answers[0]).toMatchObject({ truth: 'desired', code: 'INDETERMINATE_SERVICE_UNRESOLVED' });
    expect(answer.answers[0].steps[0].text).toContain('Of 3 backends: 1 NATed, 2 not NATed.');
    expect(answer.backends.find((one: { pod: string }) => one.pod === `${NAMESPACE}/web-a`)).toMatchObject({
      port: 8080,
      node: 'names-a',
      agree: true,
      flow: { from: '10.201.0.10', to: address, resolvedTo: '10.201.0.20' },
    });
    expect(codes(await ask('simulate.flow', { from, to: address, port: 80 }))).toEqual(codes(answer));
    expect(codes(await ask('simulate.flow', { from, to: `web.${NAMESPACE}.svc` }))).toEqual(codes(answer));
  });

  it('external IP and node port: the proxy’s own NAT, by name and by address', async () => {
    for (const question of [
      { to: '203.0.113.80', port: 80 },
      { to: 'node/names-b:30080' },
      { to: '192.0.2.102', port: 30080 },
    ]) {
      const { answers, backends, named } = await ask('simulate.flow', { from, ...question });
      expect(named.to).toMatchObject({ kind: 'service', name: `service/${NAMESPACE}/web` });
      const rewritten = backends.filter(
        (one: { answers: { code: string }[] }) => one.answers[0]?.code === 'SNAT_SERVICE_PROXY',
      );
      expect(rewritten.length).toBeGreaterThan(0);
      expect(answers[0].truth).toBe('desired');
    }
  });

  it('no backend is refused, a name outside cannot be told', async () => {
    const none = await ask('simulate.flow', { from, to: `${NAMESPACE}/empty` });
    expect(none.answers[0]).toMatchObject({ verdict: 'NO_SNAT', code: 'NO_SNAT_SERVICE_REFUSED' });
    const outside = await ask('simulate.flow', { from, to: `${NAMESPACE}/elsewhere` });
    expect(outside.answers[0].code).toBe('INDETERMINATE_SERVICE_UNRESOLVED');
    expect(outside.answers[0].steps[0].text).toContain('example.com');
  });

  it('a pod on the host’s network sends with its node’s address', async () => {
    const { named, answers } = await ask('simulate.flow', { from: `pod/${NAMESPACE}/proxy`, to: '198.51.100.1' });
    expect(named.from).toMatchObject({ hostNetwork: true, node: 'names-b', addresses: ['192.0.2.102'] });
    expect(answers[0].code).toBe('NO_SNAT_SOURCE_NOT_IN_POOL');
    expect(answers[0].steps[0].code).toBe('SOURCE_IS_HOST');
    const service = await ask('simulate.flow', { from: `pod/${NAMESPACE}/proxy`, to: `service/${NAMESPACE}/web` });
    for (const { answers: each } of service.backends) expect(each[0].steps[0].code).toBe('SOURCE_IS_HOST');
  });

  it('names that are unknown or stand for several are refused, with what fits', async () => {
    const issues = async (input: object) =>
      (await query(server.address, 'simulate.flow', { from, to: '198.51.100.1', ...input }, server.cookie)).body.error
        .data.issues;
    expect(await issues({ from: 'nobody' })).toMatchObject([
      { field: 'from', message: expect.stringContaining("'nobody'") },
    ]);
    await makePod(admin, NAMESPACE, 'web', { addresses: ['10.201.0.30'] });
    await soon(async () => {
      expect(await issues({ to: 'web' })).toMatchObject([
        { field: 'to', candidates: [`pod/${NAMESPACE}/web`, `service/${NAMESPACE}/web`] },
      ]);
    });
    expect(await issues({ to: `service/${NAMESPACE}/web:81` })).toMatchObject([{ field: 'port' }]);
    expect(await issues({ from: `service/${NAMESPACE}/web` })).toMatchObject([{ field: 'from' }]);
    expect(await issues({ from: '010.0.0.1', to: '1', proto: 'x' })).toMatchObject([
      { field: 'from' },
      { field: 'to' },
      { field: 'proto' },
    ]);
  });

  it('completes what is typed, seeing at once what is new', async () => {
    const { suggestions } = await ask('simulate.complete', { text: 'pod/names-in-questions/web', limit: 2 });
    expect(suggestions).toMatchObject([
      { value: `pod/${NAMESPACE}/web` },
      { value: `pod/${NAMESPACE}/web-a`, node: 'names-a' },
    ]);
  });
});
