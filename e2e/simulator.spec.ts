/** The simulator against the lab: what it says, what each node's kernel says, and what a real packet does. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { run } from './lab/run.ts';
import { expectAccessible } from './pages/accessibility.ts';
import { expectAllInSight } from './pages/in-sight.ts';
import { runningProduct } from './pages/product.ts';
import { SimulatorPage } from './pages/simulator-page.ts';

const product = runningProduct();

test.beforeAll(() =>
  product.api.mutate('pools.create', { name: 'pods', spec: { cidr: '192.168.0.0/16', natOutgoing: true } }),
);

test('the desired answer comes while typing, the nodes’ answers with Ctrl+Enter, the question into the address', async () => {
  const { outgate, page } = product;
  const simulator = new SimulatorPage(page);
  await page.goto(`${outgate.url}/simulator`);
  await expectAccessible(page);
  await simulator.from().fill('pod-1');
  await page.getByRole('option', { name: /pod-1a/ }).click();
  await simulator.to().fill('198.51.100.10');
  await simulator.to().press('Escape');
  await expect(simulator.verdict()).toContainText('NATed to the node’s address');
  await expect(simulator.verdict()).toContainText('computed in this browser');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(simulator.verdict().getByRole('heading')).toHaveText('NATed to 192.0.2.11.');
  await expect(simulator.verdict()).toContainText('node-1, programmed');
  await expect(simulator.verdict().getByRole('img', { name: '2 NATed' })).toBeVisible();
  await expect(page).toHaveURL(/\/simulator\?from=pod-1a&to=198\.51\.100\.10$/);
  await expect(simulator.path().getByRole('img')).toHaveAccessibleDescription(/restores 192\.168\.1\.10/);
  await expect(simulator.steps().getByRole('row', { name: /Is the source in a pool with natOutgoing/ })).toContainText(
    'pods',
  );
  await expectAccessible(page);
});

test('the link alone brings the answer back, and the code leads to its page', async () => {
  const { outgate, page } = product;
  const simulator = new SimulatorPage(page);
  await page.goto(`${outgate.url}/simulator?from=pod-2a&to=2001%3Adb8%3Af%3A%3A10&port=443`);
  await expect(simulator.verdict().getByRole('heading')).toContainText('Keeps the pod address fd00:192:168:2::10');
  // the desired answer is there at once; the key goes to the next one that has come
  await expect(simulator.verdict()).toContainText('node-2, programmed');
  await page.keyboard.press('t');
  await expect(simulator.verdict().getByRole('listitem').nth(0)).toBeFocused();
  await page.keyboard.press('t');
  await expect(simulator.verdict().getByRole('listitem').nth(1)).toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog').getByText('Next truth')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'NO_SNAT_SOURCE_NOT_IN_POOL' }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('NO_SNAT_SOURCE_NOT_IN_POOL');
  await expectAccessible(page);
});

test('a real packet stands beside the prediction', async () => {
  const { outgate, page } = product;
  const simulator = new SimulatorPage(page);
  await page.goto(`${outgate.url}/simulator?from=pod-1a&to=internet`);
  await simulator.send().click();
  await expect(page.getByText('As predicted: the other end saw it come from 192.0.2.11.')).toBeVisible();
  await expectAccessible(page);
});

test('a rule of somebody else makes the node disagree, and the packet not as predicted', async () => {
  const { outgate, page } = product;
  const simulator = new SimulatorPage(page);
  const rule = ['POSTROUTING', '-d', '198.51.100.0/24', '-j', 'ACCEPT'];
  const node = `${outgate.labPrefix}-node-1`;
  await run('ip', ['netns', 'exec', node, 'iptables', '-t', 'nat', '-I', ...rule]);
  try {
    await page.goto(`${outgate.url}/simulator?from=pod-1a&to=198.51.100.10`);
    const first = simulator.verdict().getByRole('listitem').first();
    await expect(first).toContainText('INDETERMINATE_FOREIGN_RULE');
    await expect(simulator.verdict().getByRole('heading')).toHaveText(
      'It should be NATed to 192.0.2.11, but what node-1 does cannot be told: a rule of somebody else may decide first.',
    );
    await simulator.send().click();
    await expect(page.getByText('Not as predicted: the other end saw it come from 192.168.1.10.')).toBeVisible();
    await expectAccessible(page);
  } finally {
    await run('ip', ['netns', 'exec', node, 'iptables', '-t', 'nat', '-D', ...rule]);
  }
});

test('what is typed while the question is on its way into the address stays', async () => {
  const { outgate, page } = product;
  const simulator = new SimulatorPage(page);
  await page.goto(`${outgate.url}/simulator`);
  await page.route('**/simulator?**', async (route) => {
    await delay(1000);
    await route.continue();
  });
  await simulator.ask('pod-1a', '198.51.100.10');
  await simulator.port().fill('443');
  await expect(page).toHaveURL(/to=198\.51\.100\.10/);
  await expect(simulator.verdict().getByRole('heading')).toHaveText('NATed to the node’s address.');
  await expect(simulator.port()).toHaveValue('443');
  await page.unroute('**/simulator?**');
});

test('what cannot be read is said under its field', async () => {
  const { outgate, page } = product;
  const simulator = new SimulatorPage(page);
  await page.goto(`${outgate.url}/simulator`);
  await simulator.ask('10.0.0.300', '198.51.100.10');
  await expect(simulator.from()).toHaveAccessibleDescription(/10\.0\.0\.300/);
  await simulator.port().fill('http');
  await expect(page.getByText("port must be a number from 0 to 65535: 'http'")).toBeVisible();
  await expect(simulator.from()).toHaveAccessibleDescription(/10\.0\.0\.300/);
  await expectAccessible(page);
});

test('copy as text says verdict, truths, path and steps', async () => {
  const { outgate, page } = product;
  await page.goto(`${outgate.url}/simulator?from=pod-1a&to=198.51.100.10`);
  await page.getByRole('button', { name: 'Copy as text' }).click();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('Desired: NATed, SNAT_MASQUERADE');
  expect(text).toContain(`${outgate.url}/simulator?from=pod-1a&to=198.51.100.10`);
});

test('phone width: the page does not scroll sideways; nothing broke the policy', async () => {
  const { outgate, page, problems } = product;
  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto(`${outgate.url}/simulator?from=pod-1a&to=198.51.100.10`);
  await expect(new SimulatorPage(page).verdict()).toBeVisible();
  await expectAllInSight(page);
  expect(problems).toEqual([]);
});
