/** Names of a real cluster: listed page by page, followed by a watch, and missed with the right that is missing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { must } from '../../e2e/cluster/request.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import {
  clearNamespace,
  givePodAddresses,
  makeNamespace,
  makeService,
  makeSlice,
  podObject,
} from '../../e2e/cluster/workloads.ts';
import { type Connection, openConnection } from './connection.ts';
import { fromKubeconfig } from './kubeconfig.ts';
import { watchNames } from './watch-names.ts';

const cluster = sharedServer();
const admin = cluster.as('admin');
const NAMESPACE = 'many-names';
const MANY = 510;
let connection: Connection;
let names: ReturnType<typeof watchNames>;

beforeAll(async () => {
  await makeNamespace(admin, NAMESPACE);
  await makeMany();
  connection = openConnection(fromKubeconfig(cluster.kubeconfig, 'outgate'));
  names = watchNames(connection, Date.now);
});
afterAll(async () => {
  await names?.stop();
  await connection?.close();
  await clearNamespace(admin, NAMESPACE);
});

/** More than a page; by the client's own connections, because a new one for each would take ten seconds. */
async function makeMany(): Promise<void> {
  const own = openConnection(fromKubeconfig(cluster.kubeconfig));
  const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
  const make = (i: number) => own.call({ method: 'POST', path, body: podObject(`p-${i}`) });
  await Promise.all(Array.from({ length: MANY }, (_, i) => make(i)));
  await own.close();
}

const pod = (name: string) => names.directory.pods.get(`${NAMESPACE}/${name}`);
const soon = { timeout: 20_000, interval: 20 };

it('holds every pod of more than one page', async () => {
  await expect.poll(() => names.known('pods').phase, soon).toBe('live');
  const held = [...names.directory.pods.values()].filter(({ namespace }) => namespace === NAMESPACE);
  expect(held).toHaveLength(MANY);
  expect(pod('p-0')).toEqual({ namespace: NAMESPACE, name: 'p-0', node: 'node-1', addresses: [], hostNetwork: false });
});

it('sees an address come, a pod end, and a pod go', async () => {
  await givePodAddresses(admin, NAMESPACE, 'p-1', ['10.50.0.1', 'fd00:50::1']);
  await expect.poll(() => pod('p-1')?.addresses, soon).toEqual(['10.50.0.1', 'fd00:50::1']);
  const status = { phase: 'Succeeded' };
  await must(admin, 'PATCH', `/api/v1/namespaces/${NAMESPACE}/pods/p-1/status`, { status });
  await expect.poll(() => pod('p-1'), soon).toBeUndefined();
  await must(admin, 'DELETE', `/api/v1/namespaces/${NAMESPACE}/pods/p-2?gracePeriodSeconds=0`);
  await expect.poll(() => pod('p-2'), soon).toBeUndefined();
});

it('sees services and their endpoints', async () => {
  const address = await makeService(admin, NAMESPACE, 'web', { ports: [{ port: 80 }] });
  await makeSlice(admin, NAMESPACE, 'web', [{ address: '10.50.0.1', node: 'node-1', pod: 'p-1' }]);
  await expect
    .poll(() => names.directory.services.get(`${NAMESPACE}/web`), soon)
    .toMatchObject({ clusterIps: [address] });
  await expect
    .poll(() => names.directory.slices.get(`${NAMESPACE}/web-1`), soon)
    .toMatchObject({ service: 'web', endpoints: [{ address: '10.50.0.1', pod: 'p-1', ready: true }] });
});

it('without rights it knows nothing, and says which right is missing', async () => {
  const other = openConnection(fromKubeconfig(cluster.kubeconfig, 'nobody'));
  const blind = watchNames(other, Date.now);
  try {
    for (const type of ['pods', 'services', 'endpointslices', 'nodes'] as const) {
      await expect.poll(() => blind.known(type), soon).toMatchObject({ phase: 'starting', forbidden: true });
      expect(blind.known(type).error).toContain(`cannot list resource "${type}"`);
    }
  } finally {
    await blind.stop();
    await other.close();
  }
});
