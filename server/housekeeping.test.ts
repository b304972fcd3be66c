import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHoldingTimes } from './db/nodes.ts';
import { type TestDatabase, testDatabase } from './db/testing.ts';
import { pruneSessions } from './services/access/account.ts';
import { countAttempt, forgetAttempts, pruneAttempts, takeBackAttempt } from './services/access/attempts.ts';
import { HOLDINGS_KEPT, pruneHoldings, pruneSamples } from './services/agents/ingest.ts';

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

test('holdings of the last 5,000 changes stay, and the newest of each node', async () => {
  const { db } = database;
  await db.query(`INSERT INTO node (name, credential_hash) VALUES ('lively', 'l'), ('away', 'a')`);
  await db.query('UPDATE desired SET sequence = 6000');
  await db.query(
    `INSERT INTO holding SELECT node, s, now() FROM (VALUES ('lively', 1), ('lively', 1000), ('lively', 1001),
       ('lively', 6000), ('away', 2), ('away', 3)) AS h(node, s)`,
  );
  await pruneHoldings(db);
  const rows = await db.query(`SELECT node, sequence::int FROM holding ORDER BY node, sequence`);
  expect(rows).toEqual([
    { node: 'away', sequence: 3 },
    { node: 'lively', sequence: 1001 },
    { node: 'lively', sequence: 6000 },
  ]);
  const timesOf = async (sequence: number) =>
    (await readHoldingTimes(db, sequence, HOLDINGS_KEPT))
      .filter(({ node }) => node !== 'n')
      .map(({ node, at }) => [node, at !== null]);
  expect(await timesOf(1001)).toEqual([
    ['away', false],
    ['lively', true],
  ]);
  // 'lively' had it, and nobody knows any more since when
  expect(await timesOf(1000)).toEqual([['away', false]]);
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
