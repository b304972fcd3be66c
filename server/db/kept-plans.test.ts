/** Statements that are prepared once and asked of a few names: their plans are kept, also those that were made of empty tables. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAtHand } from './at-hand.ts';
import type { Queryable } from './client.ts';
import { readLivePools } from './live.ts';
import { readPools } from './pools.ts';
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
