/** The life of `npm start`: what it leaves, what it finds, what it heals. No browser is needed for that. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { ROOT } from '../scripts/supervisor/paths.ts';
import { listNamespaces } from './lab/network.ts';
import { labPlan, namespacesOf } from './lab/plan.ts';
import { endLeftOf, leftOf } from './left-behind.ts';
import { type Outgate, startOutgate } from './start-outgate.ts';

// the first start of a checkout builds the pages
test.describe.configure({ timeout: 300_000 });

let dataDir: string;
const running: Outgate[] = [];
/** the lab's prefix of starts that are to fail */
const failing = `ogf${process.pid}`;

test.beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'outgate-start-'));
});
test.afterEach(async () => {
  for (const outgate of running.splice(0)) await outgate.stop().catch(() => {});
  await endLeftOf(dataDir, failing);
  await rm(dataDir, { recursive: true, force: true });
});

const start = async (lab: 'on' | 'off', labPrefix?: string): Promise<Outgate> => {
  const outgate = await startOutgate({ lab, dataDir, ...(labPrefix === undefined ? {} : { labPrefix }) });
  running.push(outgate);
  return outgate;
};
const pidOf = async (name: string): Promise<number> =>
  Number(JSON.parse(await readFile(join(dataDir, `run/${name}.json`), 'utf8')).pid);
const isReady = async (outgate: Outgate): Promise<boolean> => {
  const answer = await fetch(`${outgate.url}/readyz`, { signal: AbortSignal.timeout(1000) }).catch(() => null);
  return answer?.ok ?? false;
};

test('Ctrl-C leaves no process, namespace, socket; the second start takes seconds', async () => {
  const first = await start('on');
  expect(first.setupLink).toMatch(/\/setup\?token=\S+$/);
  expect((await listNamespaces()).filter((name) => name.startsWith(first.labPrefix))).toHaveLength(7);
  await first.stop();
  expect(await leftOf(dataDir, first.labPrefix)).toEqual([]);

  const began = Date.now();
  const second = await start('on');
  const page = await fetch(second.url);
  expect(page.ok).toBe(true);
  expect(second.output()).not.toMatch(/Building|Installing/);
  // about 3 s on a quiet machine
  expect(Date.now() - began).toBeLessThan(30_000);
  await second.stop();
});

test('a start after kill -9 ends what was left and comes up', async () => {
  const killed = await start('on');
  await killed.kill();
  expect((await leftOf(dataDir, killed.labPrefix)).length).toBeGreaterThan(7);
  const next = await start('on', killed.labPrefix);
  expect(next.output()).toContain('what a killed run had left');
  expect((await listNamespaces()).filter((name) => name.startsWith(killed.labPrefix))).toHaveLength(7);
  await next.stop();
  expect(await leftOf(dataDir, killed.labPrefix)).toEqual([]);
});

test('server, PostgreSQL and agent come back after kill -9', async () => {
  const outgate = await start('on');
  for (const name of ['server', 'agent-node-1', 'lab']) {
    const pid = await pidOf(name);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => pidOf(name).catch(() => pid), { timeout: 30_000 }).not.toBe(pid);
    await expect.poll(() => isReady(outgate), { timeout: 30_000 }).toBe(true);
  }
  const postmaster = async (): Promise<number> =>
    Number((await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]);
  const pid = await postmaster();
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => postmaster().catch(() => pid), { timeout: 30_000 }).not.toBe(pid);
  await expect.poll(() => isReady(outgate), { timeout: 30_000 }).toBe(true);
  await expect
    .poll(async () =>
      (await listNamespaces()).filter((name) => namespacesOf(labPlan(outgate.labPrefix)).includes(name)),
    )
    .toHaveLength(7);
  await outgate.stop();
});

test('npm run dev is ready, starts its server again when a source is touched, and leaves nothing', async () => {
  const outgate = await startOutgate({ script: 'dev', lab: 'off', dataDir });
  running.push(outgate);
  expect(await isReady(outgate)).toBe(true);
  await utimes(join(ROOT, 'server/main.ts'), new Date(), new Date());
  await expect.poll(() => outgate.output(), { timeout: 60_000 }).toContain('Restarting');
  await expect.poll(() => isReady(outgate), { timeout: 60_000 }).toBe(true);
  await outgate.stop();
});

test('a second start on the same data directory says so and exits with 2', async () => {
  await start('off');
  const second = await runToEnd({ OUTGATE_DATA_DIR: dataDir, OUTGATE_LAB: 'off', OUTGATE_LISTEN: '127.0.0.1:1' });
  expect(second.output).toContain(`Outgate already runs on ${dataDir}`);
  expect(second.code).toBe(2);
});

test('an unusable environment is told all at once, by name', async () => {
  const bad = { OUTGATE_LISTEN: 'nowhere', OUTGATE_LAB: 'maybe', OUTGATE_ADMIN_EMAIL: 'x', OUTGATE_DATA_DIR: dataDir };
  const { code, output } = await runToEnd(bad);
  expect(code).toBe(2);
  for (const name of ['OUTGATE_LISTEN', 'OUTGATE_LAB', 'OUTGATE_ADMIN_EMAIL']) expect(output).toContain(name);
  expect(output).not.toMatch(/^\s+at /m);
});

// not of this machine: all the rest runs, and the server is started again and again
const ELSEWHERE = '192.0.2.1:9090';

for (const { how, options } of [
  { how: 'fails', options: { environment: { OUTGATE_LISTEN: 'nowhere' } } },
  { how: 'is given up', options: { environment: { OUTGATE_METRICS_LISTEN: ELSEWHERE }, patienceMs: 8_000 } },
]) {
  test(`a start of a test that ${how} leaves no file, process, namespace`, async () => {
    const { TMPDIR } = process.env;
    // PostgreSQL, which has its socket there, is not root
    await chmod(dataDir, 0o755);
    process.env['TMPDIR'] = dataDir;
    try {
      await expect(startOutgate({ ...options, labPrefix: failing })).rejects.toThrow('did not become ready');
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    }
    expect(await leftOf(dataDir, failing)).toEqual([]);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('outgate'))).toEqual([]);
  });
}

test('a data directory that cannot be made exits with 2 and says why, in one sentence', async () => {
  const file = join(dataDir, 'file');
  await writeFile(file, '');
  const { code, output } = await runToEnd({ OUTGATE_DATA_DIR: join(file, 'data') });
  expect(code).toBe(2);
  expect(output).toMatch(/OUTGATE_DATA_DIR: \S+ must be a directory that can be written to \(E[A-Z]+: [^\n]+\)\n/);
  expect(output).not.toMatch(/node:|\n\s+at /);
});

async function runToEnd(environment: Record<string, string>): Promise<{ code: number; output: string }> {
  const env = { ...process.env, OUTGATE_LAB_PREFIX: failing, ...environment };
  const child: ChildProcess = spawn('npm', ['start'], { cwd: ROOT, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (output += text.toString()));
  const [code] = await once(child, 'close');
  return { code, output };
}
