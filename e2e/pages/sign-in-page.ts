import type { Page } from '@playwright/test';

export const ADMIN = { email: 'admin@example.org', password: 'correct-horse-battery' } as const;

/** Fills the form that stands on the page, and sends it. */
export async function signIn(page: Page, account: { email: string; password: string } = ADMIN): Promise<void> {
  await page.getByLabel('Email').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
