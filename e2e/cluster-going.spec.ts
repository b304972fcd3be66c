/** Pools that are being deleted in the cluster and are held there by a finalizer: each page says so, and offers what leads on. */
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './pages/accessibility.ts';
import { decide, pool, runningCluster } from './pages/cluster.ts';

const running = runningCluster();
const { hold, remove } = running;
const WAIT = 'example.com/wait';
const HELD = `It is held there by the finalizer ${WAIT}.`;

test.beforeAll(async () => {
  await running.adopt(
    pool('stays', { cidr: '192.168.0.0/20' }),
    pool('held', { cidr: '192.168.64.0/20', natOutgoing: true }),
    pool('moves', { cidr: '192.168.128.0/20' }),
  );
});

async function expectFits(page: Page): Promise<void> {
  await expectAccessible(page);
  await page.setViewportSize({ width: 375, height: 812 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('what others delete is not shown as if it stayed, and is deleted here too', async () => {
  const { page, outgate } = running;
  await hold('held', [WAIT]);
  await page.goto(`${outgate.url}/pools/held`);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete held?' });
  await expect(dialog).toContainText(
    `The finalizer ${WAIT} holds the object in the cluster: nodes follow it until that is gone.`,
  );
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await remove('held');
  const why = page.getByText(
    'It is being deleted in the cluster, by whom is not told; until it is gone nodes follow it.',
  );
  await expect(why).toContainText(`${HELD} Then ours can be made again.`);
  const ways = page.getByRole('list', { name: 'Ways on' });
  await expect(ways.getByText('Once it is gone there, ours can be made again.')).toBeVisible();
  await expect(ways.getByRole('button', { name: 'Apply ours by force' })).toHaveAttribute('aria-disabled', 'true');
  await expectFits(page);
  await page.goto(outgate.url);
  await expect(page.getByRole('region', { name: 'Convergence' })).toContainText(
    /Live in the cluster.*3 pools.*2 ours · 0 of others · 1 being deleted/s,
  );
  await page.goto(`${outgate.url}/pools/held`);
  await page.getByRole('button', { name: 'Take theirs: delete it here' }).click();
  await decide(page, 'Take theirs: delete it here', 'it is not needed');
  await expect(page).toHaveURL(/\/cluster$/);
  await expect(page.getByRole('row', { name: /^.*held/ })).toContainText('being deleted');
  await expect(page.getByRole('heading', { name: 'Live: all 2 pools are as desired.' })).toBeVisible();
  const line = page.getByText('1 pool is being deleted there, and in force until it is gone.');
  await expect(line).toBeVisible();
  await expectFits(page);
  await page.goto(`${outgate.url}/pools/held`);
  await expect(page.getByText('held was deleted here by change #')).toContainText(HELD);
  await page.goto(`${outgate.url}/cluster`);
  await expect(line).toBeVisible();
  await hold('held', []);
  await expect(line).toHaveCount(0);
});

test('what was deleted here goes before what is desired now is made, and nothing keeps or forces it', async () => {
  const { page, outgate, api } = running;
  await hold('moves', [WAIT]);
  const { version } = await api.query<{ version: number }>('pools.get', { name: 'moves' });
  type Saved = { change: { id: number } };
  const how = { name: 'moves', expectedVersion: version, reason: 'it moves' };
  const { change: deletion } = await api.mutate<Saved>('pools.delete', how);
  await expect(async () => {
    const { pools } = await api.query<{ pools: { name: string; deleting: boolean }[] }>('cluster.pools');
    expect(pools.find(({ name }) => name === 'moves')).toMatchObject({ deleting: true });
  }).toPass();
  const again = { name: 'moves', spec: { cidr: '192.168.144.0/20' } };
  const { change: creation } = await api.mutate<Saved>('pools.create', again);
  await page.goto(`${outgate.url}/pools/moves`);
  await expect(page.getByText('The object that is there was deleted here and goes first:')).toContainText(HELD);
  const ways = page.getByRole('list', { name: 'Ways on' });
  for (const verb of ['Take theirs', 'Apply ours by force']) {
    await expect(ways.getByRole('button', { name: verb })).toHaveAttribute('aria-disabled', 'true');
  }
  await expectFits(page);
  const waits = `The deletion waits there for the finalizer ${WAIT}.`;
  await page.goto(`${outgate.url}/history?change=${deletion.id}`);
  await expect(page.getByText(`The cluster has moves still. ${waits}`)).toBeVisible();
  await page.goto(`${outgate.url}/history?change=${creation.id}`);
  await expect(
    page.getByText(`What the cluster has of moves was deleted here before, and goes first. ${waits}`),
  ).toBeVisible();
  await expectFits(page);
  await page.goto(`${outgate.url}/pools/moves`);
  await hold('moves', []);
  await expect(page.getByText('The cluster says what is desired.')).toBeVisible();
});
