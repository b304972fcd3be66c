import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test';
import { ADMIN, signIn } from './sign-in-page.ts';

/** Environment that makes the first account at start. */
export const withAdmin = { OUTGATE_ADMIN_EMAIL: ADMIN.email, OUTGATE_ADMIN_PASSWORD: ADMIN.password };

/** A browser in which somebody is signed in, and what must not happen in it: `problems` stays empty. */
export async function signedIn(
  browser: Browser,
  url: string,
  account: { email: string; password: string } = ADMIN,
): Promise<{ context: BrowserContext; page: Page; problems: string[] }> {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|hydrat/i.test(message.text())) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url())) problems.push(request.url());
  });
  await page.goto(`${url}/sign-in`);
  await signIn(page, account);
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  return { context, page, problems };
}
