/** What is wanted of a connection in a cluster that has pools of others: nobody here wants them to be otherwise. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { calicoPath } from '../../../e2e/cluster/install-crds.ts';
import { must } from '../../../e2e/cluster/request.ts';
import { sharedServer } from '../../../e2e/cluster/shared-server.ts';
import { serverOfFile } from '../../testing/file-server.ts';
import { soon } from '../../testing/soon.ts';
import { mutate, query } from '../../testing/test-client.ts';
import { withCluster } from '../../testing/test-server.ts';

const cluster = sharedServer();
const path = calicoPath('v3', 'ippools');
const admin = cluster.as('admin');
const server = serverOfFile(withCluster(cluster.kubeconfig));

beforeAll(async () => {
  await must(admin, 'DELETE', path);
});
afterAll(async () => {
  await must(admin, 'DELETE', path);
});

const flow = { from: '10.30.0.9', to: '198.51.100.1' };
type Answers = { agree: boolean | null; answers: { truth: string; verdict: string; code: string }[] };

async function ask(more: object = {}): Promise<[boolean | null, ...string[]]> {
  const { status, body } = await query(server.address, 'simulate.flow', { ...flow, ...more }, server.cookie);
  if (status !== 200) throw new Error(JSON.stringify(body));
  const { agree, answers } = body.result.data as Answers;
  return [agree, ...answers.map(({ truth, code }) => `${truth} ${code}`)];
}
const tell = (procedure: string, input: object) => mutate(server.address, procedure, input, server.cookie);

it('a pool of others counts as it is, also beside a draft; ours count as decided', async () => {
  const theirs = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: 'theirs' },
    spec: { cidr: '10.30.0.0/16', natOutgoing: true },
  };
  await must(admin, 'POST', path, theirs);
  await soon(async () => expect(await ask()).toEqual([true, 'desired SNAT_MASQUERADE', 'live SNAT_MASQUERADE']));
  const draft = { name: 'exempt', spec: { cidr: '198.51.100.0/24', disabled: true } };
  expect(await ask({ draft })).toEqual([false, 'desired NO_SNAT_DESTINATION_IN_POOL', 'live SNAT_MASQUERADE']);
  // deleted by them, it is wanted no more than it is there
  await must(admin, 'DELETE', `${path}/theirs`);
  await soon(async () =>
    expect(await ask()).toEqual([true, 'desired NO_SNAT_SOURCE_NOT_IN_POOL', 'live NO_SNAT_SOURCE_NOT_IN_POOL']),
  );
});

it('what is deleted here is wanted no more, also while the cluster has it still', async () => {
  const spec = { cidr: '10.30.0.0/16', natOutgoing: true };
  expect((await tell('pools.create', { name: 'leaves', spec })).status).toBe(200);
  await soon(async () => expect(await ask()).toEqual([true, 'desired SNAT_MASQUERADE', 'live SNAT_MASQUERADE']));
  // a finalizer keeps the object there
  const held = { metadata: { finalizers: ['outgate.example/kept'] } };
  await must(admin, 'PATCH', `${path}/leaves?fieldManager=keeper`, held);
  const { body } = await query(server.address, 'pools.get', { name: 'leaves' }, server.cookie);
  const expectedVersion = body.result.data.version as number;
  const gone = await tell('pools.delete', { name: 'leaves', expectedVersion, reason: 'no longer used' });
  expect(gone.status).toBe(200);
  expect(await ask()).toEqual([false, 'desired NO_SNAT_SOURCE_NOT_IN_POOL', 'live SNAT_MASQUERADE']);
  await must(admin, 'PATCH', `${path}/leaves?fieldManager=keeper`, { metadata: { finalizers: null } });
  await soon(async () =>
    expect(await ask()).toEqual([true, 'desired NO_SNAT_SOURCE_NOT_IN_POOL', 'live NO_SNAT_SOURCE_NOT_IN_POOL']),
  );
});
