/** Terms of leaders that hang or have ended: the next one is not kept waiting, and nothing of the old one is written. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { beginTerm, lockLive, TermOver } from './live.ts';
import { readWatch, writeWatch } from './live-watch.ts';
import { oneAtATime } from './serial.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

it('what the leader tells of its watch is refused when its term is over', async () => {
  const { db } = database;
  const watch = {
    group: null,
    from: null,
    phase: 'starting',
    since: 1,
    error: null,
    queued: 0,
    lost: false,
    settingsLost: false,
    back: null,
  } as const;
  const old = await beginTerm(db, 'one');
  expect(await readWatch(db)).toMatchObject({ watch: null, heardAt: null, leader: 'one', epoch: old });
  await writeWatch(db, old, { watch, heardAt: 1_000 });
  const epoch = await beginTerm(db, 'two');
  await expect(writeWatch(db, old, { watch: { ...watch, error: 'old' }, heardAt: 2_000 })).rejects.toThrow(TermOver);
  await expect(beginTerm(db, 'one', old)).rejects.toThrow(TermOver);
  expect(await readWatch(db)).toEqual({ watch, heardAt: new Date(1_000), leader: 'two', epoch, word: null });
  await writeWatch(db, epoch, { watch, heardAt: null });
  expect(await readWatch(db)).toMatchObject({ heardAt: new Date(1_000) });
});

it('a leader that hangs in the middle of its writes does not keep the next term from beginning', async () => {
  const { db } = database;
  const leaders = oneAtATime(db);
  const epoch = await beginTerm(db, 'one');
  const order: string[] = [];
  const hangs = (name: string) =>
    leaders.transaction(async (tx) => {
      await lockLive(tx, epoch);
      order.push(name);
      await sleep(9_000); // it is ended before
      await tx.query('UPDATE live SET revision = $1', [name]);
    });
  const writes = [hangs('first'), hangs('second')].map((write) => write.then(String, (error: unknown) => error));
  while (order.length === 0) await sleep(10);
  expect(await beginTerm(db, 'two')).toBe(epoch + 1);
  expect(order).toEqual(['first']);
  const [first, second] = await Promise.all(writes);
  expect(first).toBeInstanceOf(Error);
  expect(second).toBeInstanceOf(TermOver);
});
