import { type BrowserContext, type Page, test } from '@playwright/test';
import { type Api, signIn } from '../api.ts';
import { type Outgate, type StartOptions, startOutgate } from '../start-outgate.ts';
import { ADMIN } from './sign-in-page.ts';
import { signedIn, withAdmin } from './signed-in.ts';

export interface Product {
  readonly outgate: Outgate;
  /** the admin's, past the browser */
  readonly api: Api;
  readonly context: BrowserContext;
  readonly page: Page;
  /** what must not happen in the browser: stays empty */
  readonly problems: string[];
}

/**
 * The head of a spec whose tests build on each other: the product runs from the first test to the last, and an admin is
 * signed in. What is returned is filled before the first test.
 */
export function runningProduct(options: Pick<StartOptions, 'lab'> = {}): Product {
  test.describe.configure({ mode: 'serial' });
  const product = {} as Product;
  test.beforeAll(async ({ browser }) => {
    test.setTimeout(300_000);
    Object.assign(product, { outgate: await startOutgate({ ...options, environment: withAdmin }) });
    const { url } = product.outgate;
    Object.assign(product, { api: await signIn(url, ADMIN) }, await signedIn(browser, url));
  });
  test.afterAll(async () => {
    test.setTimeout(60_000);
    await product.context?.close();
    await product.outgate?.stop();
  });
  return product;
}
