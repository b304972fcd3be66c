import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from './client.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
let db: Database;
const heard: string[] = [];
beforeAll(async () => {
  database = await testDatabase();
  db = openDatabase({ url: database.db.url, onError: (error) => heard.push(error.message) });
});
afterAll(async () => {
  await db?.close();
  await database?.close();
});

test('a connection lost between two queries of a transaction fails that transaction, not the process', async () => {
  const owner = new pg.Client({ connectionString: database.db.url });
  await owner.connect();
  const lost = db.transaction(async (tx) => {
    const [row] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await owner.query('SELECT pg_terminate_backend($1)', [row?.pid]);
    await delay(200);
    await tx.query('SELECT 1');
  });
  await expect(lost).rejects.toThrow();
  await owner.end();
  expect(heard).toContain('terminating connection due to administrator command');
  expect(await db.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
});
