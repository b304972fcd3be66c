/**
 * Databases for tests: a real PostgreSQL of this process alone, started with the first database and removed with the
 * last, or with the process, however that ends. Each database is a copy of one migrated template (about 30 ms).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type PassingFolder, passingFolder } from '../testing/passing-folder.ts';
import { type Database, openDatabase } from './client.ts';
import { type Embedded, startEmbedded, urlFor } from './embedded.ts';
import { socketDirFor } from './embedded-socket.ts';
import { migrate } from './migrate.ts';

const TEMPLATE = 'template_app';

export interface TestDatabase {
  /** connection string as the owner of the tables */
  readonly url: string;
  /** connected as the application's role */
  readonly db: Database;
  close(): Promise<void>;
}

let server: Promise<Embedded> | undefined;
let open = 0;
let counter = 0;

/** Close it when done (afterAll): the last one stops the server and removes its files. */
export async function testDatabase(): Promise<TestDatabase> {
  open++;
  server ??= start();
  try {
    const embedded = await server;
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

/** For a PostgreSQL that is started and stopped by itself: it goes with us, and so does its folder. */
export const databaseFolder = (prefix: string): PassingFolder => passingFolder(prefix, (path) => [socketDirFor(path)]);

/** A PostgreSQL in such a folder, which is removed when it is stopped. */
export async function passingDatabase(
  prefix: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Embedded> {
  const folder = databaseFolder(prefix);
  try {
    const embedded = await startEmbedded(folder.path, settings);
    return { ...embedded, stop: () => embedded.stop().finally(() => folder.remove()) };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

async function start(): Promise<Embedded> {
  const quick = { fsync: 'off', full_page_writes: 'off', shared_buffers: '32MB' };
  const embedded = await passingDatabase('outgate-test-', quick);
  await asOwner(embedded, 'postgres', (client) => client.query(`CREATE DATABASE ${TEMPLATE}`));
  await migrate(urlFor(embedded.socketDir, TEMPLATE));
  return embedded;
}

async function release(): Promise<void> {
  if (--open > 0 || server === undefined) return;
  const stopping = server;
  server = undefined;
  await (await stopping).stop();
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
