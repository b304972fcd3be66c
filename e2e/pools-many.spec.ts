/** Lists and pages of pools that are many, long, or oddly named; without the lab. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './pages/accessibility.ts';
import { expectAllInSight } from './pages/in-sight.ts';
import { PoolEditor } from './pages/pool-editor.ts';
import { PoolsPage } from './pages/pools-page.ts';
import { runningProduct } from './pages/product.ts';

/** comes behind the first thousand */
const EXEMPT = 'no-nat-10.0.0.0-8';

const product = runningProduct({ lab: 'off' });

test('thousands of pools scroll: only the rows in sight exist', async () => {
  const { api, outgate, page } = product;
  const list = new PoolsPage(page);
  const many = Array.from({ length: 3000 }, (_, i) => manifest(`bulk-${i}`, `11.${i >> 8}.${i & 255}.0/24`)).join('');
  await api.mutate('pools.create', { name: EXEMPT, spec: { cidr: '10.0.0.0/8', disabled: true } });
  await api.mutate('pools.import', { yaml: many });
  await page.goto(`${outgate.url}/pools`);
  await expect(list.footer(/^3,001 pools/)).toBeVisible();
  expect(await list.table().getByRole('row').count()).toBeLessThan(100);
  await list.search().fill('bulk-2999');
  await expect(list.row('bulk-2999')).toBeVisible();
});

test('what is not read yet is not counted, and the page says so', async () => {
  const { outgate, page } = product;
  const list = new PoolsPage(page);
  let go = (): void => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const later = /pools\.list.*cursor/;
  await page.route(later, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${outgate.url}/pools?q=${EXEMPT}`);
  await expect(page.getByRole('status').getByText('Counted so far: 1,000 of 3,001 pools')).toBeVisible();
  await expect(list.filter(/^All[ \d]/)).toHaveText('All1,000');
  await expect(page.getByText('None of the pools read so far matches')).toBeVisible();
  await expectAccessible(page);
  go();
  await expect(list.row(EXEMPT)).toBeVisible();
  await expect(list.filter(/^All[ \d]/)).toHaveText('All3,001');
  await expect(page.getByText('Counted so far')).toHaveCount(0);
  await page.unroute(later);
});

test('the longest name makes no page wider than the window', async () => {
  const { api, outgate, page } = product;
  const name = 'a'.repeat(253);
  await api.mutate('pools.create', { name, spec: { cidr: '13.0.0.0/24' } });
  for (const width of [1440, 375]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of [name, `${name}/edit`]) {
      await page.goto(`${outgate.url}/pools/${path}`);
      await expect(page.getByRole('heading', { level: 1 })).toContainText(name);
      await expectAllInSight(page);
    }
  }
});

test('phone width: a pool is a block with all its facets in sight, and still a row of a table', async () => {
  const { outgate, page } = product;
  const list = new PoolsPage(page);
  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto(`${outgate.url}/pools`);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await list.search().fill('bulk-299');
  const row = list.row('bulk-2999');
  await expect(row).toBeAttached();
  // the last of eleven stands below the others, each as high as what it holds: they are measured as they come
  await expect(async () => {
    await row.scrollIntoViewIfNeeded();
    for (const word of ['11.11.183.0/24', 'Keeps address', 'Exempt']) {
      await expect(row.getByRole('cell', { name: word })).toBeInViewport({ timeout: 1_000 });
    }
  }).toPass();
  await expect(list.table().getByRole('columnheader', { name: 'Traffic from it' })).toHaveCount(1);
  await expectAllInSight(page);
  // from the top, and one block alone: what a bar covers by half is no target
  await list.search().fill('bulk-2999');
  await page.evaluate(() => window.scrollTo(0, 0));
  await expect(row).toBeInViewport();
  await expectAccessible(page);
});

test('a pool of any legal name has its page, and the links lead there', async () => {
  const { api, outgate, page } = product;
  const list = new PoolsPage(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  const names = ['new', 'import', 'edit', 'index', 'a.b.c', 'x.rsc', 'robots.txt', `${'long.'.repeat(50)}end`];
  for (const [i, name] of names.entries()) {
    await api.mutate('pools.create', { name, spec: { cidr: `12.0.${i}.0/24` } });
    await page.goto(`${outgate.url}/pools`);
    await list.search().fill(name);
    await list.row(name).getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { name: `Pools / ${name}`, exact: true })).toBeVisible();
    // as a link that somebody was sent
    await page.reload();
    await expect(page.getByRole('heading', { name: `Pools / ${name}`, exact: true })).toBeVisible();
    await expect(page).toHaveTitle(new RegExp(name));
    await page.getByRole('link', { name: 'Edit' }).click();
    await expect(new PoolEditor(page).cidr()).toHaveValue(`12.0.${i}.0/24`);
    await page.reload();
    await expect(new PoolEditor(page).cidr()).toHaveValue(`12.0.${i}.0/24`);
    await page.getByRole('main').getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { name: `Pools / ${name}`, exact: true })).toBeVisible();
  }
  await page.setViewportSize({ width: 375, height: 812 });
  await expectAllInSight(page);
  await page.getByRole('link', { name: 'Edit' }).click();
  await expect(new PoolEditor(page).cidr()).toBeVisible();
  await expectAllInSight(page);
  // the forms are where they were
  for (const [form, heading] of [
    ['new', 'New pool or exemption'],
    ['import', 'Import'],
  ]) {
    await page.goto(`${outgate.url}/pools/${form}`);
    await expect(page.getByRole('heading', { name: heading ?? '' })).toBeVisible();
  }
});

test('nothing broke the policy, threw, or asked anybody else', () => {
  expect(product.problems).toEqual([]);
});

const manifest = (name: string, cidr: string): string =>
  `---\napiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: ${name}\nspec:\n  cidr: ${cidr}\n`;
