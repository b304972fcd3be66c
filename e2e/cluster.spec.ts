/** Cluster mode in a real browser, on a real API server: what others do there is seen, and decided about with a reason. */
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { ensureBinaries, missingForCluster } from './cluster/binaries/build.ts';
import { crd, installCrds, looseCrd } from './cluster/install-crds.ts';
import { kubectl, OUTGATE_USER, prepareCluster } from './cluster/prepare-cluster.ts';
import { untilMay } from './cluster/rights.ts';
import { type ApiServer, startApiServer } from './cluster/start-api-server.ts';
import { makeNamespace, makePod, makeService, makeSlice } from './cluster/workloads.ts';
import { labPlan } from './lab/plan.ts';
import { expectAccessible } from './pages/accessibility.ts';
import { expectAllInSight, expectFocusInSight } from './pages/in-sight.ts';
import { SettingsPage } from './pages/settings-page.ts';
import { signedIn, withAdmin } from './pages/signed-in.ts';
import { SimulatorPage } from './pages/simulator-page.ts';
import { type Outgate, startOutgate } from './start-outgate.ts';

test.describe.configure({ mode: 'serial' });
const running = {} as { server: ApiServer; outgate: Outgate; context: BrowserContext; page: Page; problems: string[] };

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  const missing = await missingForCluster();
  test.skip(missing.length > 0, missing.join('; '));
  const server = await startApiServer({ binaries: await ensureBinaries(() => {}), users: { [OUTGATE_USER]: [] } });
  Object.assign(running, { server });
  await prepareCluster(server, labPlan(), ['v3']);
  const outgate = await startOutgate({
    lab: 'off',
    environment: {
      ...withAdmin,
      OUTGATE_CLUSTER: 'kubeconfig',
      OUTGATE_KUBECONFIG: server.kubeconfig,
      OUTGATE_KUBECONTEXT: OUTGATE_USER,
    },
  });
  Object.assign(running, { outgate });
  Object.assign(running, await signedIn(browser, outgate.url));
});
test.afterAll(async () => {
  test.setTimeout(60_000);
  await running.context?.close();
  try {
    await running.outgate?.stop();
  } finally {
    await running.server?.stop();
  }
});

test('the cluster’s page says first that it is heard, then what we may do', async () => {
  const { page, server } = running;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(decodeURIComponent(new URL(request.url()).pathname)));
  // a page that has just come hears no keys yet
  await expect(async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await expect(page).toHaveURL(/\/cluster$/, { timeout: 1_000 });
  }).toPass();
  await expect(page.getByRole('heading', { name: 'Live: no pool is ours yet.' })).toBeVisible();
  const connection = page.getByRole('region', { name: 'Connection' });
  await expect(connection).toContainText(server.url);
  await expect(connection).toContainText('projectcalico.org/v3');
  await expect(page.getByText('The cluster has no pool.')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Bring pools to what is desired' })).toContainText(
    'allowed',
  );
  await expect(page.getByRole('button', { name: 'Copy role' })).toHaveCount(0);
  // it asks the cluster: what is known here does not wait for that
  expect(asked.filter((path) => path.includes('cluster.rights'))).toContain('/api/trpc/cluster.rights');
  expect(asked.filter((path) => /,cluster.rights|cluster.rights,/.test(path))).toEqual([]);
});

test('pools of others are seen at once; what nobody else owns is adopted, with a reason', async () => {
  const { page, outgate } = running;
  await apply(pool('by-hand', { cidr: '192.168.0.0/16', natOutgoing: true }));
  await apply(pool('by-hand-too', { cidr: '192.168.64.0/20' }));
  const tracking = { annotations: { 'argocd.argoproj.io/tracking-id': 'net:projectcalico.org/IPPool:/from-git' } };
  await apply(pool('from-git', { cidr: '172.20.0.0/16', natOutgoing: true }, tracking));
  // none is ours, and that says nothing of what nodes do
  await page.goto(`${outgate.url}/pools`);
  await expect(page.getByText('The cluster has 3 pools that others made, and nodes follow them.')).toBeVisible();
  await expect(page.getByText('nothing is NATed')).toHaveCount(0);
  await page.keyboard.press('/');
  await page.getByPlaceholder('A page, pool, node, CIDR or address').fill('from-g');
  await expect(page.getByRole('option', { name: /from-git.*argocd.*172\.20\.0\.0\/16/, selected: true })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByText('The cluster has from-git; it is not ours.')).toBeVisible();
  // and nobody here wants it otherwise
  const simulator = new SimulatorPage(page);
  await page.goto(`${outgate.url}/simulator`);
  await simulator.ask('172.20.0.9', '198.51.100.9');
  await expect(simulator.verdict()).toContainText('NATed');
  await expect(simulator.verdict()).not.toContainText('the cluster says otherwise');
  await page.goto(`${outgate.url}/pools`);
  await page.getByRole('link', { name: 'See and adopt them' }).click();
  const others = page.getByRole('table');
  await expect(others.getByRole('row', { name: /by-hand-too.*kubectl.*C17/ })).toBeVisible();
  await expect(others.getByRole('row', { name: /by-hand-too.*NATed by by-hand Exempt/ })).toBeVisible();
  const foreign = others.getByRole('row', {
    name: /from-git.*NATed Exempt.*argocd.*from Git or a chart.*read-only here/,
  });
  await expect(foreign.getByRole('checkbox')).toHaveCount(0);
  await foreign.getByRole('button', { name: 'Copy patch' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('cidr: 172.20.0.0/16');
  await expectAccessible(page);
  await others.getByRole('checkbox', { name: 'Select all that may be adopted' }).check();
  await page.getByRole('button', { name: 'Adopt', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Adopt 2 pools' });
  await expect(dialog).toContainText('NAT does not change: no node sees a difference.');
  await expect(dialog).toContainText('beside kubectl');
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await expectAccessible(page);
  await dialog.getByLabel('Reason').fill('we decide about these from now on');
  await dialog.getByRole('button', { name: 'Adopt 2 pools' }).click();
  await expect(dialog.getByRole('status').filter({ hasText: 'ours now: change #' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Live: all 2 pools are as desired.' })).toBeVisible();
  await expect(others.getByRole('row', { name: /by-hand/ })).toHaveCount(0);
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

test('a pool that Calico cannot read is told apart, and is not to be adopted', async () => {
  const { page, outgate, server } = running;
  const define = (definition: object): Promise<string> =>
    kubectl(server, ['replace', '-f', '-'], { input: JSON.stringify(definition) });
  await define(looseCrd('v3', 'ippools'));
  await expect(() => apply(pool('unreadable', { cidr: '10.63.0.0/16', natOutgoing: 'yes' }))).toPass();
  await apply(pool('readable', { cidr: '10.63.0.0/16' }));
  await page.goto(`${outgate.url}/cluster`);
  const row = page.getByRole('row', { name: /^unreadable / });
  await expect(row).toContainText('Cannot be read');
  await expect(row).toContainText(
    "natOutgoing must be true or false: 'yes'; no node follows it. It can be adopted once it is mended there.",
  );
  await expect(row).toContainText('not readable');
  await expect(row.getByRole('checkbox')).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Connection' })).toContainText('1 that Calico cannot read');
  await page.getByRole('checkbox', { name: 'Select all that may be adopted' }).check();
  await expect(page.getByText('1 selected')).toBeVisible();
  await page.getByRole('button', { name: /^Cannot be read/ }).click();
  await expect(page).toHaveURL(/\?standing=unreadable$/);
  await expect(page.getByRole('row', { name: /^readable / })).toHaveCount(0);
  await expect(row).toBeVisible();
  for (const width of [1440, 375]) {
    await page.setViewportSize({ width, height: 900 });
    await expectAllInSight(page);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await expectAccessible(page);
  await kubectl(server, ['delete', RESOURCE, 'unreadable', 'readable']);
  await expect(row).toHaveCount(0);
  await define(crd('v3', 'ippools'));
});

test('a pool of others has a page that says whose it is, and History offers no revert of what others did', async () => {
  const { page, outgate } = running;
  await page.goto(`${outgate.url}/pools/from-git`);
  await expect(page.getByText('The cluster has from-git; it is not ours.')).toBeVisible();
  await expect(
    page.getByText('It is changed in the Git repository of Argo CD application net; here it is read-only.'),
  ).toBeVisible();
  await expect(page.getByRole('group', { name: 'What this page shows' })).toContainText(
    /Desired ?no such pool ?Live ?a pool of others ?heard/,
  );
  await expect(page.getByText('What pods in it send to an address outside all pools is NATed.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Edit' })).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Its history' }).click();
  await expect(page.getByText('decide that anew, at the pool or in Settings')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Preview revert' })).toBeDisabled();
  await page.goto(`${outgate.url}/pools/nowhere`);
  await expect(page.getByText('There is no pool nowhere.')).toBeVisible();
});

test('a pool of Tigera’s operator is patched in its Installation, and what that cannot say is named', async () => {
  const { page, outgate, server } = running;
  const labels = { 'app.kubernetes.io/managed-by': 'tigera-operator' };
  const spec = {
    cidr: '172.21.0.0/16',
    natOutgoing: true,
    allowedUses: ['Workload'],
    namespaceSelector: "team == 'a'",
  };
  await apply(pool('from-tigera', spec, { labels }));
  await page.goto(`${outgate.url}/cluster?q=from-tigera`);
  const row = page.getByRole('row', { name: /from-tigera/ });
  await expect(row).toContainText('without namespaceSelector');
  const patch = page.getByRole('button', { name: 'Copy patch' });
  await expect(patch).toHaveAttribute('title', 'For Installation default of Tigera’s operator');
  for (const width of [1440, 375]) {
    await page.setViewportSize({ width, height: 900 });
    await expectAllInSight(page);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await expectAccessible(page);
  await row.getByRole('link', { name: 'from-tigera' }).click();
  await expect(page).toHaveURL(/\/pools\/from-tigera$/);
  await expect(
    page.getByText('It is changed in Installation default of Tigera’s operator; here it is read-only.'),
  ).toBeVisible();
  await patch.click();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('# kubectl patch installation default --type=merge --patch-file FILE\n');
  expect(text).toContain('      - name: from-tigera\n        cidr: 172.21.0.0/16\n');
  await expectAccessible(page);
  await kubectl(server, ['delete', 'ippool', 'from-tigera']);
});

test('a field manager that calls itself like an account is not taken for it', async () => {
  const { page, outgate, server } = running;
  const { OUTGATE_ADMIN_EMAIL: ada } = withAdmin;
  const who = `field manager ${ada}`;
  await page.goto(`${outgate.url}/history?pool=from-git`);
  const list = page.getByRole('listitem').filter({ hasText: who });
  for (const [at, natOutgoing] of [false, true].entries()) {
    const args = ['--type=merge', `--field-manager=${ada}`, '-p', JSON.stringify({ spec: { natOutgoing } })];
    await kubectl(server, ['patch', 'ippools.projectcalico.org', 'from-git', ...args]);
    // what is taken back before it was seen changed nothing
    await expect(list).toHaveCount(at + 1);
  }
  await list.first().getByRole('link').click();
  await expect(page.getByRole('definition').filter({ hasText: who })).toBeVisible();
  await expect(page.getByText('No account: whoever writes in the cluster chooses that name.')).toContainText(
    'The cluster’s audit log, where it keeps one, says who it was.',
  );
  await expect(page.getByRole('option', { name: `${ada} (field manager in the cluster)` })).toBeAttached();
  await expectAccessible(page);
  await page.goto(outgate.url);
  await expect(page.getByRole('cell', { name: who })).toHaveCount(2);
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

test('force that others were quicker than did nothing, and says what they moved', async () => {
  const { page, outgate } = running;
  await edit('by-hand', { natOutgoing: false });
  await page.goto(`${outgate.url}/pools/by-hand`);
  await page.getByRole('button', { name: 'Apply ours by force' }).click();
  const rules = await onlyRead();
  await decide(page, 'Apply ours by force', 'egress of this range must be NATed');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('status').filter({ hasText: 'It is decided: change #' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByText('Forbidden', { exact: true }).first()).toBeVisible();
  await edit('by-hand', { nodeSelector: 'egress == "yes"' });
  const why = `nodeSelector 'all()' → 'egress == "yes"' by kubectl-patch`;
  await page.getByRole('tab', { name: 'Changes' }).click();
  await expect(page.getByRole('row', { name: `force did nothing: ${why}` })).toContainText('did nothing');
  await page.goto(`${outgate.url}/history?pool=by-hand`);
  await page.getByRole('link', { name: `by-hand: force did nothing, ${why}` }).click();
  await expect(page.getByText(`It was not applied: ${why}. Nothing was written over by it.`)).toBeVisible();
  await expect(page.getByText('It was not applied, so no node ever takes it.')).toBeVisible();
  await expect(page.getByText('Taken from')).toHaveCount(0);
  await expectAccessible(page);
  await page.setViewportSize({ width: 375, height: 812 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await page.setViewportSize({ width: 1440, height: 900 });
  await may(rules, true);
  await edit('by-hand', { natOutgoing: true, nodeSelector: null });
  await page.goto(`${outgate.url}/pools/by-hand`);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
});

test('force that another decision came before did nothing, and says which', async () => {
  const { page, outgate } = running;
  await edit('by-hand', { natOutgoing: false });
  await page.goto(`${outgate.url}/pools/by-hand`);
  const rules = await onlyRead();
  const force = async (reason: string): Promise<string> => {
    await page.getByRole('button', { name: 'Apply ours by force' }).click();
    await decide(page, 'Apply ours by force', reason);
    const dialog = page.getByRole('dialog');
    const decided = dialog.getByRole('status').filter({ hasText: 'It is decided: change #' });
    const id = /change #(\d+)/.exec(await decided.innerText())?.[1] ?? '';
    await dialog.getByRole('button', { name: 'Close', exact: true }).click();
    await expect(page.getByText('Forbidden', { exact: true }).first()).toBeVisible();
    return id;
  };
  const first = await force('egress of this range must be NATed');
  const second = await force('it must be so still');
  const why = `change #${second} by ${withAdmin.OUTGATE_ADMIN_EMAIL} came before it was carried out`;
  await page.goto(`${outgate.url}/history?pool=by-hand`);
  await page.getByRole('link', { name: `#${first} by-hand: force did nothing, ${why}` }).click();
  await expect(page.getByText(`It was not applied: ${why}. Nothing was written over by it.`)).toBeVisible();
  await expectAccessible(page);
  await may(rules, true);
  await page.goto(`${outgate.url}/pools/by-hand`);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
});

test('a field that nobody holds is set again with the next save: the form says so before, and History after', async () => {
  const { page, outgate } = running;
  await edit('by-hand', { natOutgoing: null });
  const save = async (): Promise<void> => {
    await page.getByRole('switch', { name: 'Allocates addresses' }).click();
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
  };
  await page.goto(`${outgate.url}/pools/by-hand/edit`);
  await expect(
    page.getByText(
      'The cluster has natOutgoing otherwise. Nobody holds it: whatever is saved here sets it as decided here, too.',
    ),
  ).toBeVisible();
  await save();
  expect(await live('by-hand')).toMatchObject({ natOutgoing: true, disabled: true });
  await page.goto(`${outgate.url}/pools/by-hand/edit`);
  await save();
  await page.goto(`${outgate.url}/history?pool=by-hand`);
  const again = /by-hand: natOutgoing not set → true, nobody held it: set again with change #\d+/;
  await page.getByRole('link', { name: again }).click();
  await expect(page.getByRole('heading', { name: again })).toBeVisible();
  await expectAccessible(page);
});

test('a field is released to who holds it, stays shown with them, and is decided here again', async () => {
  const { page, outgate } = running;
  await page.goto(`${outgate.url}/pools/by-hand`);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
  await edit('by-hand', { natOutgoing: false });
  const differing = page.getByRole('region', { name: 'by-hand: desired, live and last applied' });
  const release = differing.getByRole('button', { name: 'Release field: natOutgoing' });
  await release.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Release field: natOutgoing of by-hand' });
  await expect(dialog).toContainText('natOutgoing stays false in the cluster, and nodes go on as they do now.');
  await expect(dialog).toContainText('kubectl-patch or whoever writes it there decides it from here on');
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await expectAccessible(page);
  await dialog.getByLabel('Reason').fill('the gateway decides it');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('status').filter({ hasText: 'It is decided: change #' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('What becomes of natOutgoing is decided there.')).toBeVisible();
  // what opened the dialog is gone with the difference: keys go on where it stood, not at the top of the page
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Enforce instead' })).toBeFocused();
  const kept = page.getByRole('region', { name: 'by-hand: released fields' });
  await expect(kept.getByRole('row', { name: /natOutgoing released false false.*kubectl-patch/ })).toBeVisible();
  expect((await live('by-hand')).natOutgoing).toBe(false);
  // what becomes of it is no difference any more, and is shown
  await edit('by-hand', { natOutgoing: true });
  await expect(kept.getByRole('row', { name: /natOutgoing released true true/ })).toBeVisible();
  await expect(page.getByText('What becomes of natOutgoing is decided there.')).toBeVisible();
  await page.setViewportSize({ width: 375, height: 812 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await expectAccessible(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${outgate.url}/pools/by-hand/edit`);
  await expect(page.getByText('natOutgoing is released: the cluster decides it')).toContainText(
    'Another value that is saved here takes a field back.',
  );
  const nat = page.getByRole('switch', { name: 'Traffic from it is NATed' });
  await nat.click();
  await expect(page.getByText('natOutgoing is taken back from kubectl-patch')).toBeVisible();
  await nat.click();
  await expect(page.getByText('natOutgoing is taken back from')).toHaveCount(0);
  // it moves while something else is typed: that is no decision about it
  await page.getByRole('switch', { name: 'Allocates addresses' }).click();
  await edit('by-hand', { natOutgoing: false });
  await expect(page.getByText('the cluster decides it, and has natOutgoing false now.')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(kept.getByRole('row', { name: /natOutgoing released false false/ })).toBeVisible();
  expect(await live('by-hand')).toMatchObject({ natOutgoing: false, disabled: true });
  await edit('by-hand', { natOutgoing: true });
  await expect(kept.getByRole('row', { name: /natOutgoing released true true/ })).toBeVisible();
  // what only we hold cannot be let go, and says why
  await page.getByText('Every field, and who holds it').click();
  await expect(page.getByRole('row', { name: /cidr.*It cannot be released: it is what the pool is/ })).toBeVisible();
  await expectAccessible(page);
  await kept.getByRole('button', { name: 'Decide it here again: natOutgoing' }).click();
  await expect(page.getByRole('dialog')).toContainText('beside kubectl-patch; nothing is taken from anybody');
  await decide(page, 'Decide it here again', 'the gateway is gone');
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
  await expect(kept).toHaveCount(0);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
  await page.goto(`${outgate.url}/history?pool=by-hand`);
  await expect(page.getByRole('link', { name: 'by-hand: natOutgoing decided here again' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'by-hand: natOutgoing released, the cluster decides it' })).toBeVisible();
});

test('theirs is taken, and a pool is released: the cluster keeps it', async () => {
  const { page, outgate } = running;
  await page.goto(`${outgate.url}/pools/by-hand-too`);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
  await edit('by-hand-too', { natOutgoing: true });
  await page.getByRole('button', { name: 'Take theirs' }).click();
  // what comes while the dialog is open stands in it, and is not taken unseen
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('natOutgoing false → true.');
  await edit('by-hand-too', { disabled: true });
  await expect(dialog).toContainText('natOutgoing false → true, disabled false → true.');
  await dialog.getByLabel('Reason').fill('they are right');
  await dialog.getByRole('button', { name: 'Take theirs' }).click();
  await expect(dialog.getByRole('alert')).toContainText('by-hand-too was changed meanwhile.');
  await decide(page, 'Take theirs', 'they are right');
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
  await page.getByRole('button', { name: 'Release the pool' }).click();
  const rules = await onlyRead();
  await decide(page, 'Release the pool', 'somebody else looks after it');
  await expect(page).toHaveURL(/\/cluster$/);
  // the cluster refuses to take our name from it, for as long as it does
  const released = page.getByRole('row', { name: /by-hand-too/ });
  await expect(released).toContainText('Not let go');
  await expect(released).toContainText('cannot patch resource "ippools"');
  await expectAccessible(page);
  await released.getByRole('link', { name: 'by-hand-too' }).click();
  const held = page.getByText('It was released here, and our name is still on its fields');
  await expect(held).toContainText('our account must have the right to patch ippools.projectcalico.org.');
  await expectAccessible(page);
  await may(rules, true);
  await expect(held).toHaveCount(0);
  await page.goto(`${outgate.url}/cluster`);
  await expect(released).not.toContainText('Not let go');
  expect((await live('by-hand-too')).natOutgoing).toBe(true);
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

test('a setting that others made is seen and left alone; one that is decided here is applied, and theirs is taken', async () => {
  const { page, outgate, server } = running;
  const exclusions = { natOutgoingExclusions: 'IPPoolsAndHostIPs' };
  await apply({
    apiVersion: 'projectcalico.org/v3',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: exclusions,
  });
  await page.goto(`${outgate.url}/settings`);
  const felix = page.getByRole('region', { name: 'FelixConfiguration default' });
  await expect(
    felix.getByRole('row', { name: /natOutgoingExclusions.*IPPoolsAndHostIPs.*not decided: observed.*kubectl/ }),
  ).toBeVisible();
  const settings = new SettingsPage(page);
  await settings.ports().fill('30000:40000');
  await expect(page.getByText('Felix restarts on every node that it runs on')).toBeVisible();
  const effect = page.getByRole('region', { name: 'Effect on connections' });
  await expect(effect).toContainText(
    'Pods on both nodes use source ports 30000–40000 instead of any source port for tcp and udp.',
  );
  await expectAccessible(page);
  await settings.reason().fill('the firewall expects these');
  await settings.save().click();
  await expect(felix.getByText('The cluster says what is desired.')).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Saved as change #' })).toContainText(
    'FelixConfiguration default says what is decided.',
  );
  const spec = async (): Promise<unknown> =>
    JSON.parse(await kubectl(server, ['get', FELIX, 'default', '-o', 'json'])).spec;
  expect(await spec()).toEqual({ ...exclusions, natPortRange: '30000:40000' });

  const patch = ['patch', FELIX, 'default', '--type=merge', '-p'];
  await kubectl(server, [...patch, '{"spec":{"natPortRange":"50000:60000"}}']);
  await expect(felix.getByText('kubectl-patch changed natPortRange in the cluster.')).toBeVisible();
  await page.goto(outgate.url);
  const item = page.getByRole('listitem').filter({ hasText: 'NAT settings of a FelixConfiguration' });
  await expect(item).toContainText('OutOfSync');
  await item.getByRole('link', { name: 'Open settings' }).click();
  await expect(felix.getByText('kubectl-patch changed natPortRange in the cluster.')).toBeVisible();
  // by the keyboard alone: first what force would do, then theirs
  await tabTo(page, 'Apply ours by force');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('instead of source ports 50000–60000');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Apply ours by force' })).toBeFocused();
  await tabTo(page, 'Take theirs: natPortRange', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('No connection is NATed differently.');
  await expectAccessible(page);
  // what comes while the dialog is open stands in it, is not taken unseen, and then is
  await expect(dialog).toContainText('natPortRange 30000:40000 → 50000:60000.');
  await kubectl(server, [...patch, '{"spec":{"natPortRange":"45000:60000"}}']);
  await expect(dialog).toContainText('natPortRange 30000:40000 → 45000:60000.');
  await page.keyboard.type('they are right');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('What stands above is already as it is now');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('status').filter({ hasText: 'It is decided: change #' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(felix.getByText('The cluster says what is desired.')).toBeVisible();
  await expect(settings.ports()).toHaveValue('45000:60000');
});

/** Tab by tab, until what has this name is focused. */
async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  const named = page.getByRole('button', { name, exact: true }).or(page.getByLabel(name, { exact: true }));
  for (let tabs = 0; tabs < 60; tabs++) {
    await page.keyboard.press(key);
    if ((await named.and(page.locator(':focus')).count()) > 0) return;
  }
  throw new Error(`'${name}' must be reached by ${key}`);
}

test('a setting that stops Felix is named on Settings, Cluster and Overview', async () => {
  const { page, outgate, server } = running;
  const spec = { nftablesMode: 'Enabled', iptablesNATOutgoingInterfaceFilter: 'eth+' };
  await kubectl(server, ['patch', FELIX, 'default', '--type=merge', '-p', JSON.stringify({ spec })]);
  const problems = page.getByRole('region', { name: 'The cluster has settings that stop Felix' });
  await expect(problems).toContainText("Felix stops on 'eth+'");
  await page.goto(`${outgate.url}/cluster`);
  await expect(problems).toContainText('W_FELIX_NFTABLES_FILTER');
  const connection = page.getByRole('region', { name: 'Connection' });
  await expect(connection).toContainText('Settings there stop Felix: they are named below.');
  await expect(connection).not.toContainText('Every change there reaches the nodes.');
  await expectAccessible(page);
  await problems.getByRole('link', { name: 'what each does' }).click();
  await expect(page.getByRole('heading', { name: 'W_FELIX_NFTABLES_FILTER' })).toBeVisible();
  await page.goto(outgate.url);
  const listed = page.getByRole('listitem').filter({ hasText: "Felix stops on 'eth+'" });
  await expect(listed).toContainText(/Stops Felix.*NAT settings of default: /s);
  await kubectl(server, ['delete', FELIX, 'default']);
  // what is deleted a moment before the types are lost would be missed with them
  await expect(listed).toHaveCount(0);
});

test('half of a restored backup is not followed by itself: an admin sees what would go, and says so', async () => {
  const { page, outgate, server } = running;
  await apply(pool('kept', { cidr: '10.62.0.0/16' }));
  await apply(pool('lost', { cidr: '10.61.0.0/16', natOutgoing: true }));
  await page.goto(`${outgate.url}/cluster`);
  await expect(page.getByRole('row', { name: /lost 10\.61/ })).toBeVisible();
  const { items } = JSON.parse(await kubectl(server, ['get', RESOURCE, '-o', 'json']));
  const backup = items.map(({ metadata, spec }: { metadata: { name: string }; spec: object }) =>
    pool(metadata.name, spec),
  );
  await kubectl(server, ['delete', 'crd', RESOURCE]);
  await expect(page.getByRole('heading', { name: /^There are no IPPools/ })).toBeVisible();
  await installCrds(server, 'v3', crd, ['ippools']);
  const lacks = page.getByRole('region', { name: /^What came back lacks/ });
  await expect(lacks.getByText('Missing pool', { exact: true })).toBeVisible();
  const left = backup.filter((one: { metadata: { name: string } }) => one.metadata.name !== 'lost');
  await apply({ apiVersion: 'v1', kind: 'List', items: left });
  await expect(page.getByRole('heading', { name: `1 of ${items.length} known pools is missing` })).toBeVisible();
  await expect(lacks.getByRole('row', { name: /^lost 10\.61\.0\.0\/16 NATed by others$/ })).toBeVisible();
  await expect(lacks.getByRole('row')).toHaveCount(2);
  await expectAccessible(page);
  await page.setViewportSize({ width: 375, height: 812 });
  for (const column of ['CIDR', 'In force until then', 'Decided']) {
    await expect(lacks.locator(`td[data-label="${column}"]`)).toBeVisible();
  }
  await expectAccessible(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await lacks.getByRole('button', { name: 'Follow the cluster as it is' }).click();
  const dialog = page.getByRole('dialog', { name: 'Follow the cluster as it is' });
  await expect(dialog).toContainText('1 pool goes: lost.');
  await expect(dialog).toContainText(
    'Outgoing connections from it are NATed now; then they keep the pod’s address, unless',
  );
  await expectAccessible(page);
  await decide(page, 'Follow it as it is', 'the backup has no more');
  await expect(dialog).toContainText(
    /It is decided: change #\d+\. The server that leads carries it out as soon as it hears the cluster\./,
  );
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByRole('heading', { name: /^Live: / })).toBeVisible();
  await expect(lacks).toHaveCount(0);
  await page.goto(`${outgate.url}/history`);
  await expect(page.getByRole('link', { name: /cluster followed as it came back, without lost/ })).toBeVisible();
});

test('pools of ours that a backup made again are decided about together, each shown with what it changes', async () => {
  const { page, outgate, server } = running;
  const names = ['again-a', 'again-b'];
  for (const [i, name] of names.entries()) {
    const data = { name, spec: { cidr: `10.7${i}.0.0/16`, natOutgoing: true } };
    const made = await page.request.post(`${outgate.url}/api/trpc/pools.create`, {
      data,
      headers: { origin: outgate.url },
    });
    expect(made.status()).toBe(200);
    await expect.poll(() => live(name).catch(() => null)).toMatchObject(data.spec);
  }
  await kubectl(server, ['delete', RESOURCE, ...names]);
  await apply(pool('again-a', { cidr: '10.70.0.0/16', natOutgoing: false }));
  await apply(pool('again-b', { cidr: '10.71.0.0/16', natOutgoing: true }));
  await page.goto(`${outgate.url}/cluster`);
  const again = page.getByRole('region', { name: /of ours made again by others$/ });
  await expect(again.getByRole('row', { name: /again-a.*natOutgoing true → false, held by kubectl/ })).toBeVisible();
  await expect(again.getByRole('row', { name: /again-b.*nothing: as it is desired/ })).toBeVisible();
  await expectAccessible(page);
  for (const name of names) await again.getByRole('checkbox', { name: `Select ${name}` }).check();
  await again.getByRole('button', { name: 'Apply ours by force' }).click();
  await expect(page.getByRole('dialog')).toContainText('of 1 pool: again-a (natOutgoing false → true).');
  await page.keyboard.press('Escape');
  await expect(again.getByRole('status')).toHaveText('2 selected');
  await again.getByRole('button', { name: 'Take theirs' }).click();
  const dialog = page.getByRole('dialog', { name: 'Take theirs: 2 pools' });
  await expect(dialog).toContainText('of 1 pool: again-a (natOutgoing true → false).');
  await expect(dialog).toContainText('The cluster has the other pool as it is desired.');
  await expectAccessible(page);
  await decide(page, 'Take theirs', 'the backup is right');
  await expect(dialog.getByRole('status')).toContainText(/It is decided: change #\d+ to change #\d+\./);
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(again.getByRole('row', { name: /again-/ })).toHaveCount(0);
  await page.goto(`${outgate.url}/pools/again-a`);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
});

test('a right that is missing is named, with the role to copy', async () => {
  const { page, outgate, server } = running;
  const rules = [
    { apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs: ['list', 'watch', 'create', 'delete'] },
    { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
  ];
  await kubectl(server, ['patch', 'clusterrole', 'outgate', '--type=merge', '-p', JSON.stringify({ rules })]);
  await page.goto(`${outgate.url}/cluster`);
  await expect(page.getByRole('listitem').filter({ hasText: 'Bring pools to what is desired' })).toContainText(
    'missing: patch',
  );
  await expect(page.getByRole('region', { name: 'The role that is missing' })).toContainText('verbs: ["patch"]');
  await expectAccessible(page);
});

test('a pool that cannot be made yet says so, and what it waits for: nobody deleted it', async () => {
  const { page, outgate } = running;
  await page.goto(`${outgate.url}/pools/new`);
  await page.getByLabel('Name', { exact: true }).fill('waits');
  await page.getByLabel('CIDR', { exact: true }).fill('10.99.0.0/16');
  await page.getByRole('button', { name: 'Create the pool' }).click();
  await expect(page).toHaveURL(/\/pools\/waits/);
  const standing = page.getByRole('main');
  await expect(standing).toContainText('It is not made in the cluster yet, so no node knows it.');
  await expect(standing).toContainText('Our account in the cluster must have the right to patch');
  await expect(standing.getByRole('button', { name: 'Try again now' })).toBeDisabled();
  await expect(standing).toContainText('It is made by itself, within seconds, once our account has the right to patch');
  await expect(standing.getByRole('button', { name: /theirs|make it again|Release/ })).toHaveCount(0);
  await expectAccessible(page);
});

test('a cluster that is gone is said, with since when, and what was known stays', async () => {
  const { page, server, outgate, problems } = running;
  await page.goto(`${outgate.url}/cluster`);
  await expect(page.getByRole('heading', { name: /^Live: / })).toBeVisible();
  await server.kill();
  await expect(page.getByRole('heading', { name: 'The cluster cannot be heard.' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('What was last known stays in force.')).toBeVisible();
  await expect(page.getByRole('banner').getByRole('link', { name: 'Cluster not heard' })).toBeVisible();
  await expect(page.getByText('How our pools stood when the cluster was last heard.')).toBeVisible();
  await page.goto(`${outgate.url}/pools`);
  await expect(page.getByRole('group', { name: 'What this page shows' })).toContainText(
    /Live ?not heard, last known \w{8} ?heard/,
  );
  // each pool too says what was heard last, and as little of it as before
  await expect(page.getByRole('row', { name: /by-hand 192\.168\.0\.0.*OutOfSync last heard/ })).toBeVisible();
  await page.getByRole('link', { name: 'by-hand', exact: true }).click();
  await expect(page.getByText('OutOfSync, last heard')).toBeVisible();
  await expect(page.getByText(/^When it was last heard: It was deleted in the cluster/)).toBeVisible();
  await expect(page.getByRole('group', { name: 'What this page shows' })).toContainText(
    'not heard, last known: not as desired',
  );
  await expectAccessible(page);
  await page.goto(`${outgate.url}/cluster`);
  await expect(page.getByRole('region', { name: 'Connection' })).toContainText('OutOfSync, last heard');
  await page.setViewportSize({ width: 375, height: 812 });
  const unanswered = page.getByRole('alert').filter({ hasText: 'the cluster does not say what we may do' });
  await expect(unanswered).toContainText('selfsubjectreviews');
  expect(await unanswered.evaluate((panel) => panel.scrollWidth <= panel.clientWidth)).toBe(true);
  await page.setViewportSize({ width: 1440, height: 900 });
  await server.start();
  await expect(page.getByRole('heading', { name: /^Live: / })).toBeVisible({ timeout: 60_000 });
  expect(problems).toEqual([]);
});

const pool = (name: string, spec: object, metadata: object = {}): object => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name, ...metadata },
  spec,
});

const apply = (object: object): Promise<string> =>
  kubectl(running.server, ['apply', '-f', '-'], { input: JSON.stringify(object) });

const edit = (name: string, spec: object): Promise<string> =>
  kubectl(running.server, ['patch', RESOURCE, name, '--type=merge', '-p', JSON.stringify({ spec })]);

const live = async (name: string): Promise<{ natOutgoing?: boolean }> =>
  JSON.parse(await kubectl(running.server, ['get', RESOURCE, name, '-o', 'json'])).spec;

/** What our account may do, and nothing else. */
async function may(rules: unknown, patches: boolean): Promise<void> {
  const { server } = running;
  await kubectl(server, ['patch', 'clusterrole', 'outgate', '--type=merge', '-p', JSON.stringify({ rules })]);
  const right = { verb: 'patch', group: 'projectcalico.org', resource: 'ippools' };
  await untilMay(server, { kind: 'User', name: OUTGATE_USER }, right, patches);
}

/** Our account may no longer write. Resolves with what it might do until then. */
async function onlyRead(): Promise<unknown> {
  const role = JSON.parse(await kubectl(running.server, ['get', 'clusterrole', 'outgate', '-o', 'json']));
  const reading = { apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs: ['list', 'watch'] };
  await may([reading, { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] }], false);
  return role.rules;
}

const RESOURCE = 'ippools.projectcalico.org';
const FELIX = 'felixconfigurations.projectcalico.org';

async function decide(page: Page, verb: string, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: verb }).click();
}
