/** What others have in the cluster, in a real browser on a real API server: it is seen at once, told apart, and adopted with a reason. */
import { expect, test } from '@playwright/test';
import { crd, looseCrd } from './cluster/install-crds.ts';
import { kubectl } from './cluster/prepare-cluster.ts';
import { expectAccessible } from './pages/accessibility.ts';
import { pool, RESOURCE, runningCluster } from './pages/cluster.ts';
import { expectAllInSight } from './pages/in-sight.ts';
import { PoolEditor } from './pages/pool-editor.ts';
import { withAdmin } from './pages/signed-in.ts';
import { SimulatorPage } from './pages/simulator-page.ts';

const running = runningCluster();
const { apply } = running;

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

test('an example that the cluster has of others is not added beside it, and what goes there is told apart', async () => {
  const { page, outgate, server } = running;
  await apply(pool('default-ipv4-ippool', { cidr: '192.168.0.0/16', natOutgoing: true }));
  await apply(pool('goes', { cidr: '10.99.0.0/24' }, { finalizers: ['outgate.test/hold'] }));
  await kubectl(server, ['delete', RESOURCE, 'goes', '--wait=false']);
  await page.goto(`${outgate.url}/pools`);
  await expect(
    page.getByText(
      'The cluster has one pool that others made, and nodes follow it. ' +
        '1 more is being deleted there, and in force until it is gone.',
    ),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add no-nat-10.0.0.0-8' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add default-ipv4-ippool' })).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'See default-ipv4-ippool' }).click();
  await expect(page.getByRole('link', { name: 'Adopt it' })).toBeVisible();
  await kubectl(server, ['patch', RESOURCE, 'goes', '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
  await kubectl(server, ['delete', RESOURCE, 'default-ipv4-ippool']);
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
  // from its own page it comes ticked
  await page.goto(`${outgate.url}/pools/by-hand-too`);
  await page.getByRole('link', { name: 'Adopt it' }).click();
  await expect(others.getByRole('row', { name: /by-hand-too/ }).getByRole('checkbox')).toBeChecked();
  await expect(page.getByText('1 selected')).toBeVisible();
  await page.goto(`${outgate.url}/cluster`);
  await expect(others.getByRole('checkbox', { checked: true })).toHaveCount(0);
  await expectAccessible(page);
  await others.getByRole('checkbox', { name: 'Select all that may be adopted' }).check();
  await page.getByRole('button', { name: 'Adopt', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Adopt 2 pools' });
  await expect(dialog).toContainText('NAT does not change: no node sees a difference.');
  await expect(dialog).toContainText('beside kubectl');
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await expectAccessible(page);
  // who leaves it as it is has not chosen in vain
  await page.keyboard.press('Escape');
  await expect(page.getByText('2 selected')).toBeVisible();
  await page.getByRole('button', { name: 'Adopt', exact: true }).click();
  await dialog.getByLabel('Reason').fill('we decide about these from now on');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('status').filter({ hasText: 'ours now: change #' })).toBeVisible();
  // the rows behind it go, and the keyboard stays in the dialog
  await expect(others.getByRole('row', { name: /by-hand/ })).toHaveCount(0);
  await page.keyboard.press('Tab');
  await expect(dialog.locator(':focus')).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Live: all 2 pools are as desired.' })).toBeVisible();
  await expect(others.getByRole('row', { name: /by-hand/ })).toHaveCount(0);
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
  await expect(page.getByRole('region', { name: 'Connection' })).toContainText('1 more cannot be read');
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
  await expect(page.getByText('It was made in the cluster, and is taken back there')).toBeVisible();
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

test('what is said of two pools of the longest names makes no page wider than the window', async () => {
  const { api, page, outgate } = running;
  const [ours, theirs] = ['a', 'b'].map((letter) => letter.repeat(253)) as [string, string];
  await api.mutate('pools.create', { name: ours, spec: { cidr: '10.64.0.0/24' } });
  await apply(pool(theirs, { cidr: '10.64.0.0/16' }));
  const editor = new PoolEditor(page);
  const words = `IPPool(${ours}) CIDR overlaps with IPPool(${theirs})`;
  for (const width of [1440, 375]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of [ours, `${ours}/edit`, theirs]) {
      await page.goto(`${outgate.url}/pools/${path}`);
      const said = path === theirs ? `IPPool(${theirs}) CIDR overlaps with IPPool(${ours})` : words;
      await expect(page.getByRole('listitem').filter({ hasText: said })).toBeVisible();
      await expectAllInSight(page);
    }
    // where the rule is broken by what is typed, it stands at the field as well
    await page.goto(`${outgate.url}/pools/new`);
    await editor.name().fill('c'.repeat(253));
    await editor.cidr().fill('10.64.0.0/25');
    await expect(page.getByText(`CIDR overlaps with IPPool(${ours})`)).toHaveCount(2);
    await expectAllInSight(page);
  }
});

test('what is imported over a pool of others waits for a decision, and says about which pool', async () => {
  const { api, page, outgate } = running;
  await page.setViewportSize({ width: 1440, height: 900 });
  await apply(pool('of-theirs', { cidr: '10.65.0.0/24' }));
  const standing = async () =>
    (await api.query<{ pools: { name: string }[] }>('cluster.pools')).pools.map(({ name }) => name);
  await expect.poll(standing).toContain('of-theirs');
  const yaml = ['of-ours', 'of-theirs']
    .map((name, i) => `---\n${JSON.stringify(pool(name, { cidr: `10.65.${i + 1}.0/24` }))}\n`)
    .join('');
  const { change } = await api.mutate<{ change: { id: number } }>('pools.import', { yaml });
  await page.goto(`${outgate.url}/history?change=${change.id}`);
  await expect(page.getByRole('definition').filter({ hasText: 'for a decision about of-theirs' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'of-theirs', exact: true }).first().click();
  await expect(page.getByText('The cluster has a pool of this name that is not ours.')).toBeVisible();
  await page.getByRole('button', { name: 'Enforce instead' }).click();
  await expect(page.getByRole('dialog')).toContainText('It takes effect once theirs is taken.');
  await page.keyboard.press('Escape');
});

test('of many warnings a revert names the first ones, and counts the others', async () => {
  const { api, page, outgate } = running;
  const names = Array.from({ length: 12 }, (_, i) => `of-many-${i}`);
  const manifests = (natOutgoing: boolean): string =>
    names.map((name, i) => `---\n${JSON.stringify(pool(name, { cidr: `10.66.${i}.0/24`, natOutgoing }))}\n`).join('');
  await kubectl(running.server, ['create', '-f', '-'], { input: manifests(true) });
  const there = async () => (await api.query<{ pools: { name: string }[] }>('cluster.pools')).pools;
  await expect.poll(async () => (await there()).filter(({ name }) => name.startsWith('of-many-')).length).toBe(12);
  await api.mutate('pools.import', { yaml: manifests(true) });
  const { change } = await api.mutate<{ change: { id: number } }>('pools.import', { yaml: manifests(false) });
  await page.goto(`${outgate.url}/history?change=${change.id}`);
  await page.getByRole('button', { name: 'Preview revert' }).click();
  const panel = page.getByRole('region', { name: 'Revert', exact: true });
  await expect(panel.getByText('W_CLUSTER_HAS_POOL')).toHaveCount(10);
  await expect(panel).toContainText('and 2 more warnings');
  await expectAccessible(page);
});
