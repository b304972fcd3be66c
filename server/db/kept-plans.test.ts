/** Statements that are prepared once and asked of a few names: their plans are kept, also those that were made of empty tables. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAtHand } from './at-hand.ts';
import type { Queryable } from './client.ts';
import { type NewChange, readDesired, writePoolChange } from './desired.ts';
import { readLivePools } from './live.ts';
import { poolsTouching, readPools } from './pools.ts';
import { readReleased } from './released.ts';
import { readSync } from './sync.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

const statements: Readonly<Record<string, (on: Queryable, names: readonly string[]) => Promise<unknown>>> = {
  'read-at-hand': readAtHand,
  'read-live-pools': readLivePools,
  'read-pools': readPools,
  'read-released': readReleased,
  'read-sync': readSync,
};
const names = Array.from({ length: 50 }, (_, i) => `pool-${i}`);

it.each(Object.entries(statements))('%s goes by name, whatever was there when it was planned', async (name, read) => {
  const plan = await database.db.together(async (on) => {
    // after five of its own values, it is planned once for all
    for (let times = 0; times < 7; times++) await read(on, names);
    return on.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE "${name}" ('{a,b}')`);
  });
  const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
  expect(lines).toContain('Index Scan');
  expect(lines).not.toContain('Seq Scan');
});

const ofOne: Readonly<Record<string, { read: (on: Queryable) => Promise<unknown>; values: string }>> = {
  'read-at-hand-of-one': { read: (on) => readAtHand(on, ['a']), values: `('a')` },
  'pools-touching-one': {
    read: (on) => poolsTouching(on, ['a'], ['10.0.0.0/8']),
    values: `('a', '10.0.0.0/8')`,
  },
};

it.each(Object.entries(ofOne))('%s is not planned anew each time, and goes by index', async (name, asked) => {
  const { kept, lines } = await database.db.together(async (on) => {
    for (let times = 0; times < 7; times++) await asked.read(on);
    const [kept] = await on.query('SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = $1', [
      name,
    ]);
    const plan = await on.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE "${name}" ${asked.values}`);
    return { kept, lines: plan.map((row) => row['QUERY PLAN']).join('\n') };
  });
  expect(kept).toEqual({ generic_plans: '2', custom_plans: '5' });
  expect(lines).toContain('Index Scan');
  expect(lines).not.toContain('Seq Scan');
});

const POOL = { name: 'a', spec: { cidr: '10.0.0.0/8' } };
const CHANGE: Omit<NewChange, 'next'> = {
  upsert: [POOL],
  remove: [],
  actorId: null,
  actor: 'test',
  role: 'admin',
  action: 'pool.update',
  target: 'a',
  pools: ['a'],
  reason: null,
  before: null,
  after: null,
  notice: '{}',
};

it('a change of one pool is not planned anew', async () => {
  const [kept] = await database.db.together(async (on) => {
    const desired = await readDesired(on);
    for (let sequence = 1; sequence <= 7; sequence++) {
      const written = await writePoolChange(on, { ...CHANGE, next: { ...desired, sequence } }, POOL);
      expect(written).toMatchObject({ nodes: 0 });
    }
    return on.query(`SELECT generic_plans, custom_plans, parameter_types[1]::text AS sequence
      FROM pg_prepared_statements WHERE name = 'write-pool-change'`);
  });
  expect(kept).toEqual({ generic_plans: '2', custom_plans: '5', sequence: 'bigint' });
});
