import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { migrate } from './migrate.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
let admin: pg.Client;
let dir: string;
beforeAll(async () => {
  database = await testDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  dir = await mkdtemp(join(tmpdir(), 'outgate-migrations-'));
  await cp(new URL('../../prisma/migrations', import.meta.url).pathname, dir, { recursive: true });
});
afterAll(async () => {
  await admin?.end();
  await database?.close();
  if (dir) await rm(dir, { recursive: true, force: true });
});

let counter = 0;
async function emptyDatabase(owner?: string): Promise<string> {
  const name = `empty_${++counter}`;
  await admin.query(`CREATE DATABASE ${name}${owner === undefined ? '' : ` OWNER ${owner}`}`);
  const url = new URL(database.url);
  url.pathname = `/${name}`;
  if (owner !== undefined) url.username = owner;
  return url.toString();
}

async function add(name: string, sql: string): Promise<void> {
  await mkdir(join(dir, name));
  await writeFile(join(dir, name, 'migration.sql'), sql);
}

it('applies everything once, also when several servers start together', async () => {
  const url = await emptyDatabase();
  const all = await Promise.all(Array.from({ length: 5 }, () => migrate(url, dir)));
  const there = (await readdir(dir)).filter((name) => /^\d/.test(name)).sort();
  expect(there[0]).toBe('20261101000000_init');
  expect(all.flatMap(({ applied }) => applied)).toEqual(there);
  expect(await migrate(url, dir)).toEqual({ applied: [] });
});

it('works for an owner who is no superuser, and the application still cannot rewrite history', async () => {
  await admin.query('CREATE ROLE plain LOGIN CREATEROLE');
  const url = await emptyDatabase('plain');
  // the role exists already in this server: who may not grant it must be told, who may goes on
  await admin.query('GRANT outgate_app TO plain WITH ADMIN TRUE');
  await migrate(url, dir);
  const client = new pg.Client({ connectionString: url, options: '-c role=outgate_app' });
  await client.connect();
  try {
    expect((await client.query('SELECT count(*)::int AS n FROM pool')).rows).toEqual([{ n: 0 }]);
    await expect(client.query('DELETE FROM change')).rejects.toThrow(/permission denied/);
    await expect(client.query('DROP TABLE change')).rejects.toThrow(/must be owner/);
  } finally {
    await client.end();
  }
});

it('a migration that fails leaves nothing of itself, and the next start tries again', async () => {
  const url = await emptyDatabase();
  await add('20990101000000_bad', 'CREATE TABLE half (id int); SELECT 1 / (SELECT count(*) FROM mended);');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('CREATE TABLE mended (id int)');
    for (const _ of [1, 2]) {
      await expect(migrate(url, dir)).rejects.toThrow('migration 20990101000000_bad failed: division by zero');
      expect((await client.query("SELECT to_regclass('half') AS half")).rows).toEqual([{ half: null }]);
    }
    await client.query('INSERT INTO mended VALUES (1)');
    expect(await migrate(url, dir)).toEqual({ applied: ['20990101000000_bad'] });
    await client.query("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '%bad'");
    await expect(migrate(url, dir)).rejects.toThrow('failed before: it must be resolved first');
  } finally {
    await client.end();
    await rm(join(dir, '20990101000000_bad'), { recursive: true });
  }
});

it('a server that is killed in a migration leaves nothing of it, and the next one applies it', async () => {
  const url = await emptyDatabase();
  await migrate(url, dir);
  await add('20990101000000_slow', "CREATE TABLE slow (id int); SELECT pg_sleep(1), 'in the script';");
  const program = `import { migrate } from ${JSON.stringify(new URL('./migrate.ts', import.meta.url).href)};
    await migrate(...${JSON.stringify([url, dir])});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  await vi.waitFor(
    async () => {
      const found = await admin.query(
        `SELECT FROM pg_stat_activity WHERE query LIKE '%in the script%' AND pid <> pg_backend_pid()`,
      );
      expect(found.rows).toHaveLength(1);
    },
    { timeout: 20_000, interval: 20 },
  );
  child.kill('SIGKILL');
  await exited;
  try {
    expect(await migrate(url, dir)).toEqual({ applied: ['20990101000000_slow'] });
  } finally {
    await rm(join(dir, '20990101000000_slow'), { recursive: true });
  }
});

it('refuses a database that is newer, or whose past was edited', async () => {
  const url = await emptyDatabase();
  await add('20990102000000_later', 'CREATE TABLE later (id int);');
  await migrate(url, dir);
  await writeFile(join(dir, '20990102000000_later', 'migration.sql'), 'CREATE TABLE other (id int);');
  await expect(migrate(url, dir)).rejects.toThrow('must not be edited after it was applied');
  await rm(join(dir, '20990102000000_later'), { recursive: true });
  await expect(migrate(url, dir)).rejects.toThrow('the database is newer than this version');
});
