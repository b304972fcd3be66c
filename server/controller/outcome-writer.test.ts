/** What came of pools is written together, and what an operator decided meanwhile stays. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { beginTerm, TermOver } from '../db/live.ts';
import { newSync, readSync, type SyncOutcomeRow, writeSync } from '../db/sync.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { outcomeWriter } from './outcome-writer.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

const spec = { cidr: '10.1.0.0/16', natOutgoing: true };
const synced = (name: string, version: number): SyncOutcomeRow => ({
  name,
  state: 'Synced',
  reason: 'AsDesired',
  detail: {},
  applied: { uid: `uid-${name}`, version, spec },
});
const row = async (name: string) => (await readSync(api.database.db, [name]))[0];

it('an outcome leaves the policy alone, and a deletion or use of force that is later than what was applied', async () => {
  const { db } = api.database;
  const write = outcomeWriter(db, await beginTerm(db, 'test'));
  await writeSync(db, { ...newSync('earlier'), policy: 'enforce', forceVersion: 7, deletedBy: 6 });
  await writeSync(db, { ...newSync('later'), policy: 'enforce', forceVersion: 8, deletedBy: 9 });
  await Promise.all(['earlier', 'later'].map((name) => write({ name, row: synced(name, 7), taken: null })));
  const applied = { uid: 'uid-earlier', version: 7, spec };
  expect(await row('earlier')).toMatchObject({ policy: 'enforce', state: 'Synced', applied, forceVersion: null });
  expect((await row('earlier'))?.deletedBy).toBe(null);
  expect(await row('later')).toMatchObject({ policy: 'enforce', state: 'Synced', forceVersion: 8, deletedBy: 9 });
});

it('one that cannot be written keeps no other from it, and a writer whose term is over writes nothing', async () => {
  const { db } = api.database;
  const write = outcomeWriter(db, await beginTerm(db, 'test'));
  const first = write({ name: 'first', row: synced('first', 1), taken: null });
  const unstorable = { ...synced('bad', 1), detail: { message: 'a NUL: \0' } };
  const [bad, good] = await Promise.allSettled([
    write({ name: 'bad', row: unstorable, taken: null }),
    write({ name: 'good', row: synced('good', 1), taken: null }),
    first,
  ]);
  expect([bad?.status, good?.status]).toEqual(['rejected', 'fulfilled']);
  expect(await row('bad')).toBe(undefined);
  expect(await row('good')).toMatchObject({ state: 'Synced' });
  await beginTerm(db, 'another');
  await expect(write({ name: 'good', row: null, taken: null })).rejects.toThrow(TermOver);
  expect(await row('good')).toMatchObject({ state: 'Synced' });
});
