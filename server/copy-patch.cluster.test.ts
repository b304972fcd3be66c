/** A pool of Tigera's operator, from "Copy patch" through kubectl and the Installation back to the pool. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Entry, operatorMakes } from '../core/calico/fixtures/operator-pools.ts';
import { copyPatch } from '../core/cluster/copy-patch.ts';
import { withDefaults } from '../core/pool/defaults.ts';
import type { PoolSpec } from '../core/pool/spec.ts';
import { calicoPath, untilServed } from '../e2e/cluster/install-crds.ts';
import { kubectl } from '../e2e/cluster/prepare-cluster.ts';
import { must, request } from '../e2e/cluster/request.ts';
import { sharedServer } from '../e2e/cluster/shared-server.ts';
import { serverOfFile } from './testing/file-server.ts';
import { soon } from './testing/soon.ts';
import { mutate } from './testing/test-client.ts';
import { withCluster } from './testing/test-server.ts';

const cluster = sharedServer();
const admin = cluster.as('admin');
const server = serverOfFile(withCluster(cluster.kubeconfig));
const POOLS = calicoPath('v3', 'ippools');
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const INSTALLATIONS = '/apis/operator.tigera.io/v1/installations';
const labels = { 'app.kubernetes.io/managed-by': 'tigera-operator' };

interface Pool {
  metadata: { name: string; uid: string; labels?: Record<string, string> };
  spec: PoolSpec;
}

const { ask } = server;
const pools = async (): Promise<Pool[]> => ((await must(admin, 'GET', POOLS)) as { items: Pool[] }).items;
const full = async () => (await pools()).map(({ metadata, spec }) => [metadata.name, metadata.uid, withDefaults(spec)]);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outgate-patch-'));
  const file = new URL('../e2e/cluster/crds/installations.operator.tigera.io.yaml', import.meta.url);
  await must(admin, 'POST', CRDS, parse(readFileSync(file, 'utf8')));
  await untilServed(cluster, INSTALLATIONS);
  await must(admin, 'POST', INSTALLATIONS, {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default' },
    spec: { variant: 'Calico', calicoNetwork: { bgp: 'Enabled', ipPools: [] } },
  });
  for (const [name, spec] of [
    ['default-ipv4-ippool', { cidr: '10.50.0.0/16', natOutgoing: true, vxlanMode: 'CrossSubnet', blockSize: 28 }],
    ['spare', { cidr: '10.51.0.0/16', disabled: true, nodeSelector: "zone == 'a'", allowedUses: ['Workload'] }],
  ] as const) {
    const meta = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name, labels } };
    await must(admin, 'POST', POOLS, { ...meta, spec });
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await request(admin, 'DELETE', `${CRDS}/installations.operator.tigera.io`);
  await must(admin, 'DELETE', POOLS);
});

/** Hands the text to kubectl as the comment in it says. */
async function applied(text: string): Promise<Entry[]> {
  const file = join(folder, 'patch.yaml');
  await writeFile(file, text);
  const line = /^# kubectl (.* --patch-file) FILE$/m.exec(text)?.[1] ?? '';
  await kubectl(cluster, [...line.split(' '), file]);
  const { spec } = (await must(admin, 'GET', `${INSTALLATIONS}/default`)) as {
    spec: { variant: string; calicoNetwork: { bgp: string; ipPools: Entry[] } };
  };
  expect([spec.variant, spec.calicoNetwork.bgp]).toEqual(['Calico', 'Enabled']);
  return spec.calicoNetwork.ipPools;
}

/** What the operator does next: it writes its pools as they stand in the list, and deletes others of its own, by their CIDR. */
async function reconciled(entries: readonly Entry[]): Promise<void> {
  for (const entry of entries) {
    await must(admin, 'PATCH', `${POOLS}/${entry.name}`, { metadata: { labels }, spec: operatorMakes(entry) });
  }
  for (const { metadata, spec } of await pools()) {
    const own = metadata.labels?.['app.kubernetes.io/managed-by'] === 'tigera-operator';
    if (own && !entries.some(({ cidr }) => cidr === spec.cidr))
      await must(admin, 'DELETE', `${POOLS}/${metadata.name}`);
  }
}

it('as it is in the cluster: the Installation takes it, and no pool becomes another one', async () => {
  await soon(async () => expect((await ask('cluster.pools')).pools).toHaveLength(2));
  const { pools: all } = await ask('cluster.pools');
  const patch = copyPatch(all[1], { all, api: 'v3' });
  expect(patch?.without).toEqual([]);
  const before = await full();
  const entries = await applied(patch?.text ?? '');
  expect(entries.map(({ name }) => name)).toEqual(['default-ipv4-ippool', 'spare']);
  await reconciled(entries);
  expect(await full()).toEqual(before);
});

it('as it is desired: the operator makes the pool that was decided here, and leaves its others', async () => {
  const desired = { cidr: '10.52.0.0/16', natOutgoing: true, ipipMode: 'Always', namespaceSelector: "team == 'a'" };
  const uses = { allowedUses: ['Workload'] };
  const made = await mutate(
    server.address,
    'pools.create',
    { name: 'ours', spec: { ...desired, ...uses } },
    server.cookie,
  );
  expect(made.status, JSON.stringify(made.body)).toBe(200);
  await soon(async () => expect((await ask('pools.get', { name: 'ours' })).sync).toMatchObject({ state: 'Synced' }));
  expect((await ask('cluster.compare', { name: 'ours' })).patch).toBeNull();
  await must(admin, 'PATCH', `${POOLS}/ours?fieldManager=operator`, {
    metadata: { labels },
    spec: { natOutgoing: false },
  });
  await soon(async () =>
    expect((await ask('pools.get', { name: 'ours' })).sync).toMatchObject({ reason: 'OwnedElsewhere' }),
  );
  const before = await full();
  const { patch, live } = await ask('cluster.compare', { name: 'ours' });
  expect(live).toMatchObject({ class: 'operator', evidence: { value: 'tigera-operator' } });
  expect(patch.without).toEqual(['namespaceSelector']);
  const entries = await applied(patch.text);
  expect(entries.map(({ name }) => name)).toEqual(['default-ipv4-ippool', 'ours', 'spare']);
  await reconciled(entries);
  const after = await full();
  expect(after.filter(([name]) => name !== 'ours')).toEqual(before.filter(([name]) => name !== 'ours'));
  expect((await pools()).find(({ metadata }) => metadata.name === 'ours')?.spec).toMatchObject(desired);
});

it('the API server checks the words of the list', async () => {
  const ipPools = [{ name: 'spare', cidr: '10.51.0.0/16', encapsulation: 'Always', natOutgoing: 'true' }];
  const patch = { spec: { calicoNetwork: { ipPools } } };
  const { status, body } = await request(admin, 'PATCH', `${INSTALLATIONS}/default`, patch);
  expect(status).toBe(422);
  expect(JSON.stringify(body)).toMatch(/encapsulation.*natOutgoing/);
});
