import type { Locator, Page } from '@playwright/test';

/** The list of pools, with the words a user sees. */
export class PoolsPage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  table = (): Locator => this.page.getByRole('table', { name: 'Pools' });
  row = (name: string): Locator =>
    this.table()
      .getByRole('row')
      .filter({ has: this.page.getByRole('link', { name, exact: true }) });
  search = (): Locator => this.page.getByRole('searchbox', { name: 'Search pools' });
  filter = (word: string | RegExp): Locator =>
    this.page.getByRole('group', { name: 'Filters' }).getByRole('button', { name: word });
  footer = (text: string | RegExp): Locator => this.page.locator('footer').getByText(text);
  example = (name: string): Locator => this.page.getByRole('button', { name: `Add ${name}` });
}
