/**
 * Takes the pictures of the docs from the real product: starts it with the lab, loads the documented pools, visits the
 * pages in Chromium and writes docs/images/*.png. `node scripts/pictures.ts`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { createFirstAdmin, signIn } from '../e2e/api.ts';
import { startOutgate } from '../e2e/start-outgate.ts';
import { ROOT } from './supervisor/paths.ts';
import { CHROMIUM_ARGS, findChromium } from './test/chromium.ts';

const ADMIN = { name: 'Ada', email: 'ada@example.org', password: 'a long enough password' };
const POOLS = [
  ['default-ipv4-ippool', { cidr: '192.168.0.0/16', natOutgoing: true }],
  ['no-nat-10.0.0.0-8', { cidr: '10.0.0.0/8', disabled: true }],
  ['public', { cidr: '203.0.113.0/24' }],
  ['pods-v6', { cidr: 'fd00:192:168::/48', natOutgoing: true }],
] as const;
const PAGES = [
  ['pools', '/pools'],
  ['simulator', '/simulator?from=192.168.1.10&to=198.51.100.10&proto=tcp&port=443'],
  ['node', '/nodes/node-1'],
  ['history', '/history'],
] as const;
/** so that reports of the programmed pools have come in and the chart has something to draw */
const SETTLE = 15_000;

const executablePath = findChromium();
if (executablePath === null) throw new Error('Chromium must be installed: /usr/bin/chromium');
const directory = join(ROOT, 'docs/images');
mkdirSync(directory, { recursive: true });

const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
const outgate = await startOutgate();
try {
  await createFirstAdmin(outgate.setupLink, ADMIN);
  const api = await signIn(outgate.url, ADMIN);
  for (const [name, spec] of POOLS) await api.mutate('pools.create', { name, spec });
  for (let i = 0; i < 5; i++) await api.mutate('lab.probe', { from: 'pod-1a', to: '198.51.100.10', proto: 'tcp' });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  await page.goto(`${outgate.url}/sign-in`);
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await page.waitForTimeout(SETTLE);
  for (const [name, path] of PAGES) {
    await page.goto(outgate.url + path);
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(directory, `${name}.png`) });
  }
} finally {
  await browser.close();
  await outgate.stop();
}
