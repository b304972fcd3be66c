import { afterAll, beforeAll, expect, it } from 'vitest';
import { revisionOf, sumOfPools } from '../../../core/wire/revision.ts';
import type { Queryable } from '../../db/client.ts';
import { lockDesired } from '../../db/desired.ts';
import { forgetSync } from '../../db/let-go.ts';
import { beginTerm } from '../../db/live.ts';
import { readPools } from '../../db/pools.ts';
import { readState } from '../../db/state.ts';
import { readSync } from '../../db/sync.ts';
import { type TestDatabase, testDatabase, untilSomebodyWaits } from '../../db/testing.ts';
import { system } from '../actor.ts';
import { applyChange, mustChangePool } from './apply-change.ts';
import type { Current, Intent } from './decision.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

/** `meanwhile` happens once, between what it reads and what it writes. */
function creating(name: string, cidr: string, meanwhile: () => Promise<unknown> = async () => {}) {
  const seen: Current[] = [];
  const intent: Intent = {
    actor: system,
    reason: null,
    names: [name],
    cidrs: [cidr],
    decide: async (current) => {
      seen.push(current);
      if (seen.length === 1) await meanwhile();
      return [{ action: 'pool.create', upsert: [{ name, spec: { cidr } }] }];
    },
  };
  return { intent, seen };
}

const change = (intent: Intent) => mustChangePool(database.db, intent, async () => null);

async function fromScratch(): Promise<number> {
  const { desired, pools } = await readState(database.db);
  expect(desired.revision).toBe(revisionOf(sumOfPools(pools), desired.settings, desired.hosts));
  return desired.sequence;
}

it('is decided once where nothing happens meanwhile', async () => {
  const { intent, seen } = creating('alone', '10.0.0.0/16');
  expect((await change(intent)).change.id).toBe(1);
  expect(seen).toHaveLength(1);
  expect(await fromScratch()).toBe(1);
});

it('is decided anew where a change is committed meanwhile', async () => {
  const other = creating('other', '10.1.0.0/16').intent;
  const { intent, seen } = creating('late', '10.2.0.0/16', () => applyChange(database.db, other));
  const { change: made, revision } = await change(intent);
  expect([made.id, seen.map(({ desired }) => desired.sequence)]).toEqual([3, [1, 2]]);
  expect(await fromScratch()).toBe(3);
  expect((await readState(database.db)).desired.revision).toBe(revision);
});

it('what is committed meanwhile counts: a pool that overlaps it is refused', async () => {
  const other = creating('first', '10.3.0.0/16').intent;
  const { intent } = creating('within', '10.3.1.0/24', () => applyChange(database.db, other));
  await expect(change(intent)).rejects.toMatchObject({ reason: 'POOL_VIOLATIONS' });
  expect(await fromScratch()).toBe(4);
});

it('waits for a change that is under way, and is decided by itself where that comes to nothing', async () => {
  let fail = (): void => {};
  const locked = Promise.withResolvers<void>();
  const other = database.db.transaction(async (tx) => {
    await lockDesired(tx);
    locked.resolve();
    await new Promise<void>((_, reject) => {
      fail = () => reject(new Error('comes to nothing'));
    });
  });
  const failed = expect(other).rejects.toThrow('comes to nothing');
  const { intent, seen } = creating('waiting', '10.4.0.0/16', () => locked.promise);
  const changing = change(intent);
  await untilSomebodyWaits(database.db);
  fail();
  await failed;
  expect((await changing).change.id).toBe(5);
  expect(seen).toHaveLength(1);
  expect(await fromScratch()).toBe(5);
});

/** `work` has the row of the desired state, and ends when somebody waits for it. */
async function whileWaitedFor(work: (tx: Queryable) => Promise<unknown>): Promise<() => Promise<void>> {
  const has = Promise.withResolvers<void>();
  const done = database.db.transaction(async (tx) => {
    await lockDesired(tx);
    await work(tx);
    has.resolve();
    await untilSomebodyWaits(database.db);
  });
  await Promise.race([has.promise, done]);
  return () => done;
}

it('hosts that move while it waits stay where they are, and the revision is theirs', async () => {
  let moved = async (): Promise<void> => {};
  const { intent, seen } = creating('beside', '10.5.0.0/16', async () => {
    moved = await whileWaitedFor((tx) => tx.query(`UPDATE desired SET hosts = '["192.0.2.7"]'::jsonb`));
  });
  await change(intent);
  await moved();
  expect(seen).toHaveLength(1);
  expect((await readState(database.db)).desired.hosts).toEqual(['192.0.2.7']);
  await fromScratch();
});

it('what is more than one pool is written whole, under the lock', async () => {
  const { intent, seen } = creating('first-of-two', '10.8.0.0/16');
  const more = [{ name: 'second-of-two', spec: { cidr: '10.9.0.0/16' } }];
  const decide: Intent['decide'] = async (...now) =>
    (await intent.decide(...now)).map((decision) => ({ ...decision, upsert: [...(decision.upsert ?? []), ...more] }));
  await change({ ...intent, decide });
  expect(seen).toHaveLength(2);
  expect(await readPools(database.db, ['first-of-two', 'second-of-two'])).toHaveLength(2);
  await fromScratch();
});

it('a pool that is made again while nothing is kept of it any more has its row, of which nothing is known', async () => {
  const { db } = database;
  await beginTerm(db, 'test');
  await change(creating('again', '10.10.0.0/16').intent);
  const decide: Intent['decide'] = () => [{ action: 'pool.delete', remove: ['again'] }];
  await applyChange(db, { actor: system, reason: null, names: ['again'], cidrs: [], decide });
  const held = Promise.withResolvers<void>();
  const forgetting = db.transaction(async (tx) => {
    await tx.query(`SELECT FROM sync WHERE name = 'again' FOR UPDATE`);
    held.resolve();
    await untilSomebodyWaits(db);
    await forgetSync(tx, ['again']);
  });
  await held.promise;
  await change(creating('again', '10.10.0.0/16').intent);
  await forgetting;
  expect(await readSync(db, ['again'])).toMatchObject([{ state: 'Pending', applied: null, deletedBy: null }]);
});

it('what is read behind it is as it left things; where that fails, it is written all the same', async () => {
  const { intent } = creating('read', '10.6.0.0/16');
  const { change: made, behind } = await mustChangePool(database.db, intent, (on) => readPools(on, ['read']));
  expect(behind).toMatchObject([{ name: 'read', sequence: made.id }]);
  const next = creating('unread', '10.7.0.0/16').intent;
  const failing = mustChangePool(database.db, next, (on) => on.query('SELECT 1/0'));
  expect(await failing).toMatchObject({ change: { id: made.id + 1 }, behind: null });
  expect(await fromScratch()).toBe(made.id + 1);
});
