import type { Locator, Page } from '@playwright/test';

export class SimulatorPage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }
  from = (): Locator => this.page.getByLabel('From', { exact: true });
  to = (): Locator => this.page.getByLabel('To', { exact: true });
  port = (): Locator => this.page.getByLabel('Port', { exact: true });
  verdict = (): Locator => this.page.getByRole('region', { name: 'Verdict' });
  path = (): Locator => this.page.getByRole('region', { name: 'Path picture' });
  steps = (): Locator => this.page.getByRole('region', { name: 'Steps' }).last();
  send = (): Locator => this.page.getByRole('button', { name: 'Send a real packet' });
  /** Ends as an operator types them, then Ctrl+Enter. */
  async ask(from: string, to: string): Promise<void> {
    await this.from().fill(from);
    await this.from().press('Escape');
    await this.to().fill(to);
    await this.to().press('Escape');
    await this.page.keyboard.press('ControlOrMeta+Enter');
  }
}
