/** Agents that sign in as pods: the whole server, a real API server, tokens as the kubelet gets them. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPod, deletePod, type Pod, withClaims } from '../../e2e/cluster/agent-pods.ts';
import { calicoPath } from '../../e2e/cluster/install-crds.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { createServiceAccount, requestToken } from '../../e2e/cluster/rights.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { agentDoors, bearer, type } from '../testing/agent-doors.ts';
import { serverOfFile } from '../testing/file-server.ts';
import { soon } from '../testing/soon.ts';
import { ask, joinNode, mutate, openAgentStream, post } from '../testing/test-client.ts';
import { reportOf } from '../testing/test-report.ts';
import { withCluster } from '../testing/test-server.ts';
import { appRouter } from '../trpc/router.ts';

const cluster = sharedServer();
const admin = cluster.as('admin');
const account = { namespace: 'agents-test', name: 'outgate-agent' };
const other = { ...account, name: 'somebody' };
const nodes = ['node-a', 'node-b', 'node-c'];
const pods: Record<string, Pod> = {};

beforeAll(async () => {
  for (const { namespace, name } of [account, other]) await createServiceAccount(cluster, namespace, name);
  for (const name of nodes) {
    await must(admin, 'POST', '/api/v1/nodes', { metadata: { name, labels: { agents: 'here' } } });
    const condition = { type: 'Ready', status: name === 'node-b' ? 'False' : 'True', reason: 'Kubelet', message: 'so' };
    await must(admin, 'PATCH', `/api/v1/nodes/${name}/status`, {
      status: { addresses: [{ type: 'InternalIP', address: '192.0.2.7' }], conditions: [condition] },
    });
  }
  await makePod('a', 'node-a');
  await makePod('b', 'node-b');
});
const server = serverOfFile({
  ...withCluster(cluster.kubeconfig),
  OUTGATE_AGENT_SERVICE_ACCOUNT: `${account.namespace}/${account.name}`,
  OUTGATE_AGENT_PLACEMENT: JSON.stringify({ nodeSelector: { agents: 'here' }, tolerations: [{ operator: 'Exists' }] }),
});
afterAll(async () => {
  for (const name of Object.keys(pods)) await deletePod(cluster, account, name);
  for (const name of nodes) await must(admin, 'DELETE', `/api/v1/nodes/${name}`);
  for (const { namespace, name } of [account, other])
    await must(admin, 'DELETE', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`);
});

async function makePod(name: string, node?: string): Promise<Pod> {
  const pod = await createPod(cluster, account, name, node);
  pods[name] = pod;
  return pod;
}
const tokenOf = (pod: Pod | undefined, spec: object = {}, of = account) =>
  requestToken(cluster, of, { audiences: ['outgate'], ...(pod === undefined ? {} : { pod }), ...spec });
const { report, join, makeToken } = agentDoors(server);
const stream = (token: string) => openAgentStream(server.address, token);
const node = (name: string) => server.ask('nodes.get', { name });
const reasons = (view: { conditions: { reason: string }[] }): string[] => view.conditions.map(({ reason }) => reason);

// whether a node has an agent can be said when the leader has read the cluster's nodes
beforeAll(() => soon(async () => expect((await server.ask('nodes.list')).nodes).toHaveLength(3)));

it("a pod's token follows and reports for its own node, and for no other", async () => {
  const token = await tokenOf(pods['a']);
  const follows = await stream(token);
  expect(follows.status).toBe(200);
  await follows.next(type('snapshot'));
  expect((await report(token, reportOf('node-a'))).status).toBe(200);
  const refused = await report(token, reportOf('node-b'));
  expect(refused.status).toBe(403);
  expect(refused.body.message).toContain('must be about node-a');
  expect(refused.body.error.data.reason).toBe('AGENT_REFUSED');
  expect(await node('node-a')).toMatchObject({
    signIn: 'service-account',
    pods: [{ name: 'a', served: true }],
    state: 'Pending',
  });
  // what was asked of node B by A's token is not there
  expect(await node('node-b')).toMatchObject({ signIn: null, reportedAt: null });
  follows.close();
});

it('no other token opens anything', async () => {
  const good = await tokenOf(pods['a']);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const forgers = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
  const claims = { 'kubernetes.io': { ...claimsOf(good), node: { name: 'node-c', uid: 'x' } } };
  const unbound = await makePod('waiting');
  const stranger = await createPod(cluster, other, 'stranger', 'node-a');
  pods['stranger'] = stranger;
  const bad: [string, string, string][] = [
    ['another audience', await tokenOf(pods['a'], { audiences: ['other'] }), 'invalid for the target audiences'],
    ['the API server’s audience', await requestToken(cluster, account, { pod: pods['a'] as Pod }), 'target audiences'],
    [
      'another account',
      await tokenOf(stranger, {}, other),
      'must be a token of system:serviceaccount:agents-test:outgate-agent',
    ],
    ['no pod', await tokenOf(undefined), 'bound to a pod'],
    ['a pod without a node', await tokenOf(unbound), 'bound to a node'],
    ['a forged node', withClaims(cluster, good, claims, forgers), 'invalid'],
    ['another node under the same signature', good.replace(/\.[^.]+\./, `.${partOf(claims)}.`), 'invalid'],
    ['garbage', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJlIG9mIG5vYm9keQ', 'invalid'],
  ];
  for (const [what, token, why] of bad) {
    for (const answer of [
      await report(token, reportOf('node-a')),
      await ask(`${server.address}/agent/v1/stream`, { headers: bearer(token) }),
    ]) {
      expect([what, answer.status]).toEqual([what, 401]);
      expect(answer.body.error.data.reason).toBe('AGENT_REFUSED');
      expect(answer.body.message, what).toContain(why);
      expect(answer.body.message).not.toContain(token);
    }
  }
  expect(await node('node-c')).toMatchObject({ signIn: null });
});

it('an agent’s token is refused on every procedure', async () => {
  const token = await tokenOf(pods['a']);
  const open = ['session.get', 'setup.createAdmin'];
  const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>);
  for (const [path, { _def }] of procedures.filter(([name]) => !open.includes(name))) {
    const url = `${server.address}/api/trpc/${path}`;
    const headers = { cookie: `outgate.session_token=${token}` };
    const answer = _def.type === 'mutation' ? await post(url, {}, headers) : await ask(url, { headers });
    expect([path, JSON.stringify(answer.body).includes('NOT_SIGNED_IN')]).toEqual([path, true]);
  }
  const asBearer = await ask(`${server.address}/api/trpc/pools.list`, { headers: bearer(token) });
  expect([asBearer.status, asBearer.body.error.data.reason]).toEqual([401, 'API_TOKEN_REFUSED']);
});

it('a token that expires ends its stream; the next one of the same pod goes on', async () => {
  const token = await tokenOf(pods['a']);
  const short = withClaims(cluster, token, { exp: Math.floor(Date.now() / 1000) + 3 });
  const follows = await stream(short);
  expect(follows.status).toBe(200);
  await follows.ended;
  const late = await report(short, reportOf('node-a'));
  expect([late.status, late.body.message]).toEqual([401, expect.stringContaining('expired')]);
  expect((await report(token, reportOf('node-a'))).status).toBe(200);
  expect((await node('node-a')).pods).toHaveLength(1);
});

it('nodes of the cluster: ready or not, without an agent; and an agent without a node', async () => {
  expect(await node('node-b')).toMatchObject({
    object: { ready: 'False', reason: 'Kubelet', message: 'so', addresses: ['192.0.2.7'] },
    joinedAt: null,
  });
  expect(reasons(await node('node-b'))).toEqual(['NoAgent', 'NodeNotReady']);
  expect(reasons(await node('node-c'))).toEqual(['NoAgent']);
  const { nodes: counted } = await server.ask('status.get');
  expect(counted.total).toBe(3);
  const credential = await joinNode(server.address, server.cookie, 'elsewhere');
  await report(credential, reportOf('elsewhere'));
  expect(reasons(await node('elsewhere'))).toContain('NodeNotInCluster');
  const { revision, sequence } = (await node('elsewhere')).effective;
  await report(credential, reportOf('elsewhere', { revision, sequence }));
  // pods run on the cluster's nodes and nowhere else: they alone count, in the same way everywhere
  await mutate(server.address, 'pools.create', { name: 'seen', spec: { cidr: '10.9.0.0/16' } }, server.cookie);
  expect((await server.ask('status.get')).nodes).toMatchObject({ total: 3, programmed: 0 });
  const { pools: listed } = await server.ask('pools.list');
  expect(listed).toMatchObject([{ nodes: { programmed: 0, total: 3 } }]);
  const { changes } = await server.ask('changes.list');
  expect(changes[0].nodes).toEqual({ holding: 0, total: 3 });
  const { nodeTimes } = await server.ask('changes.get', { id: changes[0].id });
  expect(nodeTimes.map((one: { node: string }) => one.node)).toEqual(['node-a', 'node-b', 'node-c']);
  // the next file finds the cluster as this one did
  await soon(async () =>
    expect((await server.ask('pools.get', { name: 'seen' })).sync).toMatchObject({ state: 'Synced' }),
  );
  const gone = { name: 'seen', expectedVersion: listed[0].version, reason: 'it was seen' };
  expect((await mutate(server.address, 'pools.delete', gone, server.cookie)).status).toBe(200);
  await soon(async () => expect((await request(admin, 'GET', `${calicoPath('v3', 'ippools')}/seen`)).status).toBe(404));
  // it speaks for no node that the cluster has
  expect((await report(credential, reportOf('node-c'))).status).toBe(403);
  await mutate(server.address, 'nodes.forget', { name: 'elsewhere' }, server.cookie);
  // a node that becomes ready says so at once
  const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
  await must(admin, 'PATCH', '/api/v1/nodes/node-b/status', { status: ready });
  await soon(async () => expect(reasons(await node('node-b'))).toEqual(['NoAgent']));
});

it('a node that the agents are not meant for lacks none, until it is; one that never had one is told apart', async () => {
  await must(admin, 'POST', '/api/v1/nodes', { metadata: { name: 'left-out' } });
  const label = (agents: string | null) =>
    must(admin, 'PATCH', '/api/v1/nodes/left-out', { metadata: { labels: { agents } } });
  const total = async () => (await server.ask('status.get')).nodes.total;
  const figures = async () => (await fetch(`${server.address}/metrics`)).text();
  // as a heartbeat, this says nothing that is kept: what comes after it must be heard all the same
  await label('elsewhere');
  // it is known all the same: nobody joins under its name
  await soon(async () =>
    expect(await server.db.query(`SELECT FROM cluster_node WHERE name = 'left-out'`)).toHaveLength(1),
  );
  const { token } = await makeToken({ name: 'left-out' });
  expect((await join(token, 'left-out')).status).toBe(403);
  expect((await server.ask('nodes.list')).nodes.map(({ name }: { name: string }) => name)).toEqual(nodes);
  expect(await total()).toBe(3);

  await server.db.query(`UPDATE cluster_node SET since = now() - interval '1 minute'`);
  await server.db.query(`UPDATE node SET reported_at = now() - interval '1 minute' WHERE name = 'node-a'`);
  expect(await figures()).toMatch(/^outgate_nodes\{state="Stale"\} 3$/m);
  expect(await figures()).toMatch(/^outgate_nodes_without_agent 2$/m);

  await label('here');
  await soon(async () => expect(reasons(await node('left-out'))).toEqual(['NoAgent', 'NodeNotReady']));
  expect(await total()).toBe(4);
  await label(null);
  await soon(async () => expect(await total()).toBe(3));
  await must(admin, 'DELETE', '/api/v1/nodes/left-out');
});

it('a join token buys no name of the cluster; a pod takes over a name that was joined before', async () => {
  const { token } = await makeToken({ name: 'rack' });
  const refused = await join(token, 'node-c');
  expect([refused.status, refused.body.error.data.reason]).toEqual([403, 'AGENT_REFUSED']);
  expect(refused.body.message).toContain('node-c is a node of the cluster');
  const { credential } = (await join(token, 'node-d')).body;
  const follows = await stream(credential);
  nodes.push('node-d');
  await must(admin, 'POST', '/api/v1/nodes', { metadata: { name: 'node-d' } });
  const taken = await tokenOf(await makePod('d', 'node-d'));
  expect((await report(taken, reportOf('node-d'))).status).toBe(200);
  await follows.ended;
  // while the pod lives, whoever has the credential of before is told that it is a second agent
  const beside = await report(credential, reportOf('node-d'));
  expect([beside.status, beside.body.error.data.reason]).toEqual([409, 'NODE_NAME_TAKEN']);
  expect(beside.body.message).toContain('the pod d is the agent of node-d');
  expect((await node('node-d')).signIn).toBe('service-account');
  // while the pod lives, whoever joined before is told that it is a second agent
  await soon(async () => expect((await join(token, 'node-d')).status).toBe(409));
  const second = await join(token, 'node-d');
  expect(second.body.error.data.reason).toBe('NODE_NAME_TAKEN');
  expect(second.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(second.body.message).toContain('the pod d is the agent of node-d');
  await server.db.query(`UPDATE agent_pod SET seen_at = now() - interval '31 seconds' WHERE name = 'd'`);
  expect((await join(token, 'node-d')).status).toBe(403);
  expect((await report(credential, reportOf('node-d'))).status).toBe(401);
});

it('of two pods of a node the one that came last is served at once, and both are shown', async () => {
  const first = await tokenOf(pods['b']);
  const older = await stream(first);
  expect(older.status).toBe(200);
  const second = await tokenOf(await makePod('b-new', 'node-b'));
  const newer = await stream(second);
  expect(newer.status).toBe(200);
  await older.ended;
  expect(reasons(await node('node-b'))).not.toContain('TwoAgents');
  const again = await ask(`${server.address}/agent/v1/stream`, { headers: bearer(first) });
  expect([again.status, again.body.error.data.reason]).toEqual([409, 'NODE_NAME_TAKEN']);
  expect(again.headers.get('retry-after')).toBe('5');
  expect(again.body.message).toContain('the pod b-new is the agent of node-b');
  expect((await report(first, reportOf('node-b'))).status).toBe(409);
  expect((await report(second, reportOf('node-b'))).status).toBe(200);
  const view = await node('node-b');
  expect(reasons(view)).toContain('TwoAgents');
  expect(view.pods).toMatchObject([
    { name: 'b-new', served: true },
    { name: 'b', served: false },
  ]);
  newer.close();
  // the newer one has gone for good: its place is free when nothing was heard from it for 30 s
  await server.db.query(`UPDATE agent_pod SET seen_at = now() - interval '31 seconds' WHERE name = 'b-new'`);
  const back = await stream(first);
  expect(back.status).toBe(200);
  back.close();
});

function claimsOf(token: string): object {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, object>;
  return claims['kubernetes.io'] ?? {};
}
const partOf = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url');
