/** Settings in a real browser: NAT settings with every violation while typing, accounts, join tokens, API tokens, and this browser. */
import { expect, test } from '@playwright/test';
import type { ClusterSettings } from '../core/nat/settings.ts';
import { expectAccessible } from './pages/accessibility.ts';
import { expectAllInSight } from './pages/in-sight.ts';
import { runningProduct } from './pages/product.ts';
import { SettingsPage } from './pages/settings-page.ts';
import { ADMIN } from './pages/sign-in-page.ts';
import { signedIn } from './pages/signed-in.ts';

const product = runningProduct({ lab: 'off' });

test('a setting that stops nodes is refused while it is typed, a good one is saved with its reason', async () => {
  const { outgate, page } = product;
  const settings = new SettingsPage(page);
  await page.goto(`${outgate.url}/settings`);
  await expect(page.getByRole('group', { name: 'What this page shows' })).toContainText(
    'never changed: Calico’s defaults',
  );
  await expectAccessible(page);
  await settings.ports().fill('40000:30000');
  await expect(settings.ports()).toHaveAccessibleDescription(/lower port first: '40000:30000'/);
  await expect(page.getByText('Save is blocked by 1 error.')).toBeVisible();
  await expectAccessible(page);
  await settings.ports().fill('30000:40000');
  await expect(page.getByText('A change of settings needs a reason.')).toBeVisible();
  await settings.reason().fill('the firewall expects these');
  await expect(page.getByRole('region', { name: 'What changes' })).toContainText('natPortRange: 30000:40000');
  await settings.save().click();
  await expect(page.getByText('Connections that exist keep the address they have.')).toBeVisible();
  await page.getByRole('tabpanel').getByRole('link', { name: 'change #1' }).click();
  await expect(page.getByRole('heading', { name: /natPortRange not set → 30000:40000/ })).toBeVisible();
});

test('a single node may have its own', async () => {
  const { outgate, page } = product;
  const settings = new SettingsPage(page);
  await page.goto(`${outgate.url}/settings`);
  await page.getByLabel('Settings for a single node').fill('edge-1');
  await page.getByRole('button', { name: 'Add the node' }).click();
  await expect(page.getByText('no node of this name is known, so nothing follows it')).toBeVisible();
  await page.getByLabel('Fixed IPv4 address').last().fill('10.0.0.300');
  await expect(page.getByText(/natOutgoingAddress must be an IPv4 address/)).toBeVisible();
  await page.getByLabel('Fixed IPv4 address').last().fill('192.0.2.50');
  await settings.reason().fill('the edge has an address of its own');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('tabpanel').getByRole('link', { name: 'change #2' })).toBeVisible();
});

test('a fixed IPv4 address beside an IPv6 pool that is NATed is warned about while it is typed', async () => {
  const { outgate, page, api } = product;
  await api.mutate('pools.create', { name: 'pods-v6', spec: { cidr: 'fd00:192:168::/48', natOutgoing: true } });
  await page.goto(`${outgate.url}/settings`);
  const warning = page.getByText('global.natOutgoingAddress').locator('..');
  await page.getByLabel('Fixed IPv4 address').first().fill('192.0.2.50');
  await expect(warning).toContainText("Felix stops on nodes where it runs, because pool 'pods-v6' NATs IPv6");
  await expect(warning).toContainText('W_FELIX_IPV6_POOL');
  await expect(page.getByText('A change of settings needs a reason.')).toBeVisible();
  const effect = page.getByRole('region', { name: 'Effect on connections' });
  await expect(effect).toContainText('No connection is NATed differently.');
  await page.getByLabel('Fixed IPv6 address').first().fill('2001:db8:1::50');
  await expect(effect).toContainText('Pods on every node leave from 2001:db8:1::50 instead of the node’s address.');
  await expect(effect).toContainText('fd00:192:168::/48');
  await expectAccessible(page);
  await page.getByLabel('Fixed IPv4 address').first().fill('');
  await expect(warning).toHaveCount(0);
});

test('the page names the truth that it shows, and its age', async () => {
  const { outgate, page } = product;
  await page.goto(`${outgate.url}/settings`); // not in a field: letters are typed there
  const truths = page.getByRole('group', { name: 'What this page shows' });
  await expect(truths).toContainText(/Desired\s*change #2\s*saved \d+ (s|min) ago/);
  await expect(truths).toContainText(/Programmed\s*not asked/);
  await page.keyboard.press('t');
  await expect(truths.getByText('Desired').locator('..')).toBeFocused();
});

test('what somebody saved while settings were edited here stays, and mine is put on top of it', async () => {
  const { outgate, page, api } = product;
  const settings = new SettingsPage(page);
  await page.goto(`${outgate.url}/settings`);
  await settings.ports().fill('20000:30000');
  await settings.reason().fill('fewer ports');
  type Stored = { settings: ClusterSettings; version: number };
  const { settings: stored, version } = await api.query<Stored>('settings.get');
  const theirs = { ...stored, global: { ...stored.global, natOutgoingExclusions: 'IPPoolsAndHostIPs' } };
  await api.mutate('settings.update', { settings: theirs, expectedVersion: version, reason: 'hosts as well' });
  const alert = page.getByRole('alert').filter({ hasText: 'The settings were changed while you edited them.' });
  await expect(alert).toBeVisible();
  await expect(page.getByText('The settings were changed meanwhile: choose a way on first.')).toBeVisible();
  await expectAccessible(page);
  await alert.getByRole('button', { name: 'Keep mine on top of theirs' }).click();
  await expect(alert).toHaveCount(0);
  const changes = page.getByRole('region', { name: 'What changes' });
  await expect(changes).toContainText('natPortRange: 20000:30000');
  await settings.save().click();
  await expect(page.getByText('Connections that exist keep the address they have.')).toBeVisible();
  expect((await api.query<Stored>('settings.get')).settings).toEqual({
    ...theirs,
    global: { ...theirs.global, natPortRange: '20000:30000' },
  });
});

test('a viewer sees the settings and why nothing can be saved', async ({ browser }) => {
  const { outgate, api } = product;
  const viewer = { name: 'Vic', email: 'vic@example.org', password: 'a viewers password', role: 'viewer' };
  await api.mutate('accounts.create', viewer);
  const other = await signedIn(browser, outgate.url, viewer);
  const settings = new SettingsPage(other.page);
  await other.page.goto(`${outgate.url}/settings`);
  await expect(settings.ports()).toHaveValue('20000:30000');
  await expect(other.page.getByText('Saving: Needs the role editor; you are viewer.')).toBeVisible();
  await expect(settings.save()).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(other.page);
  await settings.tab('Accounts').click();
  await expect(other.page.getByText('Accounts: Needs the role admin; you are viewer.')).toBeVisible();
  await settings.tab('Join tokens').click();
  await expect(other.page.getByText('Join tokens: Needs the role admin; you are viewer.')).toBeVisible();
  await expect(other.page.getByRole('button', { name: /^(Make|Revoke|Remove)/ })).toHaveCount(0);
  expect(other.problems).toEqual([]);
  await other.context.close();
  await api.mutate('accounts.remove', { id: await idOf(viewer.email) });
});

async function idOf(email: string): Promise<string> {
  const { accounts } = await product.api.query<{ accounts: { id: string; email: string }[] }>('accounts.list');
  return accounts.find((account) => account.email === email)?.id ?? '';
}

test('accounts: make one, change its role, remove it; the last admin stays', async () => {
  const { page } = product;
  const settings = new SettingsPage(page);
  await settings.tab('Accounts').click();
  await expect(page).toHaveURL(/tab=accounts/);
  await page.getByLabel('Name').fill('Vera');
  await page.getByLabel('Email').fill('vera@example.org');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(page.getByLabel('Password')).toHaveAccessibleDescription(/at least 12 characters/);
  await page.getByLabel('Password').fill('a viewers password');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(page.getByText('vera@example.org may sign in as viewer.')).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Role of vera@example.org').selectOption('editor');
  await page.reload();
  await expect(page.getByLabel('Role of vera@example.org')).toHaveValue('editor');
  await page.getByLabel('Role of admin@example.org').selectOption('viewer');
  await expect(page.getByRole('alert').filter({ hasText: 'last admin' })).toBeVisible();
  await page.getByRole('button', { name: 'Remove vera@example.org' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove vera@example.org' });
  await dialog.getByLabel('Type vera@example.org').fill('vera@example.org');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Remove the account' }).click();
  await expect(page.getByRole('row', { name: /vera@example\.org/ })).toHaveCount(0);
});

test('a join token is shown once with the command, and can be revoked', async () => {
  const { outgate, page } = product;
  const settings = new SettingsPage(page);
  await settings.tab('Join tokens').click();
  // the accounts before it have a field of the same name
  await expect(page.getByRole('button', { name: 'Make the token' })).toBeVisible();
  await page.getByLabel('Name').fill('rack 7');
  await page.getByRole('button', { name: 'Make the token' }).click();
  await expect(page.getByText('is shown here once and never again')).toBeVisible();
  await page.getByRole('button', { name: 'Copy the command' }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toContain(`--source server:${outgate.url}`);
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByText('is shown here once and never again')).toHaveCount(0);
  await page.getByRole('button', { name: 'Revoke rack 7' }).click();
  await expect(page.getByRole('row', { name: /rack 7/ })).toContainText('revoked');
  // the button is gone with what it did: the keyboard goes on from its table
  await expect(page.getByRole('region', { name: 'Join tokens', exact: true }).last()).toBeFocused();
});

test('an API token made here is what a program signs in with, until it is revoked', async () => {
  const { outgate, page } = product;
  const settings = new SettingsPage(page);
  await settings.tab('API tokens').click();
  await expect(page).toHaveURL(/tab=api-tokens/);
  await page.getByLabel('Name').fill('ci');
  await page.keyboard.press('Enter');
  await expect(page.getByText('is shown here once and never again')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Command that asks for the pools' })).toContainText(outgate.url);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Copy the token' }).click();
  const token = await page.evaluate(() => navigator.clipboard.readText());
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const list = () => fetch(`${outgate.url}/api/trpc/pools.list`, { headers });
  expect((await list()).status).toBe(200);
  const body = JSON.stringify({ name: 'by-token', spec: { cidr: '172.16.0.0/12' } });
  const refused = await fetch(`${outgate.url}/api/trpc/pools.create`, { method: 'POST', headers, body });
  expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('ROLE_TOO_LOW')]);
  await page.reload();
  await expect(page.getByText(token)).toHaveCount(0);
  const row = page.getByRole('row', { name: /^ci viewer/ });
  await expect(row).toContainText(/UTC\s*\d+ (s|min) ago/); // holds until, last used
  await row.getByRole('button', { name: 'Revoke ci' }).press('Enter');
  await expectAccessible(page);
  await page
    .getByRole('dialog', { name: 'Revoke ci' })
    .getByRole('button', { name: 'Revoke the token' })
    .press('Enter');
  await expect(row).toContainText('revoked');
  await expect(page.getByRole('region', { name: 'API tokens', exact: true }).last()).toBeFocused();
  expect([(await list()).status, await (await list()).text()]).toEqual([401, expect.stringContaining('was revoked')]);
});

test('theme and single-letter keys are kept in this browser', async () => {
  const { page } = product;
  const settings = new SettingsPage(page);
  await settings.tab('This browser').click();
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('switch', { name: 'Single-letter keys' }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('switch', { name: 'Single-letter keys' }).click();
  await page.getByRole('button', { name: 'As the system' }).click();
  await expectAccessible(page);
});

test('phone width: no page of settings scrolls sideways, its rows and buttons are in sight; nothing broke the policy', async () => {
  const { outgate, page, problems } = product;
  await page.setViewportSize({ width: 375, height: 812 });
  for (const tab of ['nat', 'accounts', 'tokens', 'api-tokens', 'browser']) {
    await page.goto(`${outgate.url}/settings?tab=${tab}`);
    await expect(page.getByRole('tabpanel')).toBeVisible();
    await expect(page.getByText(/^Loading/)).toHaveCount(0);
    await expectAllInSight(page);
    await expectAccessible(page);
  }
  expect(problems).toEqual([]);
});

// last: it ends the other sessions
test('a new password ends the stream of the old session, and the page is live again with the new one', async () => {
  const { outgate, page } = product;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${outgate.url}/settings?tab=tokens`);
  const live = page.getByText('Live', { exact: true });
  await expect(live).toBeVisible();
  const again = page.waitForRequest(/events\.subscribe/);
  const headers = { origin: outgate.url };
  const data = { currentPassword: ADMIN.password, newPassword: 'another-long-password' };
  expect((await page.request.post(`${outgate.url}/api/auth/change-password`, { headers, data })).status()).toBe(200);
  await again;
  await expect(live).toBeVisible();
  const made = { headers, data: { name: 'told to the page' } };
  expect((await page.request.post(`${outgate.url}/api/trpc/joinTokens.create`, made)).status()).toBe(200);
  await expect(page.getByRole('row', { name: /told to the page/ })).toBeVisible();
});
