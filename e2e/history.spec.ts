/** History in a real browser: every change, its difference, its filters in the address, and a revert. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './pages/accessibility.ts';
import { HistoryPage } from './pages/history-page.ts';
import { runningProduct } from './pages/product.ts';
import { signedIn } from './pages/signed-in.ts';

const product = runningProduct({ lab: 'off' });

const pool = (name: string, cidr: string, natOutgoing: boolean) => ({ name, spec: { cidr, natOutgoing } });

test('without a change it says what will stand here', async () => {
  const { outgate, page } = product;
  await page.goto(`${outgate.url}/history`);
  await expect(page.getByText('Nothing was changed yet.')).toBeVisible();
  await expectAccessible(page);
});

test('a change shows who, why and the difference, as soon as it is made', async () => {
  const { api, page } = product;
  const history = new HistoryPage(page);
  await api.mutate('pools.create', pool('public', '203.0.113.0/24', true));
  await expect(history.change(1)).toContainText('public created, 203.0.113.0/24');
  await api.mutate('pools.update', {
    ...pool('public', '203.0.113.0/24', false),
    expectedVersion: 1,
    reason: 'the CDN must see our addresses',
  });
  await history.change(2).click();
  await expect(page).toHaveURL(/change=2/);
  await expect(page.getByRole('heading', { name: /public: natOutgoing true → false/ })).toBeVisible();
  await expect(page.getByText('the CDN must see our addresses')).toBeVisible();
  await expect(history.difference()).toContainText('-  natOutgoing: true');
  await expect(history.difference()).toContainText('+  natOutgoing: false');
  await expect(page.getByText('admin at that time')).toBeVisible();
  await expectAccessible(page);
});

test('filters are in the address and survive a reload', async () => {
  const { api, page } = product;
  const history = new HistoryPage(page);
  await api.mutate('pools.create', pool('other', '198.18.0.0/24', false));
  await expect(history.change(3)).toBeVisible();
  await page.keyboard.press('s');
  await page.keyboard.type('CDN');
  await expect(history.change(3)).toHaveCount(0);
  await expect(history.change(2)).toBeVisible();
  await expect(page).toHaveURL(/search=CDN/);
  await page.reload();
  await expect(history.search()).toHaveValue('CDN');
  await expect(history.change(3)).toHaveCount(0);
  await history.search().blur();
  await page.keyboard.press('Escape');
  await expect(history.change(3)).toBeVisible();
  await page.getByText('Filters: pool, who, kind, days').click();
  await page.getByLabel('Kind').selectOption('Pool changed');
  await expect(history.change(3)).toHaveCount(0);
  await expectAccessible(page);
});

test('a revert is previewed, needs a reason, and leads to what it took back', async () => {
  const { outgate, page } = product;
  const history = new HistoryPage(page);
  await page.goto(`${outgate.url}/history?change=2`);
  await history.previewRevert();
  await expect(history.revertPanel()).toContainText('+  natOutgoing: true');
  const button = page.getByRole('button', { name: 'Revert change #2' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(page);
  await page.getByLabel('Reason').fill('Revert of #2: the CDN was changed instead');
  await button.click();
  await expect(page).toHaveURL(/change=4/);
  await expect(page.getByRole('heading', { name: /public: natOutgoing false → true/ })).toBeVisible();
  await page.getByRole('link', { name: '#2', exact: true }).click();
  await expect(page).toHaveURL(/change=2/);
});

test('a change that a later one covers says so instead of reverting', async () => {
  const { outgate, api, page } = product;
  const history = new HistoryPage(page);
  await api.mutate('pools.update', { ...pool('public', '203.0.113.0/24', false), expectedVersion: 4 });
  await page.goto(`${outgate.url}/history?change=1`);
  await history.previewRevert();
  await expect(history.revertPanel()).toContainText('was changed since');
  await expect(page.getByRole('button', { name: 'Revert change #1' })).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(page);
});

test('where the list is above it, what is opened by keys comes into sight', async () => {
  const { outgate, api, page } = product;
  const history = new HistoryPage(page);
  for (let i = 0; i < 12; i++) await api.mutate('pools.create', pool(`more-${i}`, `10.${i}.0.0/16`, true));
  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto(`${outgate.url}/history`);
  await expect(history.change(17)).toBeVisible();
  for (let i = 0; i < 11; i++) await page.keyboard.press('j');
  await expect(history.change(6)).toBeFocused();
  await expect(history.change(6)).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /more-0 created/ })).toBeInViewport();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Copy link' })).toBeFocused();
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('of many pools that were changed since the first ones are named, and the others counted', async () => {
  const { outgate, api, page } = product;
  const history = new HistoryPage(page);
  const imported = async (natOutgoing: boolean): Promise<number> => {
    const yaml = Array.from({ length: 12 }, (_, i) => {
      const { name, spec } = pool(`many-${i}`, `172.16.${i}.0/24`, natOutgoing);
      return `---\n${JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name }, spec })}\n`;
    });
    return (await api.mutate<{ change: { id: number } }>('pools.import', { yaml: yaml.join('') })).change.id;
  };
  const first = await imported(true);
  await imported(false);
  await page.goto(`${outgate.url}/history?change=${first}`);
  await history.previewRevert();
  await expect(history.revertPanel().getByText('was changed since')).toHaveCount(10);
  await expect(history.revertPanel()).toContainText('and 2 more pools, changed since too');
  await expectAccessible(page);
});

test('a viewer may look and preview, and sees why not more; nothing broke the policy', async ({ browser }) => {
  const { outgate, api, problems } = product;
  const viewer = { name: 'Vera', email: 'vera@example.org', password: 'a viewers password', role: 'viewer' };
  await api.mutate('accounts.create', viewer);
  const other = await signedIn(browser, outgate.url, viewer);
  await other.page.goto(`${outgate.url}/history?change=2`);
  const history = new HistoryPage(other.page);
  await history.previewRevert();
  await expect(history.revertPanel()).toContainText('+  natOutgoing: true');
  await expect(history.revertPanel().getByText('Needs the role editor; you are viewer.')).toBeVisible();
  await expect(other.page.getByRole('button', { name: 'Revert change #2' })).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(other.page);
  await other.context.close();
  expect([...problems, ...other.problems]).toEqual([]);
});
