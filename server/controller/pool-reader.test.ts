import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAtHand } from '../db/at-hand.ts';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { system } from '../services/actor.ts';
import { applyChange } from '../services/changes/apply-change.ts';
import { poolReader } from './pool-reader.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

const decide = (name: string, cidr: string, natOutgoing = false) =>
  applyChange(database.db, {
    actor: system,
    reason: null,
    names: [name],
    cidrs: [cidr],
    decide: async () => [{ action: 'pool.update', upsert: [{ name, spec: { cidr, natOutgoing } }] }],
  });

it('what was read just now answers for its pool alone, and for what is asked within that work alone', async () => {
  const read = poolReader(database.db);
  await decide('one', '10.0.0.0/16');
  await decide('other', '10.1.0.0/16');
  const hand = (await readAtHand(database.db, ['one'])).get('one') ?? null;
  await decide('one', '10.0.0.0/16', true);
  const asked: Promise<unknown>[] = [];
  read.having('one', hand, () => asked.push(read.of('one'), read.of('other')));
  asked.push(read.of('one'));
  expect(await Promise.all(asked)).toMatchObject([
    { pool: { spec: { natOutgoing: false } } },
    { pool: { spec: { cidr: '10.1.0.0/16' } } },
    { pool: { spec: { natOutgoing: true } } },
  ]);
});

it('where nothing was read, or the work fails, it is read', async () => {
  const read = poolReader(database.db);
  const asked: Promise<unknown>[] = [];
  read.having('one', null, () => asked.push(read.of('one')));
  const hand = { pool: undefined, row: undefined, live: undefined, released: [], letGo: false };
  const fail = () => {
    throw new Error('of the work');
  };
  expect(() => read.having('one', hand, fail)).toThrow('of the work');
  asked.push(read.of('one'));
  const there = { pool: { spec: { natOutgoing: true } } };
  expect(await Promise.all(asked)).toMatchObject([there, there]);
});
