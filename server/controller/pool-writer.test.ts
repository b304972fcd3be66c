/** What came of pools is written together with what the watch saw of them, and what an operator decided meanwhile stays. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LivePool, readLivePool } from '../../core/cluster/live-pool.ts';
import type { Database, Queryable } from '../db/client.ts';
import { beginTerm, liveChangesSince, readLive, readLivePools, TermOver } from '../db/live.ts';
import { newSync, readSync, type SyncOutcomeRow, writeSync } from '../db/sync.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { type PoolWriter, poolWriter } from './pool-writer.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

const spec = { cidr: '10.1.0.0/16', natOutgoing: true };
const synced = (name: string, version: number, uid = `uid-${name}`): SyncOutcomeRow => ({
  name,
  state: 'Synced',
  reason: 'AsDesired',
  detail: {},
  applied: { uid, version, spec },
});
const row = async (name: string) => (await readSync(api.database.db, [name]))[0];
const nobody = new Set<string>();

function object(name: string, resourceVersion: string, uid = `uid-${name}`, cidr = spec.cidr): LivePool {
  const read = readLivePool({ metadata: { name, uid, resourceVersion }, spec: { ...spec, cidr } });
  if (read === null) throw new Error('not an object');
  return read;
}
const taken = (pool: LivePool) => ({ name: pool.name, row: synced(pool.name, 1, pool.uid), taken: pool });
const held = async (name: string) => {
  const [live] = await readLivePools(api.database.db, [name]);
  return live && `${live.uid} ${live.resourceVersion}`;
};

/** A writer in a term of its own, and how many transactions it took. */
async function writing(underWay: ReadonlySet<string> = nobody): Promise<{ writer: PoolWriter; commits: () => number }> {
  const { db } = api.database;
  let commits = 0;
  const counting: Database = {
    ...db,
    transaction: <T>(work: (tx: Queryable) => Promise<T>) => {
      commits++;
      return db.transaction(work);
    },
  };
  return {
    writer: poolWriter({
      db: counting,
      epoch: await beginTerm(db, 'test'),
      underWay: new Map([...underWay].map((name) => [name, name])),
    }),
    commits: () => commits,
  };
}

it('an outcome leaves the policy alone, and a deletion or use of force that is later than what was applied', async () => {
  const { db } = api.database;
  const { writer } = await writing();
  await writeSync(db, [{ ...newSync('earlier'), policy: 'enforce', forceVersion: 7, deletedBy: 6 }]);
  await writeSync(db, [{ ...newSync('later'), policy: 'enforce', forceVersion: 8, deletedBy: 9 }]);
  await Promise.all(['earlier', 'later'].map((name) => writer.outcome({ name, row: synced(name, 7), taken: null })));
  const applied = { uid: 'uid-earlier', version: 7, spec };
  expect(await row('earlier')).toMatchObject({ policy: 'enforce', state: 'Synced', applied, forceVersion: null });
  expect((await row('earlier'))?.deletedBy).toBe(null);
  expect(await row('later')).toMatchObject({ policy: 'enforce', state: 'Synced', forceVersion: 8, deletedBy: 9 });
});

it('one that cannot be written keeps no other from it, and a writer whose term is over writes nothing', async () => {
  const { writer } = await writing();
  const first = writer.outcome({ name: 'first', row: synced('first', 1), taken: null });
  const unstorable = { ...synced('bad', 1), detail: { message: 'a NUL: \0' } };
  const [bad, good] = await Promise.allSettled([
    writer.outcome({ name: 'bad', row: unstorable, taken: null }),
    writer.outcome({ name: 'good', row: synced('good', 1), taken: null }),
    first,
  ]);
  expect([bad?.status, good?.status]).toEqual(['rejected', 'fulfilled']);
  expect(await row('bad')).toBe(undefined);
  expect(await row('good')).toMatchObject({ state: 'Synced' });
  await beginTerm(api.database.db, 'another');
  await expect(writer.outcome({ name: 'good', row: null, taken: null })).rejects.toThrow(TermOver);
  await expect(writer.seen({ seen: [object('late', '1')], gone: [] })).rejects.toThrow(TermOver);
  expect(await row('good')).toMatchObject({ state: 'Synced' });
  expect(await held('late')).toBe(undefined);
});

it('those that are worked on are written together, with what the watch tells of them, and need no second look', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `of-20-${i}`);
  const { writer, commits } = await writing(new Set(names));
  const before = await readLive(api.database.db);
  const told = writer.seen({ seen: names.slice(0, 10).map((name) => object(name, '5')), gone: [] });
  await Promise.all(names.map((name) => writer.outcome(taken(object(name, '5')))));
  expect(await told).toEqual([]);
  expect(commits()).toBe(1);
  const changes = await liveChangesSince(api.database.db, before.sequence, 100);
  expect(changes.map(({ pools }) => pools)).toEqual([names.toSorted()]);
  expect(await writer.seen({ seen: names.slice(10).map((name) => object(name, '5')), gone: [] })).toEqual([]);
  expect(commits()).toBe(1);
});

it('what others did is written at once and looked at, also to a pool that we have just applied', async () => {
  const { writer, commits } = await writing(new Set(['busy']));
  await writer.outcome(taken(object('ours', '5')));
  const start = performance.now();
  expect(await writer.seen({ seen: [object('ours', '6')], gone: [] })).toEqual(['ours']);
  expect(await writer.seen({ seen: [object('theirs', '7')], gone: [{ name: 'none', uid: 'x' }] })).toEqual([
    'theirs',
    'none',
  ]);
  expect([await held('ours'), await held('theirs')]).toEqual(['uid-ours 6', 'uid-theirs 7']);
  expect(commits()).toBe(3);
  expect(performance.now() - start).toBeLessThan(10_000);
});

it('an apply that did not bring what is desired is looked at again when the watch tells of it', async () => {
  const { writer } = await writing();
  const pool = object('left', '5');
  await writer.outcome({ name: 'left', row: { ...synced('left', 1), state: 'OutOfSync' }, taken: pool });
  expect(await writer.seen({ seen: [pool], gone: [] })).toEqual(['left']);
});

it.each([
  ['a change that came before our apply was noted', [object('turn', '6')], [], 'uid-turn 6'],
  ['a deletion', [], [{ name: 'turn', uid: 'uid-turn' }], undefined],
])('%s, written with it, is what the ledger has in the end', async (_, seen, gone, expected) => {
  const { writer } = await writing(new Set(['turn', 'more']));
  const ours = writer.outcome(taken(object('turn', '5')));
  expect(await writer.seen({ seen, gone })).toEqual(['turn']);
  await ours;
  expect(await held('turn')).toBe(expected);
  await writer.seen({ seen: [], gone: [{ name: 'turn', uid: 'uid-turn' }] });
});

it('the answer of an apply that comes after its object was deleted brings nothing back', async () => {
  const { writer } = await writing(new Set(['late']));
  const gone = { name: 'late', uid: 'uid-late' };
  await writer.seen({ seen: [object('late', '5')], gone: [] });
  expect(await writer.seen({ seen: [], gone: [gone] })).toEqual(['late']);
  await writer.outcome(taken(object('late', '5')));
  expect(await held('late')).toBe(undefined);
  // told together, too, and one that was made anew is another
  await Promise.all([writer.seen({ seen: [], gone: [gone] }), writer.outcome(taken(object('late', '6')))]);
  expect(await held('late')).toBe(undefined);
  await writer.outcome(taken(object('late', '9', 'anew')));
  expect(await held('late')).toBe('anew 9');
});

it.each([
  ['with it', false],
  ['after it', true],
])('late words of an object of the same name, %s, do not take the pool that was made since', async (_, after) => {
  const { writer } = await writing(new Set(['again', 'more']));
  const [theirs, ours] = [object('again', '5', 'theirs'), object('again', '7', 'ours')];
  const noted = writer.outcome(taken(ours));
  if (after) await noted;
  await Promise.all([writer.seen({ seen: [theirs], gone: [] }), noted]);
  expect(await held('again')).toBe('theirs 5');
  // that theirs went and ours came is told in one
  expect(await writer.seen({ seen: [ours], gone: [] })).toEqual(['again']);
  expect(await held('again')).toBe('ours 7');
});

it('a list that was made before our apply takes the pool away only until the watch tells of it', async () => {
  const { writer } = await writing();
  const pool = object('listed', '5');
  await writer.outcome(taken(pool));
  await writer.all([]);
  expect(await held('listed')).toBe(undefined);
  await writer.seen({ seen: [pool], gone: [] });
  expect(await held('listed')).toBe('uid-listed 5');
});

it('the answer of an apply that comes after a list without its object brings nothing back', async () => {
  const { writer } = await writing(new Set(['relisted', 'more']));
  await writer.seen({ seen: [object('relisted', '4')], gone: [] });
  await writer.all([]);
  await writer.outcome(taken(object('relisted', '5')));
  expect(await held('relisted')).toBe(undefined);
  // what it was is known all the same: that somebody deleted it is what the next look says
  expect(await row('relisted')).toMatchObject({ applied: { uid: 'uid-relisted' } });
  // nor does one that waits to be written with others
  const waits = writer.outcome(taken(object('relisted', '6')));
  await writer.all([]);
  await waits;
  expect(await held('relisted')).toBe(undefined);
  // nor in the place of another one that is there by now
  const theirs = object('relisted', '9', 'theirs');
  await writer.all([theirs]);
  await writer.outcome(taken(object('relisted', '7')));
  expect(await held('relisted')).toBe('theirs 9');
  // one that was made since is told by the watch
  await writer.all([]);
  await writer.outcome(taken(object('relisted', '11', 'anew')));
  expect(await writer.seen({ seen: [object('relisted', '11', 'anew')], gone: [] })).toEqual(['relisted']);
  expect(await held('relisted')).toBe('anew 11');
});
