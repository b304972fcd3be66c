/** What the list of pools says of the cluster beside what is desired. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLivePool } from '../../../core/cluster/live-pool.ts';
import { writeLivePools } from '../../db/live.ts';
import { newSync, writeSync } from '../../db/sync.ts';
import { liveLedger } from '../../state/ledger.ts';
import { openStateCache } from '../../state/state-cache.ts';
import { type TestApi, testApi } from '../../testing/test-api.ts';
import { unheardDeps } from '../../testing/unheard-cluster.ts';
import { listPools } from './list-pools.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

it('a pool that is not as desired says what the cluster does with it, or that the cluster has none', async () => {
  const { db } = api.database;
  const create = (name: string, cidr: string) =>
    api.caller('editor').pools.create({ name, spec: { cidr, natOutgoing: true } });
  await create('as-desired', '10.1.0.0/16');
  await create('gone', '10.2.0.0/16');
  await create('otherwise', '10.3.0.0/16');
  await create('waits', '10.4.0.0/16');
  await writeSync(db, [
    { ...newSync('as-desired'), state: 'Synced', reason: 'AsDesired' },
    { ...newSync('gone'), state: 'OutOfSync', reason: 'PoolDeletedInCluster' },
    { ...newSync('otherwise'), state: 'OutOfSync', reason: 'FieldChangedInCluster' },
  ]);
  const there = [
    ['as-desired', { cidr: '10.1.0.0/16', natOutgoing: true }],
    ['otherwise', { cidr: '10.3.0.0/16', disabled: true }],
  ] as const;
  const objects = there.flatMap(
    ([name, spec]) => readLivePool({ metadata: { name, uid: name, resourceVersion: '1' }, spec }) ?? [],
  );
  await writeLivePools(db, objects, []);
  const deps = { ...(await unheardDeps(api)), effective: await openStateCache({ db, ledger: liveLedger }) };
  const { pools } = await listPools(deps, { limit: 10 });
  expect(Object.fromEntries(pools.map(({ name, live }) => [name, live]))).toEqual({
    'as-desired': null,
    gone: 'none',
    otherwise: { allocates: false, nats: false, exempt: true },
    // not brought there yet: that it is not there says nothing more
    waits: null,
  });
});
