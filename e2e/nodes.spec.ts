/** Nodes in a real browser, with the lab's two: rollout, the kernel as read back, drift that is seen, and forgetting. */
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { type Api, signIn as signInApi } from './api.ts';
import { run } from './lab/run.ts';
import { expectAccessible } from './pages/accessibility.ts';
import { ADMIN } from './pages/sign-in-page.ts';
import { signedIn, withAdmin } from './pages/signed-in.ts';
import { type Outgate, startOutgate } from './start-outgate.ts';

test.describe.configure({ mode: 'serial' });

let outgate: Outgate;
let api: Api;
let context: BrowserContext;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  outgate = await startOutgate({ environment: withAdmin });
  api = await signInApi(outgate.url, ADMIN);
  ({ context, page, problems } = await signedIn(browser, outgate.url));
});

test.afterAll(async () => {
  test.setTimeout(60_000);
  await context?.close();
  await outgate?.stop();
});

test('the list shows both nodes and when they had the last change', async () => {
  await page.goto(`${outgate.url}/nodes`);
  await expect(page.getByRole('row', { name: /node-1 Programmed/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /node-2 Programmed/ })).toBeVisible();
  await api.mutate('pools.create', { name: 'pods', spec: { cidr: '192.168.0.0/16', natOutgoing: true } });
  await expect(page.getByRole('region', { name: 'Took effect on each node' })).toContainText('2 of 2');
  await expectAccessible(page);
  await page.getByRole('button', { name: /Stale/ }).click();
  await expect(page).toHaveURL(/state=Stale/);
  await expect(page.getByText('No node matches these filters.')).toBeVisible();
});

test('one node: rules, sets and counters as read back, equal to desired', async () => {
  await page.goto(`${outgate.url}/nodes/node-1`);
  await expect(page.getByText(/The kernel holds exactly what desired/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Rules' })).toContainText('-j OUTGATE-POSTROUTING');
  await expect(page.getByRole('region', { name: 'outgate-src-v4' })).toContainText('192.168.0.0/16');
  await api.mutate('lab.probe', { from: 'pod-1a', to: '198.51.100.10' });
  await expect(page.getByRole('region', { name: 'outgate-src-v4' }).getByRole('listitem')).toContainText('1', {
    timeout: 15_000,
  });
  await expect(page.getByRole('region', { name: 'Routes' }).last()).toContainText('192.168.1.10/32');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'IPv6' }).click();
  await expect(page).toHaveURL(/family=6/);
  await expect(page.getByRole('region', { name: 'outgate-src-v6' })).toBeVisible();
});

test('a rule of somebody else is marked, and drift that was repaired is told', async () => {
  const node = `${outgate.labPrefix}-node-1`;
  const inNode = (...args: string[]) => run('ip', ['netns', 'exec', node, ...args]);
  await page.goto(`${outgate.url}/nodes/node-1`);
  await inNode('iptables', '-t', 'nat', '-I', 'POSTROUTING', '-d', '198.18.0.0/15', '-j', 'ACCEPT');
  await inNode('ipset', 'add', 'outgate-exempt-v4', '198.51.100.0/24');
  try {
    await expect(page.getByText('foreign, may decide first')).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText('ForeignRules: True')).toBeVisible();
    await expect(page.getByText(/found and repaired: .*198\.51\.100\.0\/24/)).toBeVisible();
    await expectAccessible(page);
  } finally {
    await inNode('iptables', '-t', 'nat', '-D', 'POSTROUTING', '-d', '198.18.0.0/15', '-j', 'ACCEPT');
  }
});

test('forgetting a node needs its name typed; nothing broke the policy', async () => {
  await page.getByRole('button', { name: 'Forget node-1' }).click();
  const dialog = page.getByRole('dialog', { name: 'Forget node-1' });
  const button = dialog.getByRole('button', { name: 'Forget node-1' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(page);
  await dialog.getByLabel('Type node-1').fill('node-1');
  await expect(button).not.toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await page.setViewportSize({ width: 375, height: 812 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await expectAccessible(page);
  expect(problems).toEqual([]);
});
