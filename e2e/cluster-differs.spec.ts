/** Where the cluster has a pool of ours otherwise, every page says so, and nothing is written until somebody decides. */
import { expect, test } from '@playwright/test';
import { crd, installCrds } from './cluster/install-crds.ts';
import { makeNamespace, makePod, makeService, makeSlice } from './cluster/workloads.ts';
import { expectAccessible } from './pages/accessibility.ts';
import { decide, pool, runningCluster } from './pages/cluster.ts';
import { expectAllInSight, expectFocusInSight } from './pages/in-sight.ts';
import { SimulatorPage } from './pages/simulator-page.ts';

const running = runningCluster();
const { apply, edit, live } = running;

test.beforeAll(async () => {
  await running.adopt(
    pool('by-hand', { cidr: '192.168.0.0/16', natOutgoing: true }),
    pool('by-hand-too', { cidr: '192.168.64.0/20' }),
  );
  await apply(pool('from-git', { cidr: '172.20.0.0/16', natOutgoing: true }));
});

test('an edit with kubectl shows with its manager, and nothing is written until somebody decides', async () => {
  const { page, outgate } = running;
  await page.goto(`${outgate.url}/pools`);
  await expect(page.getByRole('row', { name: /by-hand 192\.168\.0\.0.*Synced/ })).toBeVisible();
  await edit('by-hand', { natOutgoing: false });
  const row = page.getByRole('row', { name: /by-hand 192\.168\.0\.0.*OutOfSync.*FieldChangedInCluster/ });
  await expect(row).toBeVisible();
  await expect(row.getByRole('cell', { name: 'NATed live: keeps address' })).toBeVisible();
  await page
    .getByRole('group', { name: 'Sync state' })
    .getByRole('button', { name: /OutOfSync/ })
    .click();
  await expect(page).toHaveURL(/\?sync=OutOfSync$/);
  await expect(page.getByRole('row', { name: /by-hand-too/ })).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'by-hand', exact: true }).click();
  await expect(page.getByText('kubectl-patch changed natOutgoing in the cluster.')).toBeVisible();
  await expect(page.getByText('Nodes do otherwise now: traffic from it keeps its address.')).toBeVisible();
  await expect(page.getByText('as desired; nodes follow Live')).toBeVisible();
  await expect(page.getByRole('row', { name: /natOutgoing.*true.*false.*differs.*true.*kubectl-patch/ })).toBeVisible();
  await expectAccessible(page);
  for (const width of [1440, 375]) {
    await page.setViewportSize({ width, height: 812 });
    await expectAllInSight(page);
    await expectFocusInSight(page);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  expect((await live('by-hand')).natOutgoing).toBe(false);
});

test('the form says what a save does beside the draft where the cluster has the pool otherwise', async () => {
  const { page, outgate } = running;
  await page.goto(`${outgate.url}/pools/by-hand/edit`);
  await expect(
    page.getByText(
      'The cluster has natOutgoing otherwise, and kubectl-patch holds it. Whatever is saved here waits until it is decided about: take theirs, apply ours by force, or release.',
    ),
  ).toBeVisible();
  await expectAccessible(page);
  await expectFocusInSight(page);
});

test('the simulator says the disagreement first, and Live stands between desired and the nodes', async () => {
  const { page, outgate } = running;
  await page.goto(`${outgate.url}/simulator?from=192.168.1.10&to=198.51.100.10`);
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict.getByRole('heading')).toHaveText(
    'It should be NATed to the node’s address, but the cluster says otherwise: it keeps the pod address 192.168.1.10.',
  );
  await expect(verdict.getByRole('listitem').first()).toContainText('Live');
  await expect(verdict.getByRole('listitem').first()).toContainText('the cluster is not as desired');
  await expectAccessible(page);
});

test('names of the cluster are completed while typing, and each backend of a service has its own verdict', async () => {
  const { page, outgate, server } = running;
  const admin = server.as('admin');
  await makeNamespace(admin, 'shop');
  await makePod(admin, 'shop', 'cart-1', { node: 'node-1', addresses: ['192.168.1.10'] });
  await makePod(admin, 'shop', 'web-1', { node: 'node-2', addresses: ['192.168.2.10'] });
  await makePod(admin, 'shop', 'agent-1', { node: 'node-2', addresses: ['192.0.2.12'], hostNetwork: true });
  const address = await makeService(admin, 'shop', 'web', { ports: [{ port: 80 }] });
  await makeSlice(admin, 'shop', 'web', [
    { address: '192.168.2.10', node: 'node-2', pod: 'web-1' },
    { address: '192.0.2.12', node: 'node-2', pod: 'agent-1' },
  ]);
  const simulator = new SimulatorPage(page);
  await page.goto(`${outgate.url}/simulator`);
  await simulator.from().fill('cart');
  await expect(page.getByRole('option', { name: /pod.*shop\/cart-1.*node-1.*192\.168\.1\.10/ })).toBeVisible();
  await expectAccessible(page);
  await simulator.from().press('ArrowDown');
  await simulator.from().press('Enter');
  await expect(simulator.from()).toHaveValue('pod/shop/cart-1');
  await simulator.to().fill('web');
  await expect(page.getByRole('option', { name: /^service ?shop\/web/ })).toBeVisible();
  await simulator.to().press('Escape');
  await expect(page.getByRole('option', { name: /shop/ })).toHaveCount(0);
  await simulator.to().fill('svc/shop/web');
  await page.getByRole('option', { name: /^service ?shop\/web/ }).click();
  await expect(simulator.to()).toHaveValue('service/shop/web');
  await simulator.to().click();
  await expect(page.getByRole('option', { name: /^service ?shop\/web/ })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('option', { name: /shop/ })).toHaveCount(0);
  await expect(page).toHaveURL(/\?from=pod%2Fshop%2Fcart-1&to=service%2Fshop%2Fweb$/);
  const names = page.getByRole('region', { name: 'Names' });
  await expect(names).toContainText(/pod.*shop\/cart-1.*192\.168\.1\.10.*on node-1.*known \d+ s ago/);
  await expect(names).toContainText(`${address}`);
  const backends = page.getByRole('region', { name: 'Backends' });
  // desired and live differ about the pool of these pods: the backend outside all pools says so, and comes first
  await expect(backends.getByRole('row').nth(1)).toContainText(/shop\/agent-1.*192\.0\.2\.12:8080.*node-2/);
  await expect(backends.getByRole('row').nth(2)).toContainText(/shop\/web-1.*192\.168\.2\.10:8080/);
  await expect(simulator.verdict().getByRole('heading')).toContainText('it depends on the backend');
  await expectAccessible(page);
  await page.reload();
  await expect(backends).toBeVisible();
  await page.setViewportSize({ width: 375, height: 812 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await expectAccessible(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  // a pod of the service's name: what fits is offered
  await makePod(admin, 'shop', 'web', { addresses: ['192.168.1.30'] });
  await simulator.ask('cart-1', 'shop/web');
  await page.getByRole('button', { name: 'service/shop/web', exact: true }).click();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(backends).toBeVisible();
  // a pod on its node's network has no address of its own to keep
  await page.goto(`${outgate.url}/simulator?from=pod/shop/agent-1&to=203.0.113.9`);
  await expect(simulator.verdict().getByRole('heading')).toHaveText('Keeps the node’s address 192.0.2.12.');
  await expect(simulator.verdict().getByText('Keeps node address').first()).toBeVisible();
  await expect(simulator.verdict()).not.toContainText('Keeps pod address');
  await page.goto(`${outgate.url}/simulator?from=nobody&to=198.51.100.10`);
  await expect(simulator.from()).toHaveAccessibleDescription(
    /must be an address, or the name of a pod or node.*'nobody'/,
  );
});

test('the overview names it, and ours applied by force says whose field it takes', async () => {
  const { page, outgate } = running;
  await page.goto(outgate.url);
  const picture = page.getByRole('region', { name: 'Convergence' }).last();
  await expect(picture).toContainText(/2 pools.*1 to decide.*Live in the cluster.*3 pools.*2 ours · 1 of others/s);
  const item = page.getByRole('listitem').filter({ hasText: '1 pool is not in the cluster as desired.' });
  await item.getByRole('link', { name: 'List pools' }).click();
  await expect(page).toHaveURL(/\?sync=OutOfSync$/);
  await page.getByRole('link', { name: 'by-hand', exact: true }).click();
  await page.getByRole('button', { name: 'Apply ours by force' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('natOutgoing false → true');
  await expect(dialog).toContainText('Taken: natOutgoing from kubectl-patch.');
  await expectAccessible(page);
  await dialog.getByLabel('Reason').fill('egress of this range must be NATed');
  await dialog.getByRole('button', { name: 'Apply ours by force' }).click();
  await expect(dialog.getByRole('status').filter({ hasText: 'It is decided: change #' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
  expect((await live('by-hand')).natOutgoing).toBe(true);
  await page.goto(`${outgate.url}/history`);
  await page.getByRole('link', { name: 'by-hand applied by force: natOutgoing false → true' }).first().click();
  await expect(page.getByText('natOutgoing kubectl-patch')).toBeVisible();
});

test('before a pool is deleted it is told who lives in it, and what becomes of their traffic', async () => {
  const { page, server, outgate } = running;
  await page.goto(`${outgate.url}/pools/by-hand`);
  const open = () => page.getByRole('button', { name: 'Delete', exact: true }).click();
  const use = page.getByRole('dialog').getByRole('region', { name: 'Addresses in use' });
  await open();
  await expect(use).toContainText('Cannot tell which addresses are in use.');
  await expect(use).toContainText('the cluster must serve ipamblocks');
  await page.keyboard.press('Escape');
  await installCrds(server, 'v3', crd, ['ipamblocks']);
  await apply({
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPAMBlock',
    metadata: { name: '192-168-1-0-30' },
    spec: {
      cidr: '192.168.1.0/30',
      affinity: 'host:node-1',
      allocations: [null, 0, 1, null],
      attributes: [
        { handle_id: 'vxlan-tunnel-addr-node-1', secondary: { node: 'node-1', type: 'vxlanTunnelAddress' } },
        { handle_id: 'k8s-pod-network.1', secondary: { namespace: 'shop', pod: 'web-1', node: 'node-1' } },
      ],
    },
  });
  await page.reload();
  await open();
  await expect(use).toContainText('2 addresses are in use: 1 pod on 1 node.');
  await expect(use).toContainText('New connections from them keep the pod address: no NAT any more.');
  await use.getByText('Who uses them').click();
  await expect(use.getByRole('row', { name: '192.168.1.2 shop/web-1 node-1' })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
});

test('a policy is changed with a reason, and then holds', async () => {
  const { page, outgate } = running;
  await page.goto(`${outgate.url}/pools/by-hand`);
  await page.getByRole('button', { name: 'Enforce instead' }).click();
  await decide(page, 'Enforce from now on', 'nobody else may change it');
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Ask instead' })).toBeVisible();
  await edit('by-hand', { natOutgoing: false });
  await expect.poll(async () => (await live('by-hand')).natOutgoing).toBe(true);
  await page.goto(`${outgate.url}/history?pool=by-hand`);
  const back = page.getByRole('link', { name: /by-hand written back: natOutgoing false → true/ });
  await expect(back).toContainText('Written back by policy');
  await back.click();
  await expect(page.getByRole('definition').filter({ hasText: 'by itself' })).toBeVisible();
  await expectAccessible(page);
});
