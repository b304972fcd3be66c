/** Pools of others become ours as they are: one change, and as many statements for thousands as for two. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LivePool, readLivePool } from '../../../core/cluster/live-pool.ts';
import { findChange } from '../../db/changes.ts';
import type { Database } from '../../db/client.ts';
import { writeLivePools } from '../../db/live.ts';
import { countPools } from '../../db/pool-counts.ts';
import { readSync } from '../../db/sync.ts';
import { editor, type TestApi, testApi } from '../../testing/test-api.ts';
import { unheardDeps } from '../../testing/unheard-cluster.ts';
import { adoptPools } from './adopt-pools.ts';
import { listLivePools } from './live-pools.ts';

let api: TestApi;
const reason = 'we decide about these from now on';
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

const made = (name: string, second: number, third: number): LivePool[] => {
  const metadata = { name, uid: `uid-${name}`, resourceVersion: '1' };
  const pool = readLivePool({ metadata, spec: { cidr: `10.${second}.${third}.7/24`, natOutgoing: true } });
  return pool === null ? [] : [pool];
};
const many = (prefix: string, count: number, second: number): LivePool[] =>
  Array.from({ length: count }, (_, i) => made(`${prefix}-${i}`, second + (i >> 8), i & 255)).flat();

/** How many statements it takes in transactions. */
async function statementsOf(work: (db: Database) => Promise<unknown>): Promise<number> {
  const { db } = api.database;
  let count = 0;
  await work({
    ...db,
    transaction: (inside) =>
      db.transaction((tx) =>
        inside({
          query: (...statement) => {
            count++;
            return tx.query(...statement);
          },
        }),
      ),
  });
  return count;
}

it('thousands are adopted by as many statements as two, each as it is, in one change', async () => {
  const { db } = api.database;
  const deps = await unheardDeps(api);
  const adopt = (names: readonly string[]) =>
    statementsOf((counting) => adoptPools({ ...deps, db: counting }, editor, { names, reason }));
  const [few, lots] = [many('few', 2, 1), many('lots', 3_000, 10)];
  await writeLivePools(db, [...few, ...lots], []);
  const names = lots.map(({ name }) => name);
  expect(await adopt(names)).toBe(await adopt(few.map(({ name }) => name)));

  const [row] = await readSync(db, ['lots-2999']);
  const spec = { cidr: '10.21.183.0/24', natOutgoing: true };
  expect(row).toMatchObject({
    policy: 'ask',
    state: 'Pending',
    reason: 'WaitingForCluster',
    detail: {},
    applied: { uid: 'uid-lots-2999', version: 1, spec },
    forceVersion: null,
    deletedBy: null,
  });
  expect((await countPools(db)).sync.Pending).toBe(3_002);
  const change = await findChange(db, 1);
  expect(change).toMatchObject({ actor: 'editor', action: 'pool.adopt', reason, before: [] });
  expect(change?.pools).toEqual(names.sort());
  expect(change?.after).toHaveLength(3_000);
});

it('all or none: one that is not there leaves the others as they were', async () => {
  const deps = await unheardDeps(api);
  await writeLivePools(api.database.db, made('alone', 40, 0), []);
  const both = { names: ['alone', 'nowhere'], reason };
  await expect(adoptPools(deps, editor, both)).rejects.toThrow('nowhere cannot be adopted: the cluster has no pool');
  expect(await readSync(api.database.db, both.names)).toEqual([]);
});

it('one that is being deleted there is refused, and says so in the list', async () => {
  const deps = await unheardDeps(api);
  const metadata = { name: 'going', uid: 'u', resourceVersion: '1', deletionTimestamp: '2026-01-01T00:00:00Z' };
  const going = readLivePool({ metadata, spec: { cidr: '10.41.0.0/16' } });
  await writeLivePools(api.database.db, going === null ? [] : [going], []);
  expect(await listLivePools(deps)).toContainEqual(expect.objectContaining({ name: 'going', deleting: true }));
  await expect(adoptPools(deps, editor, { names: ['going'], reason })).rejects.toThrow(
    'going cannot be adopted: it is being deleted in the cluster',
  );
  expect(await readSync(api.database.db, ['going'])).toEqual([]);
});
