import type { Locator, Page } from '@playwright/test';

export class HistoryPage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }
  search = (): Locator => this.page.getByLabel('Search history');
  change = (id: number): Locator => this.page.getByRole('link', { name: new RegExp(`^#${id} `) });
  difference = (): Locator => this.page.getByRole('region', { name: 'Before and after' });
  effect = (): Locator => this.page.getByRole('region', { name: 'Took effect on each node' });
  revertPanel = (): Locator => this.page.getByRole('region', { name: 'Revert', exact: true });
  async previewRevert(): Promise<void> {
    await this.page.getByRole('button', { name: 'Preview revert' }).click();
  }
}
