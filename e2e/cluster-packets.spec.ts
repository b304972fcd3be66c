/**
 * What is said with kubectl reaches the kernel of both nodes, in either group that Calico's pools come in. Others' pools are
 * seen, adopted and never trampled; ours appear in the cluster. No browser is needed for that.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { ROOT } from '../scripts/supervisor/paths.ts';
import { type Api, signIn } from './api.ts';
import { ensureBinaries, missingForCluster } from './cluster/binaries/build.ts';
import { CALICO_GROUP, type CalicoApi } from './cluster/install-crds.ts';
import { kubectl, OUTGATE_USER, prepareCluster } from './cluster/prepare-cluster.ts';
import { type ApiServer, type Reachable, startApiServer } from './cluster/start-api-server.ts';
import { labPlan } from './lab/plan.ts';
import { readKernel } from './node-kernel.ts';
import { SettingsPage } from './pages/settings-page.ts';
import { ADMIN } from './pages/sign-in-page.ts';
import { signedIn, withAdmin } from './pages/signed-in.ts';
import { type Outgate, startOutgate } from './start-outgate.ts';

const INTERNET = '198.51.100.10';
const OWN = '10.99.0.1';
const FIRST = 'default-ipv4-ippool';
const SECOND = 'no-nat-10.0.0.0-8';
/** from the cluster's answer to packets, and to what Outgate shows */
const LONGEST = 2000;

interface Running {
  readonly outgate: Outgate;
  /** only where the product did not bring it up itself */
  readonly server?: ApiServer;
  /** where kubectl is and what it signs in by */
  readonly cluster: Pick<Reachable, 'kubectl' | 'kubeconfig'>;
}

interface LivePool {
  name: string;
  spec: { natOutgoing?: boolean; disabled?: boolean; cidr: string };
  standing: string;
  owner: string;
  managers: string[];
}
interface ListedNode {
  name: string;
  signIn: string | null;
  object: { ready: string; addresses: string[] } | null;
  pods: { name: string }[];
}
interface Sync {
  state: string;
  reason: string;
  fields: string[];
  managers: string[];
}

test.beforeAll(async () => {
  const missing = await missingForCluster();
  test.skip(missing.length > 0, missing.join('; '));
});

describeGroup('v3', startWithCluster, 'service-account');
describeGroup('v1', startBesideCluster, 'join-token');

/** `npm run cluster`, as a developer has it. */
async function startWithCluster(): Promise<Running> {
  const outgate = await startOutgate({ script: 'cluster', environment: withAdmin });
  const kubeconfig = /its kubeconfig: (\S+)/.exec(outgate.output())?.[1] ?? '';
  const { kubectl: program } = await ensureBinaries(() => {});
  return { outgate, cluster: { kubectl: program, kubeconfig } };
}

/** `npm start` with somebody's cluster, an older one. */
async function startBesideCluster(): Promise<Running> {
  const binaries = await ensureBinaries(() => {});
  const server = await startApiServer({ binaries, users: { [OUTGATE_USER]: [] } });
  try {
    await prepareCluster(server, labPlan(), ['v1']);
    const environment = {
      ...withAdmin,
      OUTGATE_CLUSTER: 'kubeconfig',
      OUTGATE_KUBECONFIG: server.kubeconfig,
      OUTGATE_KUBECONTEXT: OUTGATE_USER,
    };
    return { outgate: await startOutgate({ environment }), server, cluster: server };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function describeGroup(version: CalicoApi, start: () => Promise<Running>, way: string): void {
  const group = `${CALICO_GROUP[version]}/${version}`;
  const type = `ippools.${CALICO_GROUP[version]}`;

  test.describe(group, () => {
    test.describe.configure({ mode: 'serial' });
    let running: Running | undefined;
    let api: Api;
    let run: (...args: Parameters<typeof kubectl> extends [unknown, ...infer Rest] ? Rest : never) => Promise<string>;

    test.beforeAll(async () => {
      test.setTimeout(300_000);
      running = await start();
      const { outgate, cluster } = running;
      run = (...args) => kubectl(cluster, ...args);
      api = await signIn(outgate.url, ADMIN);
      await expect.poll(nodeStates).toEqual(['node-1 Programmed', 'node-2 Programmed']);
      await expect.poll(async () => (await api.query<{ phase: string }>('cluster.get')).phase).toBe('live');
    });
    test.afterAll(async () => {
      test.setTimeout(60_000);
      try {
        await running?.outgate.stop();
      } finally {
        await running?.server?.stop();
      }
    });

    test('it is the group that is found, no right is missing, and the pods keep their addresses', async () => {
      expect(await api.query('cluster.get')).toMatchObject({ phase: 'live', group });
      const { user, rights } = await api.query<{ user: string; rights: { allowed: boolean }[] }>('cluster.rights');
      expect({ user, refused: rights.filter(({ allowed }) => !allowed) }).toEqual({ user: OUTGATE_USER, refused: [] });
      await expectSeen({ 'pod-1a': '192.168.1.10', 'pod-2a': '192.168.2.10' });
    });

    test('nodes are those of the cluster, and their agents sign in as it is set up', async () => {
      const { nodes } = await api.query<{ nodes: ListedNode[] }>('nodes.list');
      expect(nodes.map(({ name, signIn, object }) => [name, signIn, object?.ready, object?.addresses])).toEqual([
        ['node-1', way, 'True', ['192.0.2.11', '2001:db8:1::11']],
        ['node-2', way, 'True', ['192.0.2.12', '2001:db8:1::12']],
      ]);
      const pods = way === 'join-token' ? [] : ['outgate-agent-node-1', 'outgate-agent-node-2'];
      expect(nodes.flatMap((node) => node.pods.map(({ name }) => name))).toEqual(pods);
    });

    test('kubectl apply of the first documented manifest: both nodes masquerade', async () => {
      await applyManifest('masquerade-pods.yaml');
      await expectSeen({ 'pod-1a': '192.0.2.11', 'pod-2a': '192.0.2.12' });
      expect(await livePool(FIRST)).toMatchObject({
        spec: { cidr: '192.168.0.0/16', natOutgoing: true },
        standing: 'observed',
        owner: 'kubectl',
        managers: ['kubectl-client-side-apply'],
      });
    });

    test('kubectl apply of the second: the own data centre sees the pod, the internet the node', async () => {
      await expectSeen({ 'pod-1a': '192.0.2.11' }, OWN);
      await applyManifest('own-network.yaml');
      await expectSeen({ 'pod-1a': '192.168.1.10' }, OWN);
      await expectSeen({ 'pod-1a': '192.0.2.11', 'pod-2a': '192.0.2.12' });
      expect(await livePool(SECOND)).toMatchObject({ standing: 'observed', owner: 'kubectl' });
      expect((await api.query<{ pools: unknown[] }>('pools.list', {})).pools).toEqual([]);
    });

    test('adopted as it is: nothing becomes different but who owns it', async () => {
      const before = await stored(FIRST);
      await api.mutate('cluster.adopt', { names: [FIRST], reason: 'we look after it now' });
      await expect.poll(syncState).toBe('Synced AsDesired');
      const after = await stored(FIRST);
      expect({ uid: after.metadata.uid, spec: after.spec }).toEqual({ uid: before.metadata.uid, spec: before.spec });
      expect(await livePool(FIRST)).toMatchObject({ standing: 'managed', owner: 'outgate' });
      await expectSeen({ 'pod-1a': '192.0.2.11', 'pod-2a': '192.0.2.12' });
    });

    test('kubectl edit of a pool of ours: in effect, shown with who did it, and not undone', async () => {
      await edit('natOutgoing: true', 'natOutgoing: false');
      const { metadata } = await stored(FIRST);
      await expect
        .poll(() => sync(), { timeout: LONGEST, intervals: [50] })
        .toMatchObject({
          state: 'OutOfSync',
          reason: 'FieldChangedInCluster',
          fields: ['natOutgoing'],
          managers: ['kubectl-edit'],
        });
      await expectSeen({ 'pod-1a': '192.168.1.10', 'pod-2a': '192.168.2.10' });
      await delay(LONGEST);
      expect(await stored(FIRST)).toMatchObject({
        metadata: { resourceVersion: metadata.resourceVersion },
        spec: { natOutgoing: false },
      });
      // who did it, and what: as theirs
      const { changes } = await api.query<{ changes: object[] }>('changes.list', { pool: FIRST, limit: 1 });
      expect(changes).toMatchObject([
        { action: 'cluster.change', actor: 'kubectl-edit', role: 'cluster', after: { spec: { natOutgoing: false } } },
      ]);
    });

    test('with the policy enforce it is undone, and so is the next one', async () => {
      const { version: expectedVersion } = await ours(FIRST);
      const decision = { name: FIRST, policy: 'enforce', expectedVersion, reason: 'NAT is ours' };
      await api.mutate('cluster.setPolicy', decision);
      await expect.poll(syncState).toBe('Synced AsDesired');
      expect((await stored(FIRST)).spec).toMatchObject({ natOutgoing: true });
      await expectSeen({ 'pod-1a': '192.0.2.11', 'pod-2a': '192.0.2.12' });

      await run(['patch', type, FIRST, '--type=merge', '-p', '{"spec":{"natOutgoing":false}}']);
      await expect.poll(async () => (await stored(FIRST)).spec['natOutgoing']).toBe(true);
      await expect.poll(syncState).toBe('Synced AsDesired');
      await expectSeen({ 'pod-1a': '192.0.2.11', 'pod-2a': '192.0.2.12' });
    });

    test('a pool made in Outgate is in the cluster and in the packets, and goes from both', async () => {
      const spec = { cidr: '198.51.100.0/24', disabled: true };
      await api.mutate('pools.create', { name: 'partner', spec, reason: 'the partner wants to see pods' });
      await expectSeen({ 'pod-1a': '192.168.1.10', 'pod-2a': '192.168.2.10' });
      expect((await run(['get', type, '-o', 'name'])).trim().split('\n')).toEqual(
        [FIRST, SECOND, 'partner'].map((name) => `ippool.${CALICO_GROUP[version]}/${name}`),
      );
      expect((await stored('partner')).spec).toMatchObject(spec);

      const { version: expectedVersion } = await ours('partner');
      await api.mutate('pools.delete', { name: 'partner', expectedVersion, reason: 'it is over' });
      await expectSeen({ 'pod-1a': '192.0.2.11', 'pod-2a': '192.0.2.12' });
      expect(await run(['get', type, '-o', 'name'])).not.toContain('partner');
    });

    if (version === 'v3') {
      test('a port range set in the browser is in FelixConfiguration, in the kernel and on the packets', async ({
        browser,
      }) => {
        const { outgate } = running ?? {};
        if (outgate === undefined) throw new Error('it must run');
        const { context, page } = await signedIn(browser, outgate.url);
        const settings = new SettingsPage(page);
        await page.goto(`${outgate.url}/settings`);
        await settings.ports().fill('40100:40200');
        await settings.reason().fill('the firewall expects these');
        await settings.save().click();
        await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
        // a node is compared with what the cluster says, also where nothing of that is desired here
        await page.goto(`${outgate.url}/nodes/node-1`);
        await expect(page.getByRole('region', { name: 'Difference' })).toContainText(
          /The kernel holds exactly what the cluster’s \w{8} asks for\./,
        );
        await context.close();
        const felix = JSON.parse(
          await run(['get', `felixconfigurations.${CALICO_GROUP[version]}`, 'default', '-o', 'json']),
        );
        expect(felix.spec).toEqual({ natPortRange: '40100:40200' });
        for (const namespace of [`${outgate.labPrefix}-node-1`, `${outgate.labPrefix}-node-2`]) {
          await expect.poll(async () => (await readKernel(namespace)).text).toContain('--to-ports 40100-40200');
        }
        await expect
          .poll(async () => {
            const { observed } = (await probe('pod-1a', INTERNET)) as { observed: { source: { port: number } } };
            return observed.source.port >= 40100 && observed.source.port <= 40200;
          })
          .toBe(true);
      });
    }

    async function applyManifest(file: string): Promise<void> {
      const text = await readFile(join(ROOT, 'docs/manifests', file), 'utf8');
      await run(['apply', '-f', '-'], { input: text.replace(/^apiVersion: .*$/m, `apiVersion: ${group}`) });
    }

    /** As a person does, by an editor. */
    async function edit(from: string, to: string): Promise<void> {
      await run(['edit', type, FIRST], { env: { KUBE_EDITOR: `sed -i 's/^  ${from}$/  ${to}/'` } });
    }

    async function stored(name: string): Promise<Stored> {
      return JSON.parse(await run(['get', type, name, '-o', 'json'])) as Stored;
    }

    async function livePool(name: string): Promise<LivePool | undefined> {
      const { pools } = await api.query<{ pools: LivePool[] }>('cluster.pools');
      return pools.find((pool) => pool.name === name);
    }

    const ours = (name: string): Promise<{ version: number; sync: Sync | null }> => api.query('pools.get', { name });

    async function sync(): Promise<Sync | null> {
      return (await ours(FIRST)).sync;
    }

    async function syncState(): Promise<string> {
      const found = await sync();
      return `${found?.state} ${found?.reason}`;
    }

    /** Real packets, until each pod is seen by the expected address; what was predicted for them agrees in the end. */
    async function expectSeen(expected: Readonly<Record<string, string>>, to = INTERNET): Promise<void> {
      for (const [from, address] of Object.entries(expected)) {
        await expect
          .poll(() => probe(from, to), { timeout: LONGEST, intervals: [50] })
          .toMatchObject({ observed: { source: { address } } });
        await expect.poll(() => probe(from, to)).toMatchObject({ observed: { source: { address } }, agree: true });
      }
    }

    const probe = (from: string, to: string): Promise<unknown> => api.mutate('lab.probe', { from, to, proto: 'tcp' });

    async function nodeStates(): Promise<string[]> {
      const { nodes } = await api.query<{ nodes: { name: string; state: string }[] }>('nodes.list', {});
      return nodes.map(({ name, state }) => `${name} ${state}`).sort();
    }
  });
}

interface Stored {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
  readonly spec: Readonly<Record<string, unknown>>;
}
