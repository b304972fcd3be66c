import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from './db/testing.ts';
import { pruneSessions } from './services/access/account.ts';
import { countAttempt, forgetAttempts, pruneAttempts, takeBackAttempt } from './services/access/attempts.ts';
import { pruneSamples } from './services/agents/ingest.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

test('samples older than a day go, newer ones stay', async () => {
  const { db } = database;
  await db.query(`INSERT INTO node (name, credential_hash) VALUES ('n', 'h')`);
  await db.query(
    `INSERT INTO sample SELECT 'n', now() - make_interval(hours => h), 0, 0 FROM unnest(ARRAY[0, 12, 23, 25, 48]) AS h`,
  );
  await pruneSamples(db);
  expect(await db.query('SELECT 1 FROM sample')).toHaveLength(3);
});

test('sessions whose time is over go', async () => {
  const { db } = database;
  await db.query(`INSERT INTO "user" (id, name, email) VALUES ('u', 'U', 'u@outgate.example')`);
  await db.query(
    `INSERT INTO session (id, token, user_id, expires_at)
     VALUES ('old', 'a', 'u', now() - interval '1 s'), ('new', 'b', 'u', now() + interval '1 h')`,
  );
  await pruneSessions(db);
  expect(await db.query('SELECT id FROM session')).toEqual([{ id: 'new' }]);
});

test('attempts open again when their window is over, and old ones go', async () => {
  const { db } = database;
  const limit = { attempts: 2, seconds: 60 };
  expect(await countAttempt(db, 's', limit)).toBeNull();
  expect(await countAttempt(db, 's', limit)).toBeNull();
  const wait = await countAttempt(db, 's', limit);
  expect(wait).toBeGreaterThan(50);
  expect(wait).toBeLessThanOrEqual(60);
  expect(await countAttempt(db, 'another', limit)).toBeNull();
  await takeBackAttempt(db, 's');
  await takeBackAttempt(db, 's');
  expect(await countAttempt(db, 's', limit)).toBeNull();
  await db.query('UPDATE rate_limit SET last_request = last_request - 60000');
  expect(await countAttempt(db, 's', limit)).toBeNull();
  await db.query('UPDATE rate_limit SET count = 9');
  await forgetAttempts(db, 's');
  expect(await countAttempt(db, 's', limit)).toBeNull();
  await db.query('UPDATE rate_limit SET last_request = last_request - 7200000');
  await pruneAttempts(db);
  expect(await db.query('SELECT 1 FROM rate_limit')).toEqual([]);
});
