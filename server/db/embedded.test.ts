import { execFile, spawn } from 'node:child_process';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PassingFolder } from '../testing/passing-folder.ts';
import { type Embedded, startEmbedded } from './embedded.ts';
import { isRunning } from './embedded-process.ts';
import { databaseFolder } from './testing.ts';

const run = promisify(execFile);
let folder: PassingFolder;
let home: string;
let running: Embedded[];
beforeEach(async () => {
  folder = databaseFolder('outgate-embedded-');
  home = folder.path;
  running = [];
});
afterEach(async () => {
  for (const one of running) await one.stop();
  folder.remove();
});

async function start(dir: string): Promise<Embedded> {
  const embedded = await startEmbedded(dir);
  running.push(embedded);
  return embedded;
}

async function ask<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const there = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

it('listens on a socket alone, flushes each commit, keeps its data, and leaves nothing running', async () => {
  const first = await start(home);
  const settings = await ask<{ name: string; setting: string }>(
    first.url,
    "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'listen_addresses', 'data_checksums', 'server_encoding')",
  );
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    listen_addresses: '',
    data_checksums: 'on',
    server_encoding: 'UTF8',
  });
  await ask(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
  await first.stop();
  expect(await isRunning(first.pid, first.socketDir)).toBe(false);
  expect(await there(first.socketDir)).toBe(false);
  expect(await ask((await start(home)).url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
});

it('nobody else gets in: data and socket belong to its user alone', async () => {
  const { socketDir } = await start(home);
  for (const dir of [join(home, 'data'), socketDir]) expect((await stat(dir)).mode & 0o777, dir).toBe(0o700);
  const uid = (await stat(join(home, 'data'))).uid;
  expect(uid).not.toBe(0);
  expect((await stat(socketDir)).uid).toBe(uid);
});

it('works where its user cannot enter, and with a path longer than a socket may have', async () => {
  await chmod(home, 0o700);
  const long = join(home, 'x'.repeat(120), 'y'.repeat(80));
  const { url, socketDir } = await start(long);
  expect(Buffer.byteLength(join(socketDir, '.s.PGSQL.5432'))).toBeLessThanOrEqual(107);
  expect(await ask(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

it('a server whose starter was killed is taken over, with all that was acknowledged', async () => {
  const script = `
    import { startEmbedded } from ${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)};
    import pg from 'pg';
    const { url, pid } = await startEmbedded(process.argv[1]);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('CREATE TABLE kept AS SELECT 8 AS n');
    console.log(pid);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve) => child.stdout.once('data', (text) => resolve(Number(text))));
  child.kill('SIGKILL');
  const adopted = await start(home);
  expect([adopted.adopted, adopted.pid]).toEqual([true, pid]);
  expect(await ask(adopted.url, 'SELECT n FROM kept')).toEqual([{ n: 8 }]);
  await adopted.stop();
  expect(await isRunning(pid, adopted.socketDir)).toBe(false);
});

it('one that lost its socket is stopped and started anew', async () => {
  const first = await start(home);
  await rm(first.socketDir, { recursive: true });
  const second = await start(home);
  expect(second.adopted).toBe(false);
  expect(second.pid).not.toBe(first.pid);
  expect(await ask(second.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

it('a killed server starts again, though its pid file names a process of somebody else by now', async () => {
  const first = await start(home);
  await ask(first.url, 'CREATE TABLE kept AS SELECT 9 AS n');
  process.kill(first.pid, 'SIGKILL');
  const second = await start(home);
  expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([{ n: 9 }]);
  await second.stop();
  const pidFile = join(home, 'data/postmaster.pid');
  await writeFile(pidFile, `${process.pid}\n/proc/self/cwd\n0\n5432\n${first.socketDir}\n\n0 0\nready\n`);
  const third = await start(home);
  expect(third.adopted).toBe(false);
  expect(await ask(third.url, 'SELECT n FROM kept')).toEqual([{ n: 9 }]);
});

it('one that dies while it is taken over is started again', async () => {
  const first = await start(home);
  process.kill(first.pid, 'SIGSTOP');
  const second = start(home);
  await delay(500); // it is found, and asked in vain
  // a killed process has its number until its parent asks: what PostgreSQL sees then is a process of its own user
  const { uid, gid } = await stat(join(home, 'data'));
  const dead = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore' });
  const pidFile = `${dead.pid}\n/proc/self/cwd\n0\n5432\n${first.socketDir}\n\n0 0\nready\n`;
  await writeFile(join(home, 'data/postmaster.pid'), pidFile);
  process.kill(first.pid, 'SIGKILL');
  try {
    expect(await second).toMatchObject({ adopted: false });
    expect(await ask((await second).url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  } finally {
    dead.kill('SIGKILL');
  }
});

it('a first start that was cut off is begun again', async () => {
  await run('mkdir', ['-p', join(home, 'data.new/base')]);
  await writeFile(join(home, 'data.new/PG_VERSION'), '18\n');
  const { url } = await start(home);
  expect(await ask(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  expect(await there(join(home, 'data.new'))).toBe(false);
});

it('says why it did not start', async () => {
  const first = await start(home);
  await first.stop();
  await writeFile(join(home, 'data/postgresql.conf'), 'no_such_setting = 1\n');
  await expect(startEmbedded(home)).rejects.toThrow(/did not start; see .*postgres\.log.*no_such_setting/s);
  expect(await readFile(join(home, 'postgres.log'), 'utf8')).toContain('no_such_setting');
});

it('the application logs in as a role that cannot become the owner', async () => {
  const { url, applicationUrl } = await start(home);
  expect(await ask(applicationUrl, 'SELECT session_user::text AS who')).toEqual([{ who: 'outgate_app' }]);
  await expect(ask(applicationUrl, 'SET ROLE outgate')).rejects.toThrow(/permission denied to set role/);
  await ask(url, 'ALTER ROLE outgate_app NOLOGIN');
  const again = await start(home);
  expect(await ask(again.applicationUrl, 'SELECT session_user::text AS who')).toEqual([{ who: 'outgate_app' }]);
});
