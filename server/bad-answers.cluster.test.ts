/**
 * Objects and answers that are not as they must be: from a real API server whose type takes anything, and from something
 * between it and us. Nothing crashes, what is wrong is named, and what was in force stays.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { ensureBinaries } from '../e2e/cluster/binaries/build.ts';
import { type FaultProxy, startFaultProxy } from '../e2e/cluster/fault-proxy.ts';
import { calicoPath, installCrds, looseCrd } from '../e2e/cluster/install-crds.ts';
import { must } from '../e2e/cluster/request.ts';
import { grant } from '../e2e/cluster/rights.ts';
import { type ApiServer, startApiServer } from '../e2e/cluster/start-api-server.ts';
import { policyRules } from './kube/needed-rights.ts';
import { serverOfFile } from './testing/file-server.ts';
import { mutate } from './testing/test-client.ts';
import { withCluster } from './testing/test-server.ts';

const path = calicoPath('v1', 'ippools');
const dir = mkdtempSync(join(tmpdir(), 'outgate-bad-answers-'));
const kubeconfig = join(dir, 'kubeconfig');
let cluster: ApiServer;
let proxy: FaultProxy;

// hooks run in this order: the cluster is there before the server asks for anything
beforeAll(async () => {
  cluster = await startApiServer({
    binaries: await ensureBinaries((line) => console.error(line)),
    users: { outgate: [] },
  });
  await installCrds(cluster, 'v1', looseCrd);
  await grant(cluster, 'outgate', { kind: 'User', name: 'outgate' }, [
    ...policyRules('cluster'),
    ...policyRules('own'),
  ]);
  proxy = await startFaultProxy(cluster);
  writeFileSync(kubeconfig, readFileSync(cluster.kubeconfig, 'utf8').replaceAll(cluster.url, proxy.url));
});
const server = serverOfFile(withCluster(kubeconfig));
afterEach(() => proxy.heal());
afterAll(async () => {
  await proxy?.close();
  await cluster?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const make = (name: string, spec: unknown) =>
  must(cluster.as('admin'), 'POST', `${path}?fieldManager=kubectl-create`, {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPPool',
    metadata: { name },
    ...(spec === undefined ? {} : { spec }),
  });
const edit = (name: string, spec: unknown) =>
  must(cluster.as('admin'), 'PATCH', `${path}/${name}?fieldManager=kubectl-edit`, { spec });
const { ask } = server;
const soon = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 40_000, interval: 50 });

interface Shown {
  readonly name: string;
  readonly spec: object | null;
  readonly problems: readonly { field: string; message: string }[];
}
const shown = async (name: string): Promise<Shown | undefined> =>
  (await ask('cluster.pools')).pools.find((pool: Shown) => pool.name === name);
/** Does the cluster, as it is in effect, NAT what comes from there? */
const natted = async (from: string): Promise<boolean> =>
  (await ask('simulate.flow', { from, to: '192.0.2.200' })).answers.find(
    ({ truth }: { truth: string }) => truth === 'live',
  ).verdict === 'SNAT';
let count = 0;
/** The watch goes on: a pool that is made now is known soon. */
async function expectGoesOn(): Promise<void> {
  const name = `next-${++count}`;
  await make(name, { cidr: `10.200.${count}.0/24` });
  await soon(async () => expect(await shown(name)).toMatchObject({ problems: [] }));
  await soon(async () => expect(await ask('cluster.get')).toMatchObject({ phase: 'live', error: null }));
}

const LONG = `${'a'.repeat(251)}-z`;

it.each([
  ['a field of another type', 'type', { cidr: '10.1.0.0/16', natOutgoing: 'true' }, null, 'spec.natOutgoing'],
  ['no spec', 'none', undefined, null, 'spec'],
  ['null for a spec', 'null', null, null, 'spec'],
  ['a list for a spec', 'list', [1], null, 'spec'],
  ['a CIDR that is a number', 'number', { cidr: 10 }, null, 'spec.cidr'],
  [
    'a word that nobody knows',
    'word',
    { cidr: '10.2.0.0/16', natOutgoing: true, ipipMode: 'Perhaps' },
    { cidr: '10.2.0.0/16', natOutgoing: true },
    'spec.ipipMode',
  ],
  [
    'fields that nobody knows',
    'fields',
    { cidr: '10.3.0.0/16', ...Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`field${i}`, i])) },
    { cidr: '10.3.0.0/16' },
    'spec.field0',
  ],
] as const)('a pool with %s is named, and the others go on', async (_, name, spec, read, field) => {
  await make(name, spec);
  await soon(async () => {
    const pool = await shown(name);
    expect(pool?.spec).toEqual(read);
    expect(pool?.problems.map((problem) => problem.field)).toContain(field);
    expect(pool?.problems.length).toBeLessThan(30);
  });
  await expectGoesOn();
});

it('a name with 253 characters and a text with NUL in it are stored and shown', async () => {
  await make(LONG, { cidr: '10.4.0.0/16', natOutgoing: true, nodeSelector: "a == 'b\0c'" });
  await soon(async () => expect(await shown(LONG)).toMatchObject({ spec: { nodeSelector: "a == 'b\ufffdc'" } }));
  expect(await natted('10.4.0.1')).toBe(true);
  await expectGoesOn();
});

it('a pool that can no longer be read stays in force as it was, and says so', async () => {
  const spec = { cidr: '10.5.0.0/16', natOutgoing: true };
  const made = await mutate(server.address, 'pools.create', { name: 'ours', spec }, server.cookie);
  expect(made.status).toBe(200);
  await soon(async () => expect((await ask('pools.get', { name: 'ours' })).sync.state).toBe('Synced'));
  await edit('ours', { natOutgoing: 'no' });
  await soon(async () => {
    expect((await ask('pools.get', { name: 'ours' })).sync).toMatchObject({ state: 'OutOfSync', reason: 'Unreadable' });
    expect((await shown('ours'))?.problems).toEqual([
      { field: 'spec.natOutgoing', message: "natOutgoing must be true or false: 'no'" },
    ]);
  });
  expect(await natted('10.5.0.1')).toBe(true);
  // History has who did it, and what; looked at anew, or touched elsewhere, it is no change
  await must(cluster.as('admin'), 'PATCH', `${path}/ours?fieldManager=kubectl-annotate`, {
    metadata: { annotations: { note: 'seen' } },
  });
  await alter((object) => object);
  proxy.heal();
  await expectGoesOn();
  const inHistory = { pool: 'ours', action: 'cluster.change' };
  const { changes } = await ask('changes.list', inHistory);
  expect(changes).toMatchObject([
    {
      actor: 'kubectl-edit',
      role: 'cluster',
      reason: expect.stringMatching(/^cannot be read, .*: natOutgoing must be true or false: 'no'$/),
      before: { spec },
      after: { spec },
    },
  ]);
  expect(changes).toHaveLength(1);
  const { version } = await ask('pools.get', { name: 'ours' });
  for (const choice of ['theirs', 'ours']) {
    const input = { name: 'ours', choice, expectedVersion: version, reason: 'try' };
    const refused = await mutate(server.address, 'cluster.resolve', input, server.cookie);
    expect(refused.body.error.message).toMatch(/must be readable/);
  }
  await edit('ours', { natOutgoing: false });
  await soon(async () => expect(await natted('10.5.0.1')).toBe(false));
  expect(await shown('ours')).toMatchObject({ problems: [] });
  // one that was made anew was never read
  await must(cluster.as('admin'), 'DELETE', `${path}/ours`);
  await make('ours', { cidr: '10.5.0.0/16', natOutgoing: 'yes' });
  const why = "natOutgoing must be true or false: 'yes'";
  await soon(async () =>
    expect(await shown('ours')).toMatchObject({ spec: null, unreadable: { why, followed: false } }),
  );
});

it('a pool that was never readable comes and goes in History, once, and moves nothing', async () => {
  const history = async () => (await ask('changes.list', { pool: 'never', action: 'cluster.change' })).changes;
  await make('never', { cidr: 7, natOutgoing: true });
  await soon(async () => expect(await history()).toHaveLength(1));
  await must(cluster.as('admin'), 'PATCH', `${path}/never?fieldManager=kubectl-annotate`, {
    metadata: { annotations: { note: 'seen' } },
  });
  await alter((object) => object);
  proxy.heal();
  await expectGoesOn();
  await must(cluster.as('admin'), 'DELETE', `${path}/never`);
  await soon(async () => expect(await shown('never')).toBe(undefined));
  const unmoved = { role: 'cluster', before: null, after: null };
  expect(await history()).toMatchObject([
    { ...unmoved, actor: 'unknown', reason: 'deleted in the cluster, could not be read' },
    {
      ...unmoved,
      actor: 'kubectl-create',
      reason: 'made in the cluster, cannot be read, without effect: cidr must be text: 7',
    },
  ]);
  expect(await history()).toHaveLength(2);
});

interface Stored {
  readonly metadata: Readonly<Record<string, unknown>>;
}
interface Said {
  readonly kind?: string;
  readonly items?: readonly Stored[];
  readonly object?: Stored;
}
/** Says this in the watch of the pools, once there is one: it is live before it is open. */
const say = (line: string) =>
  expect.poll(() => proxy.inject(line, /ippools\?/), { timeout: 40_000 }).toBeGreaterThan(0);
/** Every object of every answer is changed so, from the next list on. */
async function alter(change: (object: Stored) => unknown): Promise<void> {
  proxy.fail(
    {
      kind: 'rewrite',
      answer(said) {
        const { items, object, ...rest } = said as Said;
        return {
          ...rest,
          ...(items === undefined ? {} : { items: items.map(change) }),
          ...(object === undefined ? {} : { object: change(object) }),
        };
      },
    },
    /ippools\?/,
  );
  await say('no JSON');
}
const only =
  (name: string, change: (metadata: Stored['metadata']) => object) =>
  (object: Stored): Stored =>
    object.metadata['name'] === name
      ? { ...object, metadata: { ...object.metadata, ...change(object.metadata) } }
      : object;
const grown = (metadata: Stored['metadata']) => ({ resourceVersion: `${metadata['resourceVersion']}0` });

it('settings of others that are not taken stand in History with who wrote them, and leave what is in force', async () => {
  const felix = calicoPath('v1', 'felixconfigurations');
  const admin = cluster.as('admin');
  const write = (manager: string, body: object) =>
    must(admin, 'PATCH', `${felix}/default?fieldManager=${manager}`, body);
  await must(admin, 'POST', `${felix}?fieldManager=kubectl-create`, {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: { natPortRange: '30000:40000' },
  });
  const history = async () =>
    (await ask('changes.list', { action: 'settings.update' })).changes.map(
      ({ actor, reason }: { actor: string; reason: string | null }) => [actor, reason],
    );
  const stays = 'what is in force stays';
  const told: [string, unknown][] = [['kubectl-create', null]];
  const says = async (actor: string, reason: unknown) => {
    told.unshift([actor, reason]);
    await soon(async () => expect(await history()).toEqual(told));
  };
  await soon(async () => expect(await history()).toEqual(told));
  await write('kubectl-edit', { spec: { natPortRange: '0:70000' } });
  await says('kubectl-edit', expect.stringContaining(`default is not taken, ${stays}: natPortRange must`));
  await write('kubectl-label', { metadata: { labels: { seen: 'yes' } } });
  await write('helm', { spec: { natPortRange: true } });
  await says(
    'helm',
    `FelixConfiguration default cannot be read, ${stays}: natPortRange must be a port or a range 'first:last': true`,
  );
  // the API server names its writer by a claim on the spec alone
  await write('kubectl-replace', { spec: [] });
  await says('kubectl-replace', expect.stringContaining(`default cannot be read, ${stays}: spec must be an object`));
  const inForce = (await ask('settings.get')).live.global;
  expect(inForce).toEqual({ natPortRange: '30000:40000' });
  await write('kubectl-edit', { spec: null });
  // and keeps nothing that would name the one of a spec that is null, which says nothing of NAT
  await says('unknown', null);
  await must(admin, 'DELETE', `${felix}/default`);
});

it('10 MB of annotations and 10,000 managers are read, and little of it is kept', async () => {
  await make('fat', { cidr: '10.6.0.0/16', natOutgoing: true });
  await soon(async () => expect(await natted('10.6.0.1')).toBe(true));
  const entry = {
    operation: 'Apply',
    apiVersion: 'x/v1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { 'f:cidr': {} } },
  };
  await alter(
    only('fat', (metadata) => ({
      ...grown(metadata),
      annotations: { note: 'x'.repeat(10_000_000), 'argocd.argoproj.io/tracking-id': 'y'.repeat(1_000_000) },
      managedFields: Array.from({ length: 10_000 }, (_, i) => ({ ...entry, manager: `manager-${i}` })),
    })),
  );
  await soon(async () => expect(await shown('fat')).toMatchObject({ owner: 'argocd', standing: 'foreign' }));
  expect(await natted('10.6.0.1')).toBe(true);
  const [row] = await server.db.query<{ size: number }>(
    "SELECT length(object::text) AS size FROM live_pool WHERE name = 'fat'",
  );
  expect(row?.size).toBeLessThan(50_000);
  await expectGoesOn();
});

it('a resource version that is no number holds up nobody', async () => {
  await alter(only('fat', ({ resourceVersion }) => ({ resourceVersion: `v-${resourceVersion}` })));
  await soon(async () => expect(await shown('fat')).toMatchObject({ owner: 'kubectl' }));
  await expectGoesOn();
});

it.each([
  [
    'an item without a resource version',
    (object: Stored) => ({ ...object, metadata: { ...object.metadata, resourceVersion: undefined } }),
    /items\[0\] \('a+\.{3}'\) must be an object with metadata.name, uid and resourceVersion/,
  ],
  ['an item that is null', () => null, /items\[0\] must be an object/],
] as const)('%s: the answer is refused and named, what is known stays', async (_, change, words) => {
  const before = (await ask('cluster.pools')).pools;
  await alter(change);
  await soon(async () =>
    expect(await ask('cluster.get')).toMatchObject({ phase: 'blind', error: expect.stringMatching(words) }),
  );
  expect((await ask('cluster.pools')).pools).toEqual(before);
  expect(await natted('10.6.0.1')).toBe(true);
  proxy.heal();
  await expectGoesOn();
});

it.each([
  [
    'nodes for pools',
    (said: Said) => ({ ...said, apiVersion: 'v1', kind: 'NodeList', items: [] }),
    /it is 'NodeList' of 'v1'/,
  ],
  [
    'each item twice',
    (said: Said) => ({ ...said, items: said.items?.flatMap((item) => [item, item]) }),
    /must name each object once/,
  ],
  [
    'no resource version of the list',
    (said: Said) => ({ ...said, metadata: {} }),
    /a list must have metadata.resourceVersion/,
  ],
] as const)('%s: the answer is refused and named, what is known stays', async (_, change, words) => {
  const before = (await ask('cluster.pools')).pools;
  proxy.fail({ kind: 'rewrite', answer: (said) => change(said as Said) }, /ippools\?limit/);
  await say('no JSON');
  await soon(async () =>
    expect(await ask('cluster.get')).toMatchObject({ phase: 'blind', error: expect.stringMatching(words) }),
  );
  expect((await ask('cluster.pools')).pools).toEqual(before);
  proxy.heal();
  await expectGoesOn();
});

it('an object of another type, and a line of 100 MB, in the middle of a watch take nothing with them', async () => {
  const before = (await ask('cluster.pools')).pools;
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'fat', uid: 'u', resourceVersion: '1' } };
  await say(JSON.stringify({ type: 'DELETED', object: node }));
  await expectGoesOn();
  await say('x'.repeat(100_000_000));
  await expectGoesOn();
  expect((await ask('cluster.pools')).pools).toEqual(expect.arrayContaining(before));
});

it('a cluster that hangs is asked about the settings of many nodes by eight dry runs, and refuses nothing', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `hung-${i}`);
  const decide = async (nodes: object): Promise<void> => {
    const { version: expectedVersion } = await ask('settings.get');
    const settings = { global: {}, nodes };
    const reason = 'so it shall be';
    const { status, body } = await mutate(
      server.address,
      'settings.update',
      { settings, expectedVersion, reason },
      server.cookie,
    );
    expect(status, JSON.stringify(body)).toBe(200);
  };
  proxy.fail({ kind: 'hang' }, /felixconfigurations/);
  const before = proxy.requests.length;
  await decide(Object.fromEntries(names.map((name) => [name, { natPortRange: '40000:50000' }])));
  const dryRuns = proxy.requests.slice(before).filter((line) => /^PATCH .*felixconfigurations.*dryRun=All/.test(line));
  expect(dryRuns).toHaveLength(8);
  await decide({});
});

it('pages that are too large are asked for smaller', async () => {
  await alter((object) => ({
    ...object,
    metadata: { ...object.metadata, annotations: { note: 'x'.repeat(3_000_000) } },
  }));
  await soon(async () => expect(proxy.requests.some((line) => /ippools\?limit=5&/.test(`${line}&`))).toBe(true));
  await expectGoesOn();
});
