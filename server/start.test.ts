/** Starting: what is wrong is said at once, and a database that is not there yet is waited for. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startEmbedded, urlFor } from './db/embedded.ts';
import { databaseFolder, passingDatabase } from './db/testing.ts';
import { readEnvironment } from './env.ts';
import { makeLog } from './http/log.ts';
import { serve } from './serve.ts';
import { ask, mutate, signIn } from './testing/test-client.ts';
import { startServerProcess } from './testing/test-server.ts';

const main = join(import.meta.dirname, 'main.ts');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `node ARGS`, until it ends. */
async function ended(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const env = { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production' as const, ...variables };
  const child = spawn(process.execPath, args, { env, timeout: 60_000 });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (text.stdout += chunk));
  child.stderr.on('data', (chunk) => (text.stderr += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...text };
}

test('an unusable environment: every reason on stderr, exit 2, nothing on stdout', async () => {
  const variables = { OUTGATE_LISTEN: 'x', LOG_LEVEL: 'loud', OUTGATE_ADMIN_EMAIL: 'no' };
  const { code, stdout, stderr } = await ended([main], variables);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^OUTGATE_LISTEN must be HOST:PORT/m);
  expect(stderr).toMatch(/^OUTGATE_ADMIN_EMAIL must be an e-mail address/m);
  expect(stderr).toMatch(/^LOG_LEVEL must be/m);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
});

test('pages that were not built: one line, exit 2, and no server without them', async () => {
  // all that it consists of but the pages
  const dir = await mkdtemp(join(tmpdir(), 'outgate-test-'));
  const root = join(import.meta.dirname, '..');
  try {
    for (const one of ['server', 'core', 'node_modules', 'package.json'])
      await symlink(join(root, one), join(dir, one));
    const links = ['--preserve-symlinks', '--preserve-symlinks-main'];
    const variables = { OUTGATE_LISTEN: '127.0.0.1:0', DATABASE_URL: 'postgresql://127.0.0.1:1/none' };
    const { code, stdout, stderr } = await ended([...links, join(dir, 'server/main.ts')], variables);
    const said = `the pages must be built: there is no '${dir}/.next/BUILD_ID'; 'npx next build' makes it\n`;
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: said });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('an address that is taken: one line, exit 1', async () => {
  const embedded = await passingDatabase('outgate-test-');
  const first = await startServerProcess(embedded.url);
  try {
    const listen = { OUTGATE_LISTEN: new URL(first.address).host };
    await expect(startServerProcess(embedded.url, listen)).rejects.toThrow(/ended with 1/);
    expect((await ask(`${first.address}/readyz`)).status).toBe(200);
  } finally {
    await first.stop();
    await embedded.stop();
  }
});

test('a database that comes later: alive at once, ready when it is there', async () => {
  const folder = databaseFolder('outgate-test-');
  let embedded = await startEmbedded(folder.path);
  const url = urlFor(embedded.socketDir, 'outgate');
  await embedded.stop();
  const read = readEnvironment({ OUTGATE_LISTEN: '127.0.0.1:0' });
  if (!read.ok) throw new Error('unreadable');
  const serving = await serve({
    env: read.value,
    databaseUrl: url,
    applicationUrl: url,
    root: null,
    version: 'test',
    log: makeLog('silent'),
  });
  try {
    expect((await ask(`${serving.address}/livez`)).status).toBe(200);
    const waiting = await ask(`${serving.address}/readyz`);
    expect(waiting.status).toBe(503);
    expect(waiting.body.waiting).toEqual([
      { part: 'database', reason: 'does not answer' },
      { part: 'migrations', reason: 'not applied yet' },
      { part: 'events', reason: 'not listening yet' },
      { part: 'pages', reason: 'not prepared yet' },
    ]);
    const early = await signIn(serving.address);
    expect([early.status, early.body.error.data.reason]).toEqual([503, 'NOT_READY']);
    await delay(300);
    embedded = await startEmbedded(folder.path);
    const { setupLink } = await serving.ready;
    expect(setupLink).toContain('/setup?token=');
    const isReady = async () => (await ask(`${serving.address}/readyz`)).status;
    await expect.poll(isReady, { timeout: 30_000 }).toBe(200);
    expect((await mutate(serving.address, 'setup.createAdmin', {})).status).toBe(400);
  } finally {
    await serving.stop();
    await embedded.stop();
    folder.remove();
  }
});
