/** The life of `npm run cluster`: what it keeps, what it heals, what it leaves. No browser is needed for that. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { ROOT } from '../scripts/supervisor/paths.ts';
import { type Api, signIn } from './api.ts';
import { ensureBinaries, missingForCluster } from './cluster/binaries/build.ts';
import { kubectl } from './cluster/prepare-cluster.ts';
import { leftOf } from './left-behind.ts';
import { ADMIN } from './pages/sign-in-page.ts';
import { withAdmin } from './pages/signed-in.ts';
import { type Outgate, type StartOptions, startOutgate } from './start-outgate.ts';

const POOL = 'default-ipv4-ippool';

// the first start of a checkout builds the pages
test.describe.configure({ timeout: 300_000 });

let dataDir: string;
let outgate: Outgate | undefined;

test.beforeAll(async () => {
  const missing = await missingForCluster();
  test.skip(missing.length > 0, missing.join('; '));
});
test.beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'outgate-cluster-start-'));
});
test.afterEach(async () => {
  await outgate?.stop().catch(() => {});
  outgate = undefined;
  await rm(dataDir, { recursive: true, force: true });
});

test('the line it prints changes packets; the cluster is the same after Ctrl-C, and after kill -9', async () => {
  const first = await start();
  await runPrinted(first);
  await expectMasquerade(await signIn(first.url, ADMIN));
  await first.stop();
  expect(await leftOf(dataDir, first.labPrefix)).toEqual([]);
  expect(await readdir(join(dataDir, 'run'))).toEqual([]);

  const second = await start(like(first));
  expect(await pools()).toEqual([POOL]);
  await expectMasquerade(await signIn(second.url, ADMIN));
  const before = await programs();
  expect(before.map(({ name }) => name).sort()).toEqual(['etcd', 'kube-apiserver']);
  await second.kill();
  await expect.poll(programs).toEqual([]);

  const third = await start(like(first));
  expect(await pools()).toEqual([POOL]);
  await expectMasquerade(await signIn(third.url, ADMIN));
  await third.stop();
  expect(await leftOf(dataDir, third.labPrefix)).toEqual([]);
});

test('an API server that is killed comes back; until then NAT stays as it was', async () => {
  const running = await start();
  await runPrinted(running);
  const api = await signIn(running.url, ADMIN);
  await expectMasquerade(api);
  const killed = (await programs()).find(({ name }) => name === 'kube-apiserver')?.pid ?? 0;
  process.kill(killed, 'SIGKILL');
  await expectMasquerade(api);
  await expect
    .poll(async () => (await programs()).map(({ name }) => name).sort(), { timeout: 30_000 })
    .toEqual(['etcd', 'kube-apiserver']);
  await expect.poll(() => pools().catch(() => null), { timeout: 60_000 }).toEqual([POOL]);
  await runKubectl(['patch', 'ippools', POOL, '--type=merge', '-p', '{"spec":{"natOutgoing":false}}']);
  await expectSeen(api, '192.168.1.10');
});

test('npm start and npm run cluster take turns: pools of the one go into the other, which then decides', async () => {
  const alone = await start({ script: 'start' });
  const spec = { cidr: '192.168.0.0/16', natOutgoing: true };
  await (await signIn(alone.url, ADMIN)).mutate('pools.create', { name: POOL, spec });
  await expectMasquerade(await signIn(alone.url, ADMIN));
  await alone.stop();

  const inCluster = await start(like(alone));
  await expect.poll(pools, { timeout: 30_000 }).toEqual([POOL]);
  await expectMasquerade(await signIn(inCluster.url, ADMIN));
  await runKubectl(['patch', 'ippools', POOL, '--type=merge', '-p', '{"spec":{"natOutgoing":false}}']);
  await expectSeen(await signIn(inCluster.url, ADMIN), '192.168.1.10');
  await inCluster.stop();

  const again = await start({ ...like(alone), script: 'start' });
  await expectMasquerade(await signIn(again.url, ADMIN));
});

async function start(options: Pick<StartOptions, 'script' | 'labPrefix' | 'port'> = {}): Promise<Outgate> {
  outgate = await startOutgate({ script: 'cluster', dataDir, environment: withAdmin, ...options });
  return outgate;
}

/** As a person starts it again: the same lab, the same port. */
const like = ({ labPrefix, url }: Outgate): { labPrefix: string; port: number } => ({
  labPrefix,
  port: Number(new URL(url).port),
});

/** Word by word what it says one may try. */
async function runPrinted(running: Outgate): Promise<void> {
  const [program = '', ...args] = /^Try: (.+)$/m.exec(running.output())?.[1]?.split(' ') ?? [];
  expect(args).toEqual([
    '--kubeconfig',
    kubeconfig(),
    'apply',
    '-f',
    join(ROOT, 'docs/manifests/masquerade-pods.yaml'),
  ]);
  expect(await kubectl({ kubectl: program, kubeconfig: kubeconfig() }, args.slice(2))).toContain('created');
}

const kubeconfig = (): string => join(dataDir, 'run/kubeconfig');

const runKubectl = async (args: readonly string[]): Promise<string> =>
  kubectl({ kubectl: (await ensureBinaries(() => {})).kubectl, kubeconfig: kubeconfig() }, args);

async function pools(): Promise<string[]> {
  const listed = await runKubectl(['get', 'ippools', '-o', 'jsonpath={.items[*].metadata.name}']);
  return listed.split(' ').filter(Boolean);
}

const expectMasquerade = (api: Api): Promise<void> => expectSeen(api, '192.0.2.11');

const expectSeen = (api: Api, address: string): Promise<void> =>
  expect.poll(() => seenFrom(api), { timeout: 30_000 }).toBe(address);

async function seenFrom(api: Api): Promise<string | undefined> {
  const probe = { from: 'pod-1a', to: '198.51.100.10', proto: 'tcp' };
  const { observed } = await api.mutate<{ observed: { source?: { address: string } } }>('lab.probe', probe);
  return observed.source?.address;
}

/** The API server's processes that were started for this data directory: it is in their environment. */
async function programs(): Promise<{ pid: number; name: string }[]> {
  const found: { pid: number; name: string }[] = [];
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const [command = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    const name = basename(command);
    if (name !== 'etcd' && name !== 'kube-apiserver') continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.includes(`OUTGATE_DATA_DIR=${dataDir}\0`)) found.push({ pid: Number(pid), name });
  }
  return found;
}
