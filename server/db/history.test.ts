import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { noSettings } from '../../core/nat/settings.ts';
import { FIRST_LIVE } from '../../core/wire/change-number.ts';
import { revisionOf } from '../../core/wire/revision.ts';
import { findChange, findChanges, lastSettingsChange, lastSettingsOf, lastSpecsOf } from './changes.ts';
import { lockDesired, readDesired, writeChange } from './desired.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.db.transaction(async (tx) => {
    const desired = await lockDesired(tx);
    const pool = { name: 'a', spec: { cidr: '10.0.0.0/8' } };
    await writeChange(tx, {
      next: { ...desired, sequence: 1 },
      upsert: [pool],
      remove: [],
      actorId: null,
      actor: 'test',
      role: 'admin',
      action: 'pool.create',
      target: 'a',
      pools: ['a'],
      reason: null,
      before: null,
      after: pool,
      notice: '{}',
    });
  });
});
afterAll(async () => database?.close());

const rewrites = [
  "UPDATE change SET reason = 'never said'",
  "UPDATE change SET reason = 'hits no row' WHERE sequence = -1",
  'DELETE FROM change',
  'TRUNCATE change',
  `INSERT INTO change SELECT * FROM change ON CONFLICT (sequence) DO UPDATE SET reason = 'x'`,
  `MERGE INTO change c USING (SELECT 1) s ON c.sequence = 1 WHEN MATCHED THEN DELETE`,
];

it('the application can neither change nor remove a change', async () => {
  const [who] = await database.db.query<{ user: string }>('SELECT current_user AS user');
  expect(who?.user).toBe('outgate_app');
  for (const sql of rewrites) await expect(database.db.query(sql), sql).rejects.toThrow(/permission denied/);
  await expect(database.db.prisma.change.deleteMany()).rejects.toThrow();
  for (const sql of ['RESET ROLE', 'SET ROLE NONE']) {
    await database.db
      .transaction(async (tx) => {
        await tx.query(sql);
        await tx.query('DELETE FROM change');
      })
      .then(
        () => expect.fail(sql),
        (error: Error) => expect(error.message, sql).toMatch(/permission denied|append-only/),
      );
  }
});

it('a column more changes nothing of what is listed, with others or without', async () => {
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query('ALTER TABLE change ADD COLUMN later TEXT');
  await owner.query(
    `INSERT INTO live_change (sequence, actor, action, pools, revision) VALUES ($1, 'kubectl', 'pool.update', '{b}', 'x')`,
    [FIRST_LIVE + 1],
  );
  await owner.end();
  const listed = await findChanges(database.db, { others: true, limit: 10 });
  expect(listed).toMatchObject([
    { sequence: FIRST_LIVE + 1, actor: 'kubectl', role: 'cluster', action: 'pool.update', target: 'b', reason: null },
    { sequence: 1, actor: 'test', role: 'admin', action: 'pool.create', target: 'a', poolCount: 1 },
  ]);
  expect(await findChange(database.db, FIRST_LIVE + 1)).toMatchObject({ target: 'b', pools: ['b'] });
});

it('nor can the owner of the table, not even where triggers are silenced', async () => {
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  try {
    for (const sql of rewrites) await expect(owner.query(sql), sql).rejects.toThrow(/append-only/);
    await owner.query("SET session_replication_role = 'replica'");
    for (const sql of rewrites) await expect(owner.query(sql), sql).rejects.toThrow(/append-only/);
    expect((await owner.query('SELECT reason FROM change')).rows).toEqual([{ reason: null }]);
  } finally {
    await owner.end();
  }
});

it('there is one desired state, and a new database has the revision of nothing', async () => {
  const fresh = await testDatabase();
  try {
    expect((await readDesired(fresh.db)).revision).toBe(revisionOf(0n, noSettings, []));
    await expect(fresh.db.query("INSERT INTO desired (id, revision, settings) VALUES (2, '', '{}')")).rejects.toThrow();
    await expect(fresh.db.query('DELETE FROM desired')).rejects.toThrow(/permission denied/);
  } finally {
    await fresh.close();
  }
});

it('a transaction that hangs gives the desired row back', async () => {
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  try {
    const [settings] = await database.db.query<{ lock: string; idle: string }>(
      "SELECT current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle",
    );
    expect(settings).toEqual({ lock: '10s', idle: '10s' });
    await other.query('BEGIN');
    await other.query('SELECT FROM desired FOR UPDATE');
    const waiting = database.db.transaction(async (tx) => {
      await tx.query("SET LOCAL lock_timeout = '100ms'");
      await lockDesired(tx);
    });
    await expect(waiting).rejects.toThrow(/lock timeout/);
    await other.query('ROLLBACK');
    expect((await database.db.transaction(lockDesired)).sequence).toBe(1);
  } finally {
    await other.end();
  }
});

it('of the changes of settings those of one object are read, whatever else was decided', async () => {
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  try {
    await owner.query(`INSERT INTO change (sequence, actor, role, action, target, pools, revision)
      SELECT n, 'test', 'admin', 'pool.update', 'a', '{a}', 'x' FROM generate_series(1000, 6000) AS n`);
    const decide = (sequences: string, before: string, after: string) =>
      owner.query(`INSERT INTO change (sequence, actor, role, action, target, pools, revision, before, after)
        SELECT n, 'test', 'admin', 'settings.update', 'settings', '{}', 'x', ${before}::jsonb, ${after}::jsonb FROM ${sequences} AS n`);
    const none = `'{"global": {}, "nodes": {}}'`;
    await decide('generate_series(500, 500)', none, `'{"global": {"natPortRange": "1:2"}, "nodes": {}}'`);
    await decide('generate_series(7000, 8000)', none, `format('{"global": {}, "nodes": {"n-%s": {}}}', n)`);
    await owner.query('ANALYZE change');
    const found = await database.db.transaction(async (tx) => {
      await tx.query('SELECT pg_stat_force_next_flush()');
      return [await lastSettingsOf(tx, 'default'), await lastSettingsOf(tx, 'node.n-7500')];
    });
    expect(found).toEqual([[{ sequence: 500, settings: { natPortRange: '1:2' } }], [{ sequence: 7500, settings: {} }]]);
    const { rows } = await owner.query(
      `SELECT indexrelname AS index, idx_tup_read AS read FROM pg_stat_user_indexes
       WHERE indexrelname ~ '^change_settings' ORDER BY 1`,
    );
    expect(rows).toEqual([
      { index: 'change_settings_idx', read: '0' },
      { index: 'change_settings_objects_idx', read: '2' },
    ]);
    // what others decide in the cluster is no decision of ours, however much of it came since
    await owner.query(
      `INSERT INTO live_change (sequence, actor, action, pools, revision)
      SELECT $1::bigint + n, 'kubectl', 'settings.update', '{}', 'x' FROM generate_series(1000, 1030) AS n`,
      [FIRST_LIVE],
    );
    expect((await lastSettingsChange(database.db))?.id).toBe(8000);
  } finally {
    await owner.end();
  }
});

it('of the changes of pools those of one pool are read, also by a plan that knows no name', async () => {
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  try {
    await owner.query(`INSERT INTO change (sequence, actor, role, action, target, pools, revision, after)
      SELECT n, 'test', 'admin', 'pool.update', name, ARRAY[name], 'x',
        jsonb_build_object('name', name, 'spec', jsonb_build_object('cidr', n::text))
      FROM generate_series(10000, 49999) AS n, LATERAL (SELECT CASE WHEN n < 10025 THEN 'rare' ELSE 'often-' || n % 9 END AS name)`);
    await owner.query('ANALYZE change');
    const byNumber = async (): Promise<number> => {
      const { rows } = await owner.query(
        `SELECT idx_tup_read AS read FROM pg_stat_user_indexes WHERE indexrelname = 'change_pkey'`,
      );
      return Number(rows[0].read);
    };
    const before = await byNumber();
    const found = await database.db.transaction(async (tx) => {
      await tx.query('SET LOCAL plan_cache_mode = force_generic_plan');
      await tx.query('SELECT pg_stat_force_next_flush()');
      return lastSpecsOf(tx, 'rare');
    });
    expect(found.map(({ sequence, spec }) => [sequence, spec.cidr])).toEqual(
      Array.from({ length: 20 }, (_, i) => [10024 - i, `${10024 - i}`]),
    );
    // the planner itself looks at the ends of the index
    expect((await byNumber()) - before).toBeLessThan(100);
  } finally {
    await owner.end();
  }
});
