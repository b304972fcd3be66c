/** The pages of the pools in a real browser, against the product as `npm start` runs it; without the lab. */
import { readFile } from 'node:fs/promises';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './pages/accessibility.ts';
import { PoolEditor } from './pages/pool-editor.ts';
import { PoolsPage } from './pages/pools-page.ts';
import { ADMIN, signIn } from './pages/sign-in-page.ts';
import { type Outgate, startOutgate } from './start-outgate.ts';

test.describe.configure({ mode: 'serial' });

let outgate: Outgate;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  outgate = await startOutgate({ lab: 'off' });
  context = await browser.newContext();
  page = await context.newPage();
  watch(page);
});

test.afterAll(async () => {
  test.setTimeout(60_000);
  await context?.close();
  await outgate?.stop();
});

/** Nothing of ours may break the content security policy, throw, or ask a third party. */
function watch(watched: Page): void {
  watched.on('pageerror', (error) => problems.push(error.message));
  watched.on('console', (message) => {
    if (/Content Security Policy|hydrat/i.test(message.text())) problems.push(message.text());
  });
  watched.on('request', (request) => {
    if (!request.url().startsWith(outgate.url) && !/^(blob|data):/.test(request.url())) problems.push(request.url());
  });
}

test('the setup link makes the first account, once', async () => {
  await page.goto(outgate.url);
  await expect(page.getByRole('heading', { name: 'Open the setup link' })).toBeVisible();
  const link = outgate.setupLink ?? '';
  await page.goto(link);
  await expectAccessible(page);
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Make the account and sign in' }).click();
  await page.waitForURL(`${outgate.url}/`);
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Outgate is set up already.' })).toBeVisible();
});

test('a wrong password is refused in words, the right one leads to the page that was asked for', async ({
  browser,
}) => {
  const other = await browser.newContext();
  const visitor = await other.newPage();
  watch(visitor);
  // before its scripts run there is no form that the browser would send by itself, the password in the address
  expect(await (await visitor.request.get(`${outgate.url}/sign-in`)).text()).not.toMatch(/<form|type="password"/);
  await visitor.goto(`${outgate.url}/pools?facet=nats`);
  await expect(visitor.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(visitor);
  await signIn(visitor, { ...ADMIN, password: 'not-the-password' });
  await expect(visitor.getByRole('alert').filter({ hasText: 'must match an account' })).toBeVisible();
  await signIn(visitor);
  await visitor.waitForURL(`${outgate.url}/pools?facet=nats`);
  await other.close();
});

test('the empty list offers both documented examples, one click each', async () => {
  const list = new PoolsPage(page);
  await page.goto(`${outgate.url}/pools`);
  await expect(page.getByRole('heading', { name: 'No pool yet, so nothing is NATed.' })).toBeVisible();
  await expectAccessible(page);
  await list.example('default-ipv4-ippool').click();
  await expect(list.row('default-ipv4-ippool')).toContainText('NATed');
  await list.example('no-nat-10.0.0.0-8').click();
  await expect(list.row('no-nat-10.0.0.0-8')).toContainText('no pods live here');
  await expectAccessible(page);
});

test('form and YAML are one: edits in either show in the other, unreadable text keeps the form', async () => {
  const editor = new PoolEditor(page);
  await page.goto(`${outgate.url}/pools/new`);
  await editor.name().fill('tenant-blue');
  await editor.cidr().fill('100.64.0.0/18');
  await expect.poll(() => editor.text()).toContain('cidr: 100.64.0.0/18');
  await expect(page.getByText('16,384 addresses')).toBeVisible();
  await editor.nats().click();
  await expect.poll(() => editor.text()).not.toContain('natOutgoing');

  const text = (await editor.text()).replace('100.64.0.0/18', '100.64.0.0/17 # wider');
  await editor.type(text);
  await expect(editor.cidr()).toHaveValue('100.64.0.0/17');
  await editor.nats().click();
  await expect.poll(() => editor.text()).toContain('# wider');

  await editor.type(text.replace('cidr:', 'cidr: ['));
  await expect(editor.cidr()).toHaveValue('100.64.0.0/17');
  await expect(editor.finding(/Line \d+/).first()).toBeVisible();
  await expect(editor.save()).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: 'Write the text again from the form' }).click();
  await expect.poll(() => editor.text()).toContain('cidr: 100.64.0.0/17');
});

test('every violation at once, in Calico’s words, with a fix that is a button', async () => {
  const editor = new PoolEditor(page);
  await editor.cidr().fill('192.168.7.1/24');
  await page.getByLabel('ipipMode').selectOption('Always');
  await page.getByLabel('vxlanMode').selectOption('Always');
  await expect(editor.finding('ipipMode and vxlanMode cannot both be enabled')).toBeVisible();
  await expect(editor.finding('IPPool CIDR must be strictly masked')).toBeVisible();
  await expect(editor.finding('overlaps with IPPool(default-ipv4-ippool)')).toBeVisible();
  await expect(editor.status('Save is blocked by 3 errors.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Set both Never' }).click();
  await page.getByRole('button', { name: 'Use 192.168.7.0/24' }).click();
  await editor.cidr().fill('100.64.0.0/18');
  await expect(page.getByText('All rules hold.')).toBeVisible();
});

test('leaving unsaved work is asked; it is kept; Ctrl+Enter saves it', async () => {
  const editor = new PoolEditor(page);
  await page.getByRole('link', { name: 'Nodes' }).click();
  await expect(page.getByRole('dialog', { name: 'Leave without saving?' })).toBeVisible();
  await page.getByRole('button', { name: 'Stay and go on editing' }).click();
  page.once('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await expect(editor.cidr()).toHaveValue('100.64.0.0/18');
  await editor.reason().fill('the blue tenant moves in');
  await expect(editor.status('Ready to save.')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.waitForURL(`${outgate.url}/pools/tenant-blue`);
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Changes' }).click();
  await expect(page.getByText('the blue tenant moves in')).toBeVisible();
});

test('search, filters, sort and selection are in the address, and work by keyboard alone', async () => {
  const list = new PoolsPage(page);
  await page.goto(`${outgate.url}/pools`);
  await expect(list.row('tenant-blue')).toBeVisible();
  await page.keyboard.press('s');
  await page.keyboard.type('100.64.3.9');
  await expect(list.row('tenant-blue')).toBeVisible();
  await expect(list.row('default-ipv4-ippool')).toHaveCount(0);
  await expect(page).toHaveURL(/q=100\.64\.3\.9/);
  await page.reload();
  await expect(list.search()).toHaveValue('100.64.3.9');
  await expect(list.row('default-ipv4-ippool')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(list.row('default-ipv4-ippool')).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(page).toHaveURL(/selected=tenant-blue/);
  await expect(page.getByText('1 selected')).toBeVisible();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${outgate.url}/pools/tenant-blue`);
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.waitForURL(`${outgate.url}/pools`);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard map' })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('tenant');
  await page.getByRole('option', { name: /tenant-blue/ }).click();
  await page.waitForURL(`${outgate.url}/pools/tenant-blue`);
});

test('a change in one browser shows in another within a second, and a conflict loses nothing', async ({ browser }) => {
  const other = await browser.newContext({ storageState: await context.storageState() });
  const second = await other.newPage();
  watch(second);
  const list = new PoolsPage(second);
  await second.goto(`${outgate.url}/pools`);
  await expect(list.row('tenant-blue')).toContainText('NATed');
  await expect(second.getByText('Live', { exact: true })).toBeVisible();

  const mine = new PoolEditor(page);
  await page.goto(`${outgate.url}/pools/tenant-blue/edit`);
  await page.getByText('Allocation, selectors and uses').click();
  await page.getByLabel('nodeSelector').fill('has(');
  await expect(page.getByText("at character 5 a label must follow 'has('").first()).toBeVisible();
  await expect(mine.save()).toHaveAttribute('aria-disabled', 'true');
  await page.getByLabel('nodeSelector').fill('site == "ams"');

  const theirs = new PoolEditor(second);
  const watcher = await other.newPage();
  const watching = new PoolsPage(watcher);
  await watcher.goto(`${outgate.url}/pools`);
  await expect(watching.row('tenant-blue')).toContainText('NATed');
  await expect(watcher.getByText('Live', { exact: true })).toBeVisible();
  await second.goto(`${outgate.url}/pools/tenant-blue/edit`);
  await theirs.nats().click();
  await theirs.save().click();
  await second.waitForURL(`${outgate.url}/pools/tenant-blue`);
  await expect(watching.row('tenant-blue')).toContainText('Keeps address', { timeout: 1_000 });

  await expect(page.getByRole('heading', { name: 'tenant-blue was changed while you edited it' })).toBeVisible();
  await expect(page.getByRole('row', { name: /natOutgoing/ })).toContainText('not set');
  await expect(page.getByRole('row', { name: /nodeSelector/ })).toContainText('site == "ams"');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Keep mine on top of theirs' }).click();
  await expect.poll(() => mine.text()).toContain('nodeSelector');
  await expect.poll(() => mine.text()).not.toContain('natOutgoing');
  await mine.save().click();
  await page.waitForURL(`${outgate.url}/pools/tenant-blue`);
  await page.getByRole('tab', { name: 'YAML' }).click();
  await expect(page.getByText('nodeSelector:')).toBeVisible();
  await other.close();
});

test('what was typed before another saved is a conflict when it is taken up again', async () => {
  const editor = new PoolEditor(page);
  const spec = { cidr: '100.65.1.0/24', natOutgoing: true };
  await post('pools.create', { name: 'taken-up', spec });
  const { version } = (await get('pools.get', { name: 'taken-up' })) as { version: number };
  await page.goto(`${outgate.url}/pools/taken-up/edit`);
  await page.getByText('Allocation, selectors and uses').click();
  await page.getByLabel('nodeSelector').fill('site == "ams"');
  await expect(editor.status('Ready to save.')).toBeVisible();
  page.once('dialog', (dialog) => void dialog.accept());
  await page.goto(`${outgate.url}/pools`);
  await post('pools.update', {
    name: 'taken-up',
    spec: { cidr: spec.cidr, natOutgoing: false },
    expectedVersion: version,
  });
  await page.goto(`${outgate.url}/pools/taken-up/edit`);
  await expect(page.getByRole('heading', { name: 'taken-up was changed while you edited it' })).toBeVisible();
  await expect(editor.save()).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: 'Keep mine on top of theirs' }).click();
  await editor.save().click();
  await page.waitForURL(`${outgate.url}/pools/taken-up`);
  const now = (await get('pools.get', { name: 'taken-up' })) as { version: number; spec: object };
  expect(now.spec).toEqual({ cidr: spec.cidr, natOutgoing: false, nodeSelector: 'site == "ams"' });
  await post('pools.delete', { name: 'taken-up', expectedVersion: now.version, reason: 'not needed' });
});

test('a pool that another deletes while it is edited: nothing is lost, and a choice is offered', async () => {
  const editor = new PoolEditor(page);
  await post('pools.create', { name: 'short-lived', spec: { cidr: '100.65.0.0/24' } });
  await page.goto(`${outgate.url}/pools/short-lived/edit`);
  await page.getByText('Allocation, selectors and uses').click();
  await page.getByLabel('nodeSelector').fill('site == "ams"');
  const { version } = (await get('pools.get', { name: 'short-lived' })) as { version: number };
  await post('pools.delete', { name: 'short-lived', expectedVersion: version, reason: 'not needed' });
  await expect(page.getByRole('heading', { name: 'short-lived was deleted while you edited it' })).toBeVisible();
  await expect(editor.save()).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Make it a new pool' }).click();
  await expect(page.getByLabel('nodeSelector')).toHaveValue('site == "ams"');
  await editor.save().click();
  await page.waitForURL(`${outgate.url}/pools/short-lived`);
  await page.getByRole('tab', { name: 'YAML' }).click();
  await expect(page.getByText('site ==')).toBeVisible();
  const again = (await get('pools.get', { name: 'short-lived' })) as { version: number };
  await page.goto(`${outgate.url}/pools/short-lived/edit`);
  await expect(editor.cidr()).toHaveValue('100.65.0.0/24');
  await post('pools.delete', { name: 'short-lived', expectedVersion: again.version, reason: 'really not' });
  await page.getByRole('button', { name: 'Let it stay deleted' }).click();
  await page.waitForURL(`${outgate.url}/pools`);
});

test('a viewer sees and previews everything, and why nothing can be saved', async ({ browser }) => {
  const viewer = { name: 'Vera', email: 'vera@example.org', password: 'a viewers password', role: 'viewer' };
  await post('accounts.create', viewer);
  const other = await browser.newContext();
  const visitor = await other.newPage();
  watch(visitor);
  await visitor.goto(`${outgate.url}/pools`);
  await signIn(visitor, viewer);
  const why = 'Needs the role editor; you are viewer.';
  await expect(visitor.getByRole('button', { name: 'New pool or exemption' })).toHaveAttribute('title', why);
  await visitor.goto(`${outgate.url}/pools/tenant-blue`);
  const edit = visitor.getByRole('button', { name: 'Edit', exact: true });
  await expect(edit).toHaveAttribute('aria-disabled', 'true');
  await expect(edit).toHaveAttribute('title', why);
  await visitor.getByRole('button', { name: 'Delete', exact: true }).click();
  const deletion = visitor.getByRole('dialog');
  await expect(deletion.getByRole('region', { name: 'What changes' })).toContainText('verdict');
  await expect(deletion.getByText(why)).toBeVisible();
  await expect(deletion.getByRole('button', { name: 'Delete tenant-blue' })).toHaveAttribute('aria-disabled', 'true');
  await expect(deletion.getByRole('textbox')).toHaveCount(0);
  await expectAccessible(visitor);
  await visitor.goto(`${outgate.url}/pools/tenant-blue/edit`);
  await expect(new PoolEditor(visitor).status(why)).toBeVisible();
  await expectAccessible(visitor);
  await visitor.goto(`${outgate.url}/pools/import`);
  await visitor.getByLabel('Or paste it here').fill(manifest('public-pool', '203.0.113.0/24'));
  await expect(visitor.getByText('1 created, 0 changed, 0 unchanged')).toBeVisible();
  await expect(new PoolEditor(visitor).status(why)).toBeVisible();
  await expect(visitor.getByRole('button', { name: 'Import 1 pool' })).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(visitor);
  await other.close();
});

test('import is a dry run first, all or nothing; export gives it back', async () => {
  const list = new PoolsPage(page);
  await page.goto(`${outgate.url}/pools/import`);
  const bad = manifest('no-nat-10.0.0.0-8', '10.0.0.0/8', 'disabled: true') + manifest('inside', '10.1.0.0/16');
  await page.getByLabel('Or paste it here').fill(bad);
  await expect(page.getByRole('alert').filter({ hasText: 'overlaps with' })).toContainText(
    /inside, document 2, line \d+: spec\.cidr: /,
  );
  await expect(page.getByRole('button', { name: 'Import', exact: false }).last()).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await expectAccessible(page);
  await page
    .getByLabel('Or paste it here')
    .fill(manifest('no-nat-10.0.0.0-8', '10.0.0.0/8', 'disabled: true') + manifest('public-pool', '203.0.113.0/24'));
  await expect(page.getByText('1 created, 0 changed, 1 unchanged')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Import 1 pool' }).click();
  await page.waitForURL(`${outgate.url}/pools`);
  await expect(list.row('public-pool')).toContainText('Keeps address');

  await page.getByLabel('Select public-pool').click();
  await page.getByRole('button', { name: 'Export 1' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /crd\.projectcalico\.org/ }).click(),
  ]);
  expect(await readFile(await file.path(), 'utf8')).toBe(
    manifest('public-pool', '203.0.113.0/24')
      .replace('---\n', '')
      .replace('projectcalico.org/v3', 'crd.projectcalico.org/v1'),
  );
});

test('delete shows exactly what changes and wants the name and a reason', async () => {
  const list = new PoolsPage(page);
  await post('pools.create', { name: 'pods-v6', spec: { cidr: 'fd00:192:168::/48', natOutgoing: true } });
  await page.goto(`${outgate.url}/pools/public-pool`);
  const tabs = page.getByRole('tablist');
  expect(await tabs.evaluate((list) => list.scrollHeight - list.clientHeight)).toBe(0);
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete public-pool?' });
  const changes = dialog.getByRole('region', { name: 'What changes' });
  await expect(changes).toContainText(
    /Keeps pod address\s*NATed\s*from\s*192\.168\.0\.0\/16\s*to\s*203\.0\.113\.0\/24/,
  );
  await expect(changes).not.toContainText('fd00:');
  await expect(dialog.getByLabel('Type the name, public-pool')).toBeFocused();
  const button = dialog.getByRole('button', { name: 'Delete public-pool' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByLabel('Type the name, public-pool').fill('public-pool');
  await dialog.getByLabel('Reason').fill('moved away');
  await expectAccessible(page);
  await button.click();
  await page.waitForURL(`${outgate.url}/pools`);
  await expect(list.row('public-pool')).toHaveCount(0);
});

test('nothing broke the policy, threw, or asked anybody else', () => {
  expect(problems).toEqual([]);
});

async function post(procedure: string, data: object): Promise<void> {
  const headers = { origin: outgate.url };
  const answer = await page.request.post(`${outgate.url}/api/trpc/${procedure}`, { data, headers });
  expect(answer.status(), await answer.text()).toBe(200);
}

async function get(procedure: string, input: object): Promise<unknown> {
  const params = { input: JSON.stringify(input) };
  const answer = await page.request.get(`${outgate.url}/api/trpc/${procedure}`, { params });
  return (await answer.json()).result.data;
}

function manifest(name: string, cidr: string, more?: string): string {
  const extra = more === undefined ? '' : `  ${more}\n`;
  return `---\napiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: ${name}\nspec:\n  cidr: ${cidr}\n${extra}`;
}
