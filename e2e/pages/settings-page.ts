import type { Locator, Page } from '@playwright/test';

export class SettingsPage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }
  tab = (name: string): Locator => this.page.getByRole('tab', { name });
  ports = (): Locator => this.page.getByLabel('Source ports').first();
  reason = (): Locator => this.page.getByLabel('Reason');
  save = (): Locator => this.page.getByRole('button', { name: 'Save NAT settings' });
}
