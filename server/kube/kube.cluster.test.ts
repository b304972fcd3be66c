/** The client against a real API server: what is read, written and refused, and how that is told. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../../e2e/cluster/fault-proxy.ts';
import { calicoPath } from '../../e2e/cluster/install-crds.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { CALLS_AT_A_TIME, type Connection, openConnection } from './connection.ts';
import { presenceOf } from './discovery.ts';
import { inCluster } from './in-cluster.ts';
import { KubeError } from './kube-error.ts';
import { fromKubeconfig } from './kubeconfig.ts';
import { list } from './list.ts';
import { apply, remove } from './write.ts';

const server = sharedServer();
const path = calicoPath('v3', 'ippools');
const admin = openConnection(fromKubeconfig(server.kubeconfig));
const outgate = openConnection(fromKubeconfig(server.kubeconfig, 'outgate'));
const nobody = openConnection(fromKubeconfig(server.kubeconfig, 'nobody'));

afterEach(async () => {
  await must(server.as('admin'), 'DELETE', path);
});
afterAll(async () => {
  await Promise.all([admin.close(), outgate.close(), nobody.close()]);
});

const pool = (name: string, spec: object, uid?: string) => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: uid === undefined ? { name } : { name, uid },
  spec,
});
const put = (name: string, spec: object, more: object = {}, connection: Connection = outgate) =>
  apply(connection, { path, manager: 'outgate', object: pool(name, spec), ...more });

/** What a call fails with. */
async function failureOf(call: Promise<unknown>): Promise<KubeError['failure']> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KubeError);
  return (error as KubeError).failure;
}

describe('apply', () => {
  it('creates, changes, and leaves alone what is as asked', async () => {
    const made = await put('a', { cidr: '10.1.0.0/16', natOutgoing: true });
    expect(made).toMatchObject({ created: true, object: { spec: { natOutgoing: true, nodeSelector: 'all()' } } });
    const again = await put('a', { cidr: '10.1.0.0/16', natOutgoing: true });
    expect(again).toEqual({ created: false, object: made.object });
    const changed = await put('a', { cidr: '10.1.0.0/16', natOutgoing: false });
    expect(changed.object.metadata.resourceVersion).not.toBe(made.object.metadata.resourceVersion);
  });

  it('a dry run answers alike and stores nothing', async () => {
    const tried = await put('a', { cidr: '10.1.0.0/16' }, { dryRun: true });
    expect(tried).toMatchObject({ created: true, object: { spec: { cidr: '10.1.0.0/16' } } });
    expect(await request(server.as('admin'), 'GET', `${path}/a`)).toMatchObject({ status: 404 });
  });

  it('names whose fields are in the way, and takes them when told to', async () => {
    await apply(admin, {
      path,
      manager: 'kustomize-controller',
      object: pool('a', { cidr: '10.1.0.0/16', natOutgoing: true }),
    });
    await must(server.as('admin'), 'PATCH', `${path}/a?fieldManager=kubectl-edit`, { spec: { disabled: true } });
    const wanted = { cidr: '10.1.0.0/16', natOutgoing: false, disabled: false };
    expect(await failureOf(put('a', wanted))).toMatchObject({
      kind: 'conflict',
      status: 409,
      conflicts: expect.arrayContaining([
        { manager: 'kustomize-controller', operation: 'Apply', field: 'spec.natOutgoing' },
        { manager: 'kubectl-edit', operation: 'Update', field: 'spec.disabled' },
      ]),
    });
    expect(await put('a', wanted, { force: true })).toMatchObject({ object: { spec: wanted } });
  });

  it('does not make a deleted pool again, nor touch one that was made anew', async () => {
    const { uid } = (await put('a', { cidr: '10.1.0.0/16' })).object.metadata;
    await must(server.as('admin'), 'DELETE', `${path}/a`);
    const meant = { object: pool('a', { cidr: '10.1.0.0/16' }, uid) };
    expect(await failureOf(put('a', {}, meant))).toMatchObject({ kind: 'stale' });
    await put('a', { cidr: '10.1.0.0/16' });
    expect(await failureOf(put('a', {}, meant))).toMatchObject({ kind: 'stale' });
  });

  it('every broken rule is named, with its field', async () => {
    const spec = { cidr: '169.254.1.0/24', ipipMode: 'Always', vxlanMode: 'Always' };
    const refused = await failureOf(put('a', spec));
    expect(refused).toMatchObject({ kind: 'invalid', status: 422, complete: true });
    expect(refused.causes.map(({ message }) => message)).toEqual([
      'Invalid value: IPPool CIDR overlaps with IPv4 link local range 169.254.0.0/16',
      'Invalid value: ipipMode and vxlanMode cannot both be enabled',
    ]);
    const strange = await failureOf(put('a', { ...spec, vxlanMode: 'Sometimes' }));
    expect(strange).toMatchObject({ kind: 'invalid', complete: false, causes: [{ field: 'spec.vxlanMode' }] });
    expect(await failureOf(put('a', { cidr: '10.1.0.0/16', natOutgoin: true }))).toMatchObject({
      kind: 'invalid',
      status: 500,
      causes: [{ field: 'spec.natOutgoin', message: 'field not declared in schema' }],
      complete: false,
    });
    expect(await failureOf(put('A_b', { cidr: '10.1.0.0/16' }))).toMatchObject({
      kind: 'invalid',
      causes: [{ field: 'metadata.name' }],
    });
  });
});

describe('delete', () => {
  it('only the object that was meant, unchanged, and with the right to', async () => {
    const { metadata } = (await put('a', { cidr: '10.1.0.0/16' })).object;
    const { uid, resourceVersion } = metadata;
    expect(await failureOf(remove(nobody, { path, name: 'a', uid }))).toMatchObject({
      kind: 'forbidden',
      missing: { user: 'nobody', verb: 'delete', resource: 'ippools', group: 'projectcalico.org' },
    });
    await put('a', { cidr: '10.1.0.0/16', natOutgoing: true });
    const older = { path, name: 'a', uid, resourceVersion };
    expect(await failureOf(remove(admin, older))).toMatchObject({ kind: 'stale' });
    const other = { path, name: 'a', uid: '00000000-0000-4000-8000-000000000000' };
    expect(await failureOf(remove(admin, other))).toMatchObject({ kind: 'stale' });
    await remove(admin, { path, name: 'a', uid, dryRun: true });
    await remove(admin, { path, name: 'a', uid });
    expect(await failureOf(remove(admin, { path, name: 'a', uid }))).toMatchObject({ kind: 'not-found' });
  });
});

describe('list', () => {
  it('is whole, page by page, as of one moment', async () => {
    for (let i = 0; i < 7; i++) await put(`p${i}`, { cidr: `10.${i}.0.0/16` });
    const names = await list(outgate, { path, keep: ({ metadata }) => metadata.name, pageSize: 3 });
    expect(names.items).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
    const whole = await list(outgate, { path, keep: ({ metadata }) => metadata.name });
    // the version of a list is that of all that the server stores, its own lease too: it moves between two lists
    expect(whole.items).toEqual(names.items);
  });

  it('a type that is not there is told from one that is empty', async () => {
    expect(await list(admin, { path, keep: String })).toMatchObject({ items: [] });
    const absent = calicoPath('v1', 'ippools');
    expect(await failureOf(list(admin, { path: absent, keep: String }))).toMatchObject({
      kind: 'no-such-type',
      status: 404,
    });
    expect(await presenceOf(admin, path)).toBe('served');
    expect(await presenceOf(admin, absent)).toBe('absent');
  });
});

describe('when the way to the server is bad', () => {
  let proxy: FaultProxy;
  let dir: string;
  let connection: Connection;
  beforeAll(async () => {
    proxy = await startFaultProxy(server);
    // as in a pod: address from the environment, token and CA from files
    dir = mkdtempSync(join(tmpdir(), 'outgate-kube-'));
    writeFileSync(join(dir, 'ca.crt'), readFileSync(server.caFile));
    writeFileSync(join(dir, 'token'), `${server.as('outgate').token}\n`);
    const { hostname, port } = new URL(proxy.url);
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    connection = openConnection(inCluster(env, Date.now, dir));
  });
  afterEach(() => proxy.heal());
  afterAll(async () => {
    await connection.close();
    await proxy.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const names = () => list(connection, { path, keep: ({ metadata }) => metadata.name, pageSize: 2 });

  it('a list that is cut short, refused or no list is no list', async () => {
    for (const name of ['a', 'b', 'c']) await put(name, { cidr: '10.1.0.0/16' });
    expect((await names()).items).toEqual(['a', 'b', 'c']);
    proxy.fail({ kind: 'truncate', bytes: 300 });
    expect(await failureOf(names())).toMatchObject({ kind: 'garbled' });
    proxy.fail({ kind: 'answer', status: 503, body: 'no' }, /continue=/);
    expect(await failureOf(names())).toMatchObject({ kind: 'unavailable', message: 'no' });
    proxy.fail({ kind: 'answer', status: 200, body: '{"items":null}' });
    expect(await failureOf(names())).toMatchObject({ kind: 'garbled' });
    proxy.fail({ kind: 'answer', status: 200, body: '<html>' });
    expect(await failureOf(names())).toMatchObject({ kind: 'garbled' });
    proxy.fail({ kind: 'reset' });
    expect(await failureOf(names())).toMatchObject({ kind: 'unreachable', status: null });
  });

  it('a token that is refused is read again', async () => {
    await names();
    writeFileSync(join(dir, 'token'), 'wrong');
    proxy.fail({ kind: 'answer', status: 401 });
    expect(await failureOf(names())).toMatchObject({ kind: 'unauthorized' });
    proxy.heal();
    expect(await failureOf(names())).toMatchObject({ kind: 'unauthorized', message: 'Unauthorized' });
    writeFileSync(join(dir, 'token'), server.as('outgate').token);
    expect((await names()).items).toEqual([]);
  });

  it('five hundred calls need no more connections than are used at a time, and the next none', async () => {
    const before = proxy.opened();
    await Promise.all(Array.from({ length: 500 }, names));
    const opened = proxy.opened();
    expect(opened - before).toBeLessThanOrEqual(CALLS_AT_A_TIME);
    await names();
    expect(proxy.opened()).toBe(opened);
  });

  it('nobody there', async () => {
    const nowhere = { ...fromKubeconfig(server.kubeconfig), server: 'https://127.0.0.1:1' };
    const away = openConnection(nowhere);
    const refused = await failureOf(list(away, { path, keep: String }));
    expect(refused).toMatchObject({ kind: 'unreachable', message: 'connect ECONNREFUSED 127.0.0.1:1' });
    await away.close();
  });
});
