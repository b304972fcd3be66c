/** Nodes in a real browser, with the lab's two: rollout, the kernel as read back, drift that is seen, and forgetting. */
import { expect, test } from '@playwright/test';
import { run } from './lab/run.ts';
import { joinMany } from './many-nodes.ts';
import { expectAccessible } from './pages/accessibility.ts';
import { expectAllInSight } from './pages/in-sight.ts';
import { runningProduct } from './pages/product.ts';

const product = runningProduct();

test('the list shows both nodes and when they had the last change', async () => {
  const { outgate, api, page } = product;
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
  const { outgate, api, page } = product;
  await page.goto(`${outgate.url}/nodes/node-1`);
  await expect(page.getByText(/The kernel holds exactly what desired/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Rules' })).toContainText('-j OUTGATE-POSTROUTING');
  await expect(page.getByRole('region', { name: 'outgate-src-v4' })).toContainText('192.168.0.0/16');
  await api.mutate('lab.probe', { from: 'pod-1a', to: '198.51.100.10' });
  await expect(page.getByRole('region', { name: 'outgate-src-v4' }).getByRole('listitem')).toContainText('1');
  await expect(page.getByRole('region', { name: 'Routes' }).last()).toContainText('192.168.1.10/32');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'IPv6' }).click();
  await expect(page).toHaveURL(/family=6/);
  await expect(page.getByRole('region', { name: 'outgate-src-v6' })).toBeVisible();
});

test('a rule of somebody else is marked, and drift that was repaired is told', async () => {
  const { outgate, page } = product;
  const node = `${outgate.labPrefix}-node-1`;
  const inNode = (...args: string[]) => run('ip', ['netns', 'exec', node, ...args]);
  await page.goto(`${outgate.url}/nodes/node-1`);
  await inNode('iptables', '-t', 'nat', '-I', 'POSTROUTING', '-d', '198.18.0.0/15', '-j', 'ACCEPT');
  await inNode('ipset', 'add', 'outgate-exempt-v4', '198.51.100.0/24');
  try {
    await expect(page.getByText('foreign, may decide first')).toBeVisible();
    await expect(page.getByText('ForeignRules: True')).toBeVisible();
    await expect(page.getByText(/found and repaired: .*198\.51\.100\.0\/24/)).toBeVisible();
    await expectAccessible(page);
  } finally {
    await inNode('iptables', '-t', 'nat', '-D', 'POSTROUTING', '-d', '198.18.0.0/15', '-j', 'ACCEPT');
  }
});

test('an unknown node is told, with the way back', async () => {
  const { outgate, page } = product;
  await page.goto(`${outgate.url}/nodes/node-9`);
  await expect(page.getByText('There is no node node-9.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Forget node-9' })).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'All nodes' }).click();
  await expect(page).toHaveURL(`${outgate.url}/nodes`);
});

test('hundreds of nodes: only the rows in sight exist, and each can be found', async () => {
  const { outgate, page, api } = product;
  const names = Array.from({ length: 250 }, (_, i) => `rack-${String(i).padStart(3, '0')}`);
  await joinMany(outgate.url, api, names);
  await page.goto(`${outgate.url}/nodes`);
  await expect(page.getByRole('button', { name: 'All 252' })).toBeVisible();
  expect(await page.getByRole('row').count()).toBeLessThan(100);
  const list = page.getByRole('region', { name: 'Node list' });
  await expect(list.getByRole('link', { name: 'rack-000' })).toBeVisible();
  await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(list.getByRole('link', { name: 'node-2' })).toBeVisible();
  await expect(list.getByRole('link', { name: 'rack-000' })).toHaveCount(0);
  await expectAccessible(page);
  const search = page.getByRole('searchbox', { name: 'Search nodes' });
  await search.pressSequentially('rack-249'); // letter by letter, faster than any page is loaded
  await expect(search).toHaveValue('rack-249');
  await expect(list.getByRole('row')).toHaveCount(2);
  await expect(list.getByRole('link', { name: 'rack-249' })).toBeVisible();
});

test('forgetting a node needs its name typed; nothing broke the policy', async () => {
  const { outgate, page, problems } = product;
  await page.goto(`${outgate.url}/nodes/node-1`);
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
  await expectAllInSight(page);
  await expectAccessible(page);
  await page.goto(`${outgate.url}/nodes?search=node-1`);
  const row = page.getByRole('row', { name: /node-1.*Programmed/ });
  for (const cell of await row.getByRole('cell').all()) await expect(cell).toBeInViewport();
  await expectAllInSight(page);
  await expectAccessible(page);
  expect(problems).toEqual([]);
});
