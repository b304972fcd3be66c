/**
 * The one real path: a click in the browser reaches the kernel of both nodes, and real packets show it. What each step does
 * is asked of the simulator before the packet leaves, and History says who did it and when both nodes had it.
 */
import { expect, type Page, test } from '@playwright/test';
import { type Api, signIn } from './api.ts';
import { PoolEditor } from './pages/pool-editor.ts';
import { type Outgate, startOutgate } from './start-outgate.ts';

const ADMIN = { name: 'Ada', email: 'ada@example.org', password: 'a long enough password' };
const INTERNET = '198.51.100.10';
const INTERNET_V6 = '2001:db8:f::10';
const OWN = '10.99.0.1';
/** from the change's request to packets on both nodes */
const LONGEST = 2000;

const FIRST_MANIFEST = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: default-ipv4-ippool
spec:
  cidr: 192.168.0.0/16
  natOutgoing: true
`;
const SECOND_MANIFEST = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: no-nat-10.0.0.0-8
spec:
  cidr: 10.0.0.0/8
  disabled: true
`;
const PUBLIC_AND_V6 = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: public
spec:
  cidr: 203.0.113.0/24
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pods-v6
spec:
  cidr: fd00:192:168::/48
  natOutgoing: true
`;

interface Probe {
  predicted: { verdict: string; code: string };
  observed: { source?: { address: string }; error?: string };
  agree: boolean;
}
interface Answers {
  answers: { truth: string; node?: string; verdict: string; code: string; source: { address: string | null } }[];
  agree: boolean;
}
interface Change {
  id: number;
  actor: string;
  role: string;
  action: string;
  target: string;
  reason: string | null;
  before: unknown;
  after: unknown;
  nodes: { holding: number; total: number };
}

test.describe.configure({ mode: 'serial' });

let outgate: Outgate;
let api: Api;
let page: Page;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  outgate = await startOutgate();
  page = await browser.newPage();
  await setUpAdmin();
  api = await signIn(outgate.url, ADMIN);
  await expect.poll(nodeStates).toEqual(['node-1 Programmed', 'node-2 Programmed']);
});
test.afterAll(async () => {
  test.setTimeout(60_000);
  await page?.close();
  await outgate?.stop();
});

test('without pools every pod keeps its address', async () => {
  await expectSeen('pod-1a', INTERNET, '192.168.1.10');
  await expectSeen('pod-1a', INTERNET_V6, 'fd00:192:168:1::10');
});

test('the first documented manifest: both nodes masquerade', async () => {
  const since = await importManifests(FIRST_MANIFEST, 1);
  await expectSoon(since, { 'pod-1a': '192.0.2.11', 'pod-2a': '192.0.2.12' });
  await expectSeen('pod-1a', INTERNET, '192.0.2.11');
  await expectSeen('pod-2a', INTERNET, '192.0.2.12');
  await expectSeen('pod-1b', INTERNET, '203.0.113.10');
  await sendFromSimulator('192.168.1.10', INTERNET, '192.0.2.11');
});

test('natOutgoing off and on again', async () => {
  for (const natOutgoing of [false, true]) {
    const since = await switchNat('default-ipv4-ippool');
    const [first, second] = natOutgoing ? ['192.0.2.11', '192.0.2.12'] : ['192.168.1.10', '192.168.2.10'];
    await expectSoon(since, { 'pod-1a': first, 'pod-2a': second });
    await expectSeen('pod-1a', INTERNET, first);
    await sendFromSimulator('192.168.1.10', INTERNET, first);
  }
});

test('the second documented manifest: the own data centre sees the pod, the internet the node', async () => {
  await expectSeen('pod-1a', OWN, '192.0.2.11');
  await importManifests(SECOND_MANIFEST, 1);
  await page.waitForURL(`${outgate.url}/pools`);
  await bothNodesHaveIt();
  await expectSeen('pod-1a', OWN, '192.168.1.10');
  await expectSeen('pod-1a', INTERNET, '192.0.2.11');
});

test('a public pool without NAT, traffic between pods, and IPv6', async () => {
  await importManifests(PUBLIC_AND_V6, 2);
  await page.waitForURL(`${outgate.url}/pools`);
  await bothNodesHaveIt();
  await expectSeen('pod-1b', INTERNET, '203.0.113.10');
  await expectSeen('pod-1a', '203.0.113.10', '192.168.1.10');
  await expectSeen('pod-1a', '203.0.113.20', '192.168.1.10');
  await expectSeen('pod-1a', INTERNET_V6, '2001:db8:1::11');
  await expectSeen('pod-2a', INTERNET_V6, '2001:db8:1::12');
  await expectSeen('pod-1a', 'fd00:192:168:2::10', 'fd00:192:168:1::10');
});

test('History names each step, its actor, its difference and when both nodes had it', async () => {
  const changes = await history();
  expect(changes.map(({ action }) => action)).toEqual([
    'pool.import',
    'pool.import',
    'pool.update',
    'pool.update',
    'pool.import',
  ]);
  for (const change of changes) {
    expect(change).toMatchObject({ actor: ADMIN.email, role: 'admin', nodes: { holding: 2, total: 2 } });
    expect(change.before).not.toEqual(change.after);
  }
});

test('a revert brings the packets back', async () => {
  const imported = (await history()).find(({ target }) => target.includes('no-nat-10.0.0.0-8'));
  await page.goto(`${outgate.url}/history?change=${imported?.id}`);
  await page.getByRole('button', { name: 'Revert', exact: false }).first().click();
  const preview = page.getByRole('region', { name: 'Revert' });
  await preview.getByLabel('Reason').fill('the data centre wants node addresses');
  await preview.getByRole('button', { name: /^Revert change/ }).click();
  await expect.poll(async () => (await history())[0]?.reason).toBe('the data centre wants node addresses');
  await bothNodesHaveIt();
  await expectSeen('pod-1a', OWN, '192.0.2.11');
});

async function setUpAdmin(): Promise<void> {
  await page.goto(outgate.setupLink ?? '');
  await page.getByLabel('Name').fill(ADMIN.name);
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Make the account and sign in' }).click();
  await page.waitForURL(`${outgate.url}/`);
}

/** Pastes them into the import page; returns the time of the click that saves, without waiting for what follows. */
async function importManifests(yaml: string, pools: number): Promise<number> {
  await page.goto(`${outgate.url}/pools/import`);
  await page.getByLabel('Or paste it here').fill(yaml);
  const save = page.getByRole('button', { name: `Import ${pools} ${pools === 1 ? 'pool' : 'pools'}` });
  await expect(save).toBeEnabled();
  const since = Date.now();
  await save.click();
  return since;
}

/** Turns natOutgoing over in the pool's form; returns the time of the click that saves, without waiting for what follows. */
async function switchNat(pool: string): Promise<number> {
  const editor = new PoolEditor(page);
  await page.goto(`${outgate.url}/pools/${pool}/edit`);
  await editor.nats().click();
  await expect(editor.save()).not.toHaveAttribute('aria-disabled', 'true');
  const since = Date.now();
  await editor.save().click();
  return since;
}

/** The simulator's own button: prediction beside observation. */
async function sendFromSimulator(from: string, to: string, address: string): Promise<void> {
  await page.goto(`${outgate.url}/simulator?from=${from}&to=${to}&proto=tcp&port=7`);
  await page.getByRole('button', { name: /real packet/ }).click();
  await expect(page.getByText(`As predicted: the other end saw it come from ${address}.`)).toBeVisible();
}

/** The simulator first, for the desired state and every node's; then the packet. */
async function expectSeen(from: string, to: string, address: string): Promise<void> {
  const pods = await api.query<{ pods: { name: string; addresses: string[] }[] }>('lab.status');
  const own = pods.pods.find(({ name }) => name === from)?.addresses ?? [];
  const sourceAddress = own.find((one) => one.includes(':') === to.includes(':'));
  const question = { from: sourceAddress, to, proto: 'tcp', port: 7 };
  const { answers } = await api.query<Answers>('simulate.flow', question);
  const verdict = own.includes(address) ? 'NO_SNAT' : 'SNAT';
  expect(answers.find(({ truth }) => truth === 'desired')).toMatchObject({ verdict });

  for (const proto of ['tcp', 'udp']) {
    const probe = await api.mutate<Probe>('lab.probe', { from, to, proto });
    expect(probe, `${from} to ${to} over ${proto}`).toMatchObject({
      observed: { source: { address } },
      predicted: { verdict },
      agree: true,
    });
  }
}

/** Asks until every pod's packet shows the expected source; the time since the change's request must be short. */
async function expectSoon(since: number, expected: Record<string, string>): Promise<void> {
  const probes = Object.entries(expected).map(([from, address]) =>
    expect
      .poll(async () => (await api.mutate<Probe>('lab.probe', { from, to: INTERNET })).observed.source?.address, {
        timeout: LONGEST,
        intervals: [50],
      })
      .toBe(address),
  );
  await Promise.all(probes);
  expect(Date.now() - since).toBeLessThan(LONGEST);
}

async function bothNodesHaveIt(): Promise<void> {
  await expect
    .poll(async () => (await history()).every(({ nodes }) => nodes.holding === 2), { intervals: [50] })
    .toBe(true);
}

const history = async (): Promise<Change[]> => (await api.query<{ changes: Change[] }>('changes.list', {})).changes;

async function nodeStates(): Promise<string[]> {
  const { nodes } = await api.query<{ nodes: { name: string; state: string }[] }>('nodes.list', {});
  return nodes.map(({ name, state }) => `${name} ${state}`).sort();
}
