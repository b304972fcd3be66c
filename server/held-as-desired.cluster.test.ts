/** A pool is held by the nodes that hold what the cluster says, where that is what is desired: whoever wrote it there. */
import { afterAll, expect, it } from 'vitest';
import type { StreamMessage } from '../core/wire/state.ts';
import { calicoPath } from '../e2e/cluster/install-crds.ts';
import { must, request } from '../e2e/cluster/request.ts';
import { sharedServer } from '../e2e/cluster/shared-server.ts';
import { type } from './testing/agent-doors.ts';
import { serverOfFile } from './testing/file-server.ts';
import { soon } from './testing/soon.ts';
import { joinNode, mutate, openAgentStream, post, query } from './testing/test-client.ts';
import { reportOf } from './testing/test-report.ts';
import { withCluster } from './testing/test-server.ts';

const cluster = sharedServer();
const admin = cluster.as('admin');
const path = calicoPath('v3', 'ippools');
const server = serverOfFile(withCluster(cluster.kubeconfig));
afterAll(() => must(admin, 'DELETE', path));

const get = async () => (await query(server.address, 'pools.get', { name: 'ours' }, server.cookie)).body.result.data;
const spec = { cidr: '10.3.0.0/16', natOutgoing: true };
const made = (now: object) =>
  must(admin, 'POST', `${path}?fieldManager=backup`, {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: 'ours' },
    spec: now,
  });
const deleted = async (): Promise<void> => {
  await must(admin, 'DELETE', `${path}/ours`);
  await soon(async () => expect((await get()).sync.reason).toBe('PoolDeletedInCluster'));
  expect((await get()).nodes.programmed).toBe(0);
};

it('one that somebody made again just so is followed, and one that says otherwise is not', async () => {
  const credential = await joinNode(server.address, server.cookie, 'node-a');
  const stream = await openAgentStream(server.address, credential);
  await stream.next(type('snapshot'));
  /** The node programs what it was told last. */
  const programs = async (): Promise<void> => {
    const { sequence, revision } = await stream.next<Extract<StreamMessage, { type: 'delta' }>>(type('delta'));
    const report = reportOf('node-a', { sequence, revision });
    await post(`${server.address}/agent/v1/report`, report, { authorization: `Bearer ${credential}` });
  };
  const create = await mutate(server.address, 'pools.create', { name: 'ours', spec }, server.cookie);
  expect(create.status).toBe(200);
  await programs();
  await soon(async () => expect(await get()).toMatchObject({ sync: { state: 'Synced' }, nodes: { programmed: 1 } }));

  await deleted();
  await programs();
  await made(spec);
  await soon(async () => expect((await get()).sync.reason).toBe('PoolMadeAgain'));
  expect((await get()).nodes.programmed).toBe(0);
  await programs();
  expect((await get()).nodes).toEqual({ programmed: 1, total: 1 });
  const { body } = await query(server.address, 'pools.list', undefined, server.cookie);
  expect(body.result.data.pools).toMatchObject([{ name: 'ours', nodes: { programmed: 1, total: 1 } }]);

  await deleted();
  await programs();
  await made({ ...spec, natOutgoing: false });
  await soon(async () => expect((await get()).sync.reason).toBe('PoolMadeAgain'));
  await programs();
  expect((await get()).nodes).toEqual({ programmed: 0, total: 1 });
  expect((await request(admin, 'GET', `${path}/ours`)).status).toBe(200);
  stream.close();
});
