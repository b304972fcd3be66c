/** The overview in a real browser with the lab: calm when all is well, and the way to what is not. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { expectAccessible } from './pages/accessibility.ts';
import { expectAllInSight } from './pages/in-sight.ts';
import { runningProduct } from './pages/product.ts';

const product = runningProduct();

test('before the first change it offers the next step', async () => {
  const { page } = product;
  await expect(page.getByRole('link', { name: 'Load an example or import' })).toBeVisible();
  await expect(page.getByText('Nothing was changed yet.')).toBeVisible();
  await expectAccessible(page);
});

test('a change shows as a row, a mark in the chart and two squares, without reload', async () => {
  const { api, page } = product;
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
  const { api, page } = product;
  for (let i = 0; i < 10; i++) await api.mutate('lab.probe', { from: 'pod-1a', to: '198.51.100.10' });
  const chart = page.getByRole('img', { name: /New connections NATed per second/ });
  await expect(chart).toHaveAccessibleDescription(/Highest (?!0;)/);
  await page.getByRole('button', { name: 'Table' }).click();
  const table = page.getByRole('region', { name: 'New connections NATed per second' });
  await expect(table.getByRole('link', { name: '#1 pods' })).toBeVisible();
  await expectAccessible(page);
});

test('a change in the chart leads to history; the numbers to their lists', async () => {
  const { outgate, page } = product;
  await page.getByRole('button', { name: 'Picture' }).click();
  await page.getByRole('link', { name: '#1', exact: true }).first().click();
  await expect(page).toHaveURL(/\/history\?change=1/);
  await page.goto(`${outgate.url}/?minutes=180`);
  await expect(page.getByLabel('Time shown in the chart')).toHaveValue('180');
  await page.getByRole('link', { name: 'node-1: Programmed' }).click();
  await expect(page).toHaveURL(/\/nodes\/node-1/);
});

test('a lost stream is told, and comes back without reload', async () => {
  const { outgate, page, api } = product;
  await page.goto(outgate.url);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  // the stream may be there before the answers are: what stays in sight must have come first
  await expect(page.getByRole('row', { name: /pods created/ })).toBeVisible();
  await page.evaluate(() => document.body.setAttribute('data-same-page', ''));
  const { pid } = JSON.parse(await readFile(join(outgate.dataDir, 'run/server.json'), 'utf8'));
  process.kill(outgate.pid, 'SIGSTOP'); // or the supervisor would start another one at once
  try {
    process.kill(pid, 'SIGKILL');
    await expect(page.getByText('Not live, asking every 10 s.')).toBeVisible();
    await expect(page.getByRole('row', { name: /pods created/ })).toBeVisible();
    await expectAccessible(page);
  } finally {
    process.kill(outgate.pid, 'SIGCONT');
  }
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await api.mutate('pools.create', { name: 'afterwards', spec: { cidr: '203.0.113.0/24' } });
  await expect(page.getByRole('row', { name: /afterwards created/ })).toBeVisible();
  await expect(page.locator('body')).toHaveAttribute('data-same-page', '');
});

test('a change with a long name and a long reason leaves the last column in sight', async () => {
  const { outgate, page, api } = product;
  const name = 'a-pool-whose-name-says-for-whom-it-is-and-where-and-since-when';
  const reason = 'the payment provider lets only these addresses in, see NET-1482 and the mail of last week';
  await api.mutate('pools.create', { name, spec: { cidr: '172.22.0.0/20' }, reason });
  await page.goto(outgate.url);
  const row = page
    .getByRole('region', { name: 'Last changes' })
    .last()
    .getByRole('row', { name: new RegExp(name) });
  await expect(row.getByRole('cell').last()).toBeInViewport({ ratio: 1 });
  await expectAllInSight(page);
});

test('phone width: neither the page nor a table scrolls sideways; nothing broke the policy', async () => {
  const { outgate, page, problems } = product;
  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto(outgate.url);
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await expectAllInSight(page);
  await expectAccessible(page);
  expect(problems).toEqual([]);
});
