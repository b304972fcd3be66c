import type { Locator, Page } from '@playwright/test';

/** Form, YAML and findings of one pool. */
export class PoolEditor {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  name = (): Locator => this.page.getByLabel('Name', { exact: true });
  cidr = (): Locator => this.page.getByLabel('CIDR', { exact: true });
  nats = (): Locator => this.page.getByRole('switch', { name: 'Traffic from it is NATed' });
  yaml = (): Locator => this.page.getByRole('textbox', { name: 'YAML of the pool' });
  reason = (): Locator => this.page.getByLabel('Reason, kept in History');
  save = (): Locator => this.page.getByRole('button', { name: /^(Create the pool|Save the change)/ });
  status = (text: string | RegExp): Locator => this.page.getByRole('status').filter({ hasText: text });
  finding = (text: string | RegExp): Locator =>
    this.page
      .getByRole('listitem')
      .filter({ hasText: text })
      .filter({ hasText: /spec\.|metadata\.|Line/ });

  /** The text as the editor holds it; only a short text is whole, a long one is virtual. */
  async text(): Promise<string> {
    return (await this.yaml().locator('.cm-line').allTextContents()).join('\n');
  }

  async type(text: string): Promise<void> {
    await this.yaml().click();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.insertText(text);
  }
}
