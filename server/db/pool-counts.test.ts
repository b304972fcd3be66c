import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LivePool, readLivePool } from '../../core/cluster/live-pool.ts';
import { poolWriter } from '../controller/pool-writer.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import type { Database, Queryable } from './client.ts';
import { beginTerm } from './live.ts';
import { countPools, type PoolCounts } from './pool-counts.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

let version = 0;
function object(name: string, cidr: string, metadata: object = {}): LivePool {
  const resourceVersion = `${++version}`;
  const read = readLivePool({ metadata: { name, uid: name, resourceVersion, ...metadata }, spec: { cidr } });
  if (read === null) throw new Error('not an object');
  return read;
}

it('pools are counted again where something of them was written, by whom ever, and once for all who ask', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'test');
  const writer = poolWriter({ db, epoch, underWay: new Map() });
  const editor = api.caller('editor');
  let counts = 0;
  const counting: Database = {
    ...db,
    transaction: <T>(work: (tx: Queryable) => Promise<T>) => {
      counts++;
      return db.transaction(work);
    },
  };
  /** What is counted, by as many as ask at once, and how often that was. */
  const ask = async (): Promise<{ counted: PoolCounts; times: number }> => {
    counts = 0;
    const [counted, ...more] = await Promise.all(Array.from({ length: 20 }, () => countPools(counting)));
    if (counted === undefined) throw new Error('nothing was counted');
    for (const one of more) expect(one).toEqual(counted);
    return { counted, times: counts };
  };
  expect(await ask()).toMatchObject({ counted: { owners: [] }, times: 1 });
  expect((await ask()).times).toBe(0);
  // what somebody decides
  const spec = { cidr: '10.1.0.0/16' };
  const { change } = await editor.pools.create({ name: 'a', spec });
  expect(await ask()).toMatchObject({ counted: { sync: { Pending: 1, Synced: 0 } }, times: 1 });
  // what came of it
  const applied = { uid: 'a', version: change.id, spec };
  const stand = { state: 'Synced', reason: 'AsDesired', detail: {} } as const;
  await writer.outcome({ name: 'a', row: { name: 'a', ...stand, applied }, taken: object('a', '10.1.0.0/16') });
  const ours = { class: 'hand', ours: true, deleting: false, refused: false, count: 1, unreadable: 0 };
  expect(await ask()).toMatchObject({ counted: { sync: { Synced: 1 }, owners: [ours] }, times: 1 });
  expect((await ask()).times).toBe(0);
  // what others do, also where nothing in force moves
  await writer.seen({ seen: [object('theirs', '10.2.0.0/16')], gone: [] });
  expect((await ask()).counted.owners).toEqual(
    expect.arrayContaining([{ class: 'hand', ours: false, deleting: false, refused: false, count: 1, unreadable: 0 }]),
  );
  await writer.seen({
    seen: [object('theirs', '10.2.0.0/16', { labels: { 'helm.toolkit.fluxcd.io/name': 'net' } })],
    gone: [],
  });
  const foreign = { class: 'gitops', ours: false, deleting: false, refused: false, count: 1, unreadable: 0 };
  expect((await ask()).counted.owners).toEqual(expect.arrayContaining([foreign]));
  await writer.all([]);
  expect(await ask()).toMatchObject({ counted: { owners: [] }, times: 1 });
  expect((await ask()).times).toBe(0);
});

it('of what goes, what the cluster refuses is counted apart, and what cannot be read apart from that', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'test');
  const writer = poolWriter({ db, epoch, underWay: new Map() });
  const ours = {
    managedFields: [{ manager: 'outgate', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:cidr': {} } } }],
  };
  const cidrs = { goes: '10.11.0.0/16', refused: '10.12.0.0/16', odd: 'nothing' };
  for (const [name, cidr] of Object.entries(cidrs)) {
    const spec = { cidr: '10.10.0.0/16' };
    const { version } = (await api.caller('editor').pools.create({ name, spec })).pool;
    const applied = { uid: name, version, spec };
    const stand = { state: 'Synced', reason: 'AsDesired', detail: {} } as const;
    await writer.outcome({ name, row: { name, ...stand, applied }, taken: object(name, cidr, ours) });
    await api.caller('admin').pools.delete({ name, expectedVersion: version, reason: 'not needed' });
    if (name === 'goes') continue;
    const detail = { message: 'no' };
    const row = { name, state: 'Rejected', reason: 'DeletionRefused', detail, applied } as const;
    await writer.outcome({ name, row, taken: null });
  }
  const { owners, refused } = await countPools(db);
  expect(refused.deletion).toBe(2);
  expect(owners).toHaveLength(2);
  const gone = { class: 'managed', ours: false, deleting: true };
  expect(owners).toContainEqual({ ...gone, refused: false, count: 1, unreadable: 0 });
  expect(owners).toContainEqual({ ...gone, refused: true, count: 2, unreadable: 1 });
});
