/** A look for changes of which nothing waits any more costs little, however many there are, and whatever others wrote. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FIRST_LIVE } from '../../core/wire/change-number.ts';
import { NEVER_LOOKED, noteCarriedOut } from './carried-out.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

/** Tenths of a second on a free machine; minutes if anything were quadratic. */
const SECONDS_10 = 10_000;
const inTime = async <T>(work: () => Promise<T>): Promise<T> => {
  const start = performance.now();
  const found = await work();
  expect(performance.now() - start).toBeLessThan(SECONDS_10);
  return found;
};

const CHANGES = 60_000;

it('of very many changes that were never looked at', async () => {
  const { db } = database;
  await db.query(
    `INSERT INTO change (sequence, actor, role, action, target, pools, revision)
     SELECT n, 'a', 'editor', 'pool.adopt', 'p', ARRAY['p-' || n % 1000], 'x' FROM generate_series(1, ${CHANGES}) AS n`,
  );
  // each counts for itself and for its pool
  expect(await inTime(() => noteCarriedOut(db, 0, NEVER_LOOKED))).toEqual({ last: 5_000, waiting: [] });
});

it('of very many changes that wait because of what others wrote as often', async () => {
  const { db } = database;
  await db.query(
    `INSERT INTO change (sequence, actor, role, action, target, pools, revision)
     SELECT ${CHANGES} + n, 'a', 'editor', 'pool.update', 'hot', '{hot}', 'x' FROM generate_series(1, 2000) AS n`,
  );
  await db.query(
    `INSERT INTO live_change (sequence, actor, action, pools, revision)
     SELECT $1::bigint + n, 'kubectl', 'cluster.change', '{hot}', 'x' FROM generate_series(1, 20000) AS n`,
    [FIRST_LIVE],
  );
  await db.query(`INSERT INTO sync (name) VALUES ('hot')`);
  const found = await inTime(() => noteCarriedOut(db, CHANGES, NEVER_LOOKED));
  expect(found?.last).toBe(CHANGES + 2_000);
  expect(found?.waiting).toHaveLength(2_000);
});
