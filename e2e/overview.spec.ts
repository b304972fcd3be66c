/** The overview in a real browser with the lab: calm when all is well, and the way to what is not. */
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { type Api, signIn as signInApi } from './api.ts';
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

test('before the first change it offers the next step', async () => {
  await expect(page.getByRole('link', { name: 'Load an example or import' })).toBeVisible();
  await expect(page.getByText('Nothing was changed yet.')).toBeVisible();
  await expectAccessible(page);
});

test('a change shows as a row, a mark in the chart and two squares, without reload', async () => {
  await api.mutate('pools.create', { name: 'pods', spec: { cidr: '192.168.0.0/16', natOutgoing: true } });
  const row = page.getByRole('row', { name: /pods created, 192\.168\.0\.0\/16/ });
  await expect(row).toContainText('2 of 2');
  await expect(page.getByRole('link', { name: 'node-1: Programmed' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'node-2: Programmed' })).toBeVisible();
  await expect(page.getByRole('link', { name: '1 NAT · 1 exempt' })).toBeVisible();
  await expect(page.getByText('Nothing needs a decision.')).toBeVisible();
  await expectAccessible(page);
});

test('connections that are NATed raise the line, and stand in its table', async () => {
  for (let i = 0; i < 10; i++) await api.mutate('lab.probe', { from: 'pod-1a', to: '198.51.100.10' });
  const chart = page.getByRole('img', { name: /New connections NATed per second/ });
  await expect(chart).toHaveAccessibleDescription(/Highest (?!0;)/, { timeout: 30_000 });
  await page.getByRole('button', { name: 'Table' }).click();
  const table = page.getByRole('region', { name: 'New connections NATed per second' });
  await expect(table.getByRole('link', { name: '#1 pods' })).toBeVisible();
  await expectAccessible(page);
});

test('a change in the chart leads to history; the numbers to their lists', async () => {
  await page.getByRole('button', { name: 'Picture' }).click();
  await page.getByRole('link', { name: '#1', exact: true }).first().click();
  await expect(page).toHaveURL(/\/history\?change=1/);
  await page.goto(`${outgate.url}/?minutes=180`);
  await expect(page.getByLabel('Time shown in the chart')).toHaveValue('180');
  await page.getByRole('link', { name: 'node-1: Programmed' }).click();
  await expect(page).toHaveURL(/\/nodes\/node-1/);
});

test('phone width: the page does not scroll sideways; nothing broke the policy', async () => {
  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto(outgate.url);
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await expectAccessible(page);
  expect(problems).toEqual([]);
});
