/** The cluster of `npm run cluster`: what it is made of, who may do what in it, and that it is the same after a restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LEASE_NAME } from '../../server/kube/needed-rights.ts';
import { labPlan } from '../lab/plan.ts';
import { ensureBinaries } from './binaries/build.ts';
import { kubectl, NAMESPACE, OUTGATE_USER, prepareCluster } from './prepare-cluster.ts';
import { request } from './request.ts';
import { type ApiServer, startApiServer } from './start-api-server.ts';

const data = mkdtempSync(join(tmpdir(), `outgate-prepare-${process.pid}-`));
let server: ApiServer;
beforeAll(start);
afterAll(async () => {
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const binaries = await ensureBinaries((line) => console.error(line));
  server = await startApiServer({ binaries, users: { [OUTGATE_USER]: [] }, data });
  await prepareCluster(server, labPlan(), ['v3']);
}

/** `yes` or `no`, as kubectl says it; `no` is its exit code 1. */
const may = (verb: string, type: string, ...more: string[]): Promise<boolean> =>
  kubectl(server, ['auth', 'can-i', verb, type, ...more, `--as=${OUTGATE_USER}`]).then(
    () => true,
    () => false,
  );

it('has the nodes of the lab, with their addresses', async () => {
  const listed = await kubectl(server, ['get', 'nodes', '-o', 'json']);
  const { items } = JSON.parse(listed) as {
    items: { metadata: { name: string }; status: { addresses: { address: string }[] } }[];
  };
  expect(items.map(({ metadata, status }) => [metadata.name, status.addresses.map(({ address }) => address)])).toEqual([
    ['node-1', ['192.0.2.11', '2001:db8:1::11']],
    ['node-2', ['192.0.2.12', '2001:db8:1::12']],
  ]);
});

it('lets Outgate do what it needs, and nothing else', async () => {
  const pools = 'ippools.projectcalico.org';
  const leases = 'leases.coordination.k8s.io';
  for (const verb of ['list', 'watch', 'create', 'patch', 'delete']) expect(await may(verb, pools)).toBe(true);
  expect(await may('create', leases, '-n', NAMESPACE)).toBe(true);
  for (const verb of ['get', 'update']) {
    expect(await may(verb, `${leases}/${LEASE_NAME}`, '-n', NAMESPACE)).toBe(true);
    expect(await may(verb, `${leases}/another`, '-n', NAMESPACE)).toBe(false);
  }
  for (const type of ['pods', 'services', 'endpointslices.discovery.k8s.io']) {
    for (const verb of ['list', 'watch']) expect(await may(verb, type, '--all-namespaces')).toBe(true);
    expect(await may('get', type, '--all-namespaces')).toBe(false);
  }
  expect(await may('create', 'tokenreviews.authentication.k8s.io')).toBe(true);
  expect(await may('create', 'serviceaccounts', '--subresource=token', '-n', NAMESPACE)).toBe(false);
  expect(await may('get', leases, '-n', 'default')).toBe(false);
  expect(await may('update', pools)).toBe(false);
  expect(await may('patch', 'felixconfigurations.projectcalico.org')).toBe(true);
  expect(await may('delete', 'felixconfigurations.projectcalico.org')).toBe(false);
  expect(await may('patch', 'nodes')).toBe(false);
  expect(await may('list', 'secrets')).toBe(false);
});

it('holds the same objects after a restart', async () => {
  const spec = { cidr: '10.9.0.0/16' };
  const pool = JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'kept' }, spec });
  await kubectl(server, ['create', '-f', '-'], { input: pool });
  const before = await objects();
  await server.stop();
  await start();
  expect(await objects()).toEqual(before);
  expect(Object.keys(before)).toContain('kept');
  expect(await request(server.as(OUTGATE_USER), 'GET', '/api/v1/secrets')).toMatchObject({ status: 403 });
});

it('is made as it was where somebody replaced what it is made of', async () => {
  const type = 'crd/ippools.projectcalico.org';
  const read = async () => JSON.parse(await kubectl(server, ['get', type, '-o', 'json'])) as Crd;
  const { spec, ...rest } = await read();
  const versions = spec.versions.map((version) => ({ ...version, additionalPrinterColumns: [] }));
  await kubectl(server, ['replace', '-f', '-'], { input: JSON.stringify({ ...rest, spec: { ...spec, versions } }) });
  expect((await read()).spec).not.toEqual(spec);
  await prepareCluster(server, labPlan(), ['v3']);
  expect((await read()).spec).toEqual(spec);
});

interface Crd {
  readonly spec: { readonly versions: readonly object[] };
}

async function objects(): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  for (const args of [
    ['get', 'nodes,ippools,crd'],
    ['get', 'clusterrole/outgate'],
    ['-n', NAMESPACE, 'get', 'roles'],
  ]) {
    const text = await kubectl(server, [...args, '-o', 'json']);
    const one = JSON.parse(text) as Stored & { items?: Stored[] };
    for (const { metadata } of one.items ?? [one]) found.push([metadata.name, metadata.uid]);
  }
  return Object.fromEntries(found);
}

interface Stored {
  readonly metadata: { readonly name: string; readonly uid: string };
}
