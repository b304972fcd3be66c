/** Questions that name pods, services and nodes of a real cluster, asked of the whole server. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { calicoPath } from '../e2e/cluster/install-crds.ts';
import { must } from '../e2e/cluster/request.ts';
import { sharedServer } from '../e2e/cluster/shared-server.ts';
import { clearNamespace, makeNamespace, makePod, makeService, makeSlice } from '../e2e/cluster/workloads.ts';
import { serverOfFile } from './testing/file-server.ts';
import { soon } from './testing/soon.ts';
import { query } from './testing/test-client.ts';
import { withCluster } from './testing/test-server.ts';

const cluster = sharedServer();
const admin = cluster.as('admin');
const server = serverOfFile(withCluster(cluster.kubeconfig));
const { ask, tell } = server;

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
  await must(admin, 'DELETE', calicoPath('v3', 'ippools'));
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
  expect(codes(await ask('simulate.flow', { from, to: `${address}:80` }))).toEqual(codes(answer));
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
