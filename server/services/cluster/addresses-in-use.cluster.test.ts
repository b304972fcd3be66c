/** Addresses in use on a real API server, with rights and without, in both groups. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Prefix, parsePrefix } from '../../../core/net/prefix.ts';
import { type CalicoApi, calicoPath, crd, installCrds, removeCrd } from '../../../e2e/cluster/install-crds.ts';
import { must } from '../../../e2e/cluster/request.ts';
import { grant, revoke } from '../../../e2e/cluster/rights.ts';
import { sharedServer } from '../../../e2e/cluster/shared-server.ts';
import { type Connection, openConnection } from '../../kube/connection.ts';
import { readBlocks } from '../../kube/ipam-blocks.ts';
import { fromKubeconfig } from '../../kube/kubeconfig.ts';
import { watchNames } from '../../kube/watch-names.ts';
import { type TestApi, testApi } from '../../testing/test-api.ts';
import type { Deps } from '../deps.ts';
import { type AddressesInUse, addressesInUse } from './addresses-in-use.ts';
import { shareReads } from './used-addresses.ts';

const server = sharedServer();
let api: TestApi;
let deps: Deps;
let connection: Connection;
let names: ReturnType<typeof watchNames>;

beforeAll(async () => {
  api = await testApi();
  const editor = api.caller('editor');
  await editor.pools.create({ name: 'outer', spec: { cidr: '10.1.0.0/16', natOutgoing: true } });
  await editor.pools.create({ name: 'other', spec: { cidr: '10.2.0.0/16', natOutgoing: true } });
  connection = openConnection(fromKubeconfig(server.kubeconfig, 'nobody'));
  names = watchNames(connection, Date.now);
  deps = {
    ...(await api.deps()),
    cluster: {
      server: server.url,
      names,
      rehearsePools: async () => new Map(),
      rehearseSettings: async () => [],
      election: () => ({ role: 'unknown', holder: null, since: 0, error: null }),
      takeUp: async () => {},
      rights: async () => ({ user: 'nobody', rights: [] }),
      usedAddresses: (range) => readBlocks(connection, range),
    },
  };
});
afterAll(async () => {
  await names?.stop();
  await connection?.close();
  await api?.close();
});

const ask = (name = 'outer'): Promise<AddressesInUse> => addressesInUse(deps, name);
const attributes = [
  { handle_id: 'k8s-pod-network.1', secondary: { namespace: 'shop', pod: 'web-1', node: 'w-1' } },
  { handle_id: 'vxlan-tunnel-addr-w-1', secondary: { node: 'w-1', type: 'vxlanTunnelAddress' } },
  { handle_id: 'k8s-pod-network.2', secondary: { namespace: 'shop', pod: 'web-2', node: 'w-2' } },
];
const make = (of: CalicoApi, name: string, spec: object) =>
  must(server.as('admin'), 'POST', calicoPath(of, 'ipamblocks'), {
    apiVersion: of === 'v3' ? 'projectcalico.org/v3' : 'crd.projectcalico.org/v1',
    kind: 'IPAMBlock',
    metadata: { name },
    spec,
  });

it('without the type, and without the right, it says so', async () => {
  expect(await ask()).toEqual({
    known: false,
    message: expect.stringContaining('must serve ipamblocks'),
    missing: null,
  });
  await installCrds(server, 'v1', crd, ['ipamblocks']);
  const refused = await ask();
  expect(refused).toMatchObject({ known: false, missing: 'list ipamblocks.crd.projectcalico.org' });
});

it('addresses are counted within the pool, with their pods and nodes, and with what becomes of their traffic', async () => {
  await make('v1', '10-1-2-0-29', { cidr: '10.1.2.0/29', affinity: 'host:w-1', allocations: [1, null, 0], attributes });
  await make('v1', '10-1-9-0-29', { cidr: '10.1.9.0/29', affinity: 'host:w-2', allocations: [2], attributes });
  await make('v1', '10-2-0-0-29', { cidr: '10.2.0.0/29', affinity: 'host:w-2', allocations: [2, 2], attributes });
  const groups = ['crd.projectcalico.org', 'projectcalico.org'];
  const rule = { apiGroups: groups, resources: ['ipamblocks'], verbs: ['list'] };
  await grant(server, 'blocks-test', { kind: 'User', name: 'nobody' }, [rule]);
  expect(await ask()).toEqual({
    known: true,
    complete: true,
    total: 3,
    pods: 2,
    nodes: 2,
    losing: 3,
    gaining: 3,
    addresses: [
      { address: '10.1.2.0', pod: null, node: 'w-1', purpose: 'vxlanTunnelAddress' },
      { address: '10.1.2.2', pod: 'shop/web-1', node: 'w-1', purpose: null },
      { address: '10.1.9.0', pod: 'shop/web-2', node: 'w-2', purpose: null },
    ],
  });
});

it('who asks for the same at once or shortly after shares one read, two read at a time, and few wait', async () => {
  let now = 0;
  let [reads, running, most] = [0, 0, 0];
  const read = shareReads({
    now: () => now,
    read: async (range) => {
      reads++;
      most = Math.max(most, ++running);
      return readBlocks(connection, range).finally(() => running--);
    },
  });
  const range = (text: string): Prefix => {
    const parsed = parsePrefix(text);
    if (!parsed.ok) throw new Error(parsed.reason);
    return parsed.value;
  };
  const outer = range('10.1.0.0/16');
  const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => read(outer)));
  expect(first?.addresses).toHaveLength(3);
  expect([reads, others.every((one) => one === first)]).toEqual([1, true]);
  now = 4_999;
  expect([await read(outer), reads]).toEqual([first, 1]);
  now = 5_000;
  expect([await read(outer), reads]).toEqual([first, 2]);
  const many = Array.from({ length: 12 }, (_, i) => read(range(`10.2.${i}.0/24`)));
  const settled = await Promise.allSettled(many);
  expect(settled.map(({ status }) => status)).toEqual([...Array(10).fill('fulfilled'), ...Array(2).fill('rejected')]);
  await expect(many[11]).rejects.toMatchObject({ reason: 'TOO_MANY_ATTEMPTS', details: { retryAfter: 5 } });
  expect([reads, most]).toEqual([12, 2]);
});

it('of more addresses than are shown the lowest ones are, and what is lost is counted over all', async () => {
  const allocations = Array.from({ length: 256 }, () => 0);
  await make('v1', '10-1-1-0-24', { cidr: '10.1.1.0/24', affinity: 'host:w-1', allocations, attributes });
  const seen = await ask();
  expect(seen).toMatchObject({ known: true, total: 259, pods: 2, nodes: 2, losing: 259, gaining: 259 });
  const shown = seen.known ? seen.addresses.map(({ address }) => address) : [];
  expect(shown).toEqual(Array.from({ length: 100 }, (_, i) => `10.1.1.${i}`));
});

it('where the newer group serves them they are read there', async () => {
  await installCrds(server, 'v3', crd, ['ipamblocks']);
  await make('v3', '10-1-7-0-29', { cidr: '10.1.7.0/29', affinity: 'host:w-3', allocations: [0], attributes });
  expect(await ask()).toMatchObject({ total: 1, addresses: [{ address: '10.1.7.0' }] });
  expect(await ask('other')).toMatchObject({ known: true, total: 0, losing: 0 });
  await removeCrd(server, 'v3', 'ipamblocks');
  await removeCrd(server, 'v1', 'ipamblocks');
  await revoke(server, 'blocks-test');
});
