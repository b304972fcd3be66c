/** The whole server in cluster mode: HTTP in front, a real API server behind, agents on the stream. */
import { afterAll, expect, it } from 'vitest';
import type { StreamMessage } from '../core/wire/state.ts';
import { calicoPath } from '../e2e/cluster/install-crds.ts';
import { must, request } from '../e2e/cluster/request.ts';
import { sharedServer } from '../e2e/cluster/shared-server.ts';
import { system } from './services/actor.ts';
import { applyChange } from './services/changes/apply-change.ts';
import { type } from './testing/agent-doors.ts';
import { serverOfFile } from './testing/file-server.ts';
import { soon } from './testing/soon.ts';
import { joinNode, openAgentStream, post } from './testing/test-client.ts';
import { reportOf } from './testing/test-report.ts';
import { withCluster } from './testing/test-server.ts';

const cluster = sharedServer();
const path = calicoPath('v3', 'ippools');
const server = serverOfFile(withCluster(cluster.kubeconfig));
afterAll(async () => {
  await must(cluster.as('admin'), 'DELETE', path);
  await must(cluster.as('admin'), 'DELETE', calicoPath('v3', 'felixconfigurations'));
});

const { ask, tell } = server;
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
