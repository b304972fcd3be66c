/**
 * Databases for tests: a real PostgreSQL of this process alone, started with the first database and removed with the
 * last. Each database is a copy of one migrated template (about 30 ms).
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Database, openDatabase } from './client.ts';
import { type Embedded, startEmbedded, urlFor } from './embedded.ts';
import { migrate } from './migrate.ts';

const PREFIX = 'outgate-test-';
const TEMPLATE = 'template_app';

export interface TestDatabase {
  /** connection string as the owner of the tables */
  readonly url: string;
  /** connected as the application's role */
  readonly db: Database;
  close(): Promise<void>;
}

let server: Promise<{ embedded: Embedded; dir: string }> | undefined;
let open = 0;
let counter = 0;

/** Close it when done (afterAll): the last one stops the server and removes its files. */
export async function testDatabase(): Promise<TestDatabase> {
  open++;
  server ??= start();
  try {
    const { embedded } = await server;
    const name = `test_${++counter}`;
    await asOwner(embedded, 'postgres', (client) =>
      client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`),
    );
    const url = urlFor(embedded.socketDir, name);
    const db = openDatabase({ url });
    return {
      url,
      db,
      close: async () => {
        await db.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** For a lock. Throws when nobody does within 20 s. */
export async function untilSomebodyWaits(db: Database): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(10)) {
    if ((await db.query('SELECT FROM pg_locks WHERE NOT granted')).length > 0) return;
  }
  throw new Error('somebody must wait for a lock');
}

async function start(): Promise<{ embedded: Embedded; dir: string }> {
  await sweep();
  const dir = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const embedded = await startEmbedded(dir, { fsync: 'off', full_page_writes: 'off', shared_buffers: '32MB' });
  await asOwner(embedded, 'postgres', (client) => client.query(`CREATE DATABASE ${TEMPLATE}`));
  await migrate(urlFor(embedded.socketDir, TEMPLATE));
  return { embedded, dir };
}

async function release(): Promise<void> {
  if (--open > 0 || server === undefined) return;
  const stopping = server;
  server = undefined;
  const { embedded, dir } = await stopping;
  await embedded.stop();
  await rm(dir, { recursive: true, force: true });
}

/** Servers of test runs that were killed: their process id is in the name. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || alive(Number(pid))) continue;
    // another test process may be at it as well: what it took away is no failure of this one
    await removeServer(join(tmpdir(), name)).catch(() => {});
  }
}

async function removeServer(dir: string): Promise<void> {
  const left = await startEmbedded(dir).catch(() => undefined);
  await left?.stop();
  await rm(dir, { recursive: true, force: true });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function asOwner<T>(embedded: Embedded, database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urlFor(embedded.socketDir, database) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
