/** Pools of others that share addresses: what becomes of traffic from each is told as they decide it together. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LivePool, readLivePool } from '../../../core/cluster/live-pool.ts';
import type { PoolSpec } from '../../../core/pool/spec.ts';
import { writeLivePools } from '../../db/live.ts';
import { type TestApi, testApi } from '../../testing/test-api.ts';
import { unheardDeps } from '../../testing/unheard-cluster.ts';
import { listLivePools } from './live-pools.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

function object(name: string, spec: PoolSpec): LivePool {
  const read = readLivePool({ metadata: { name, uid: name, resourceVersion: '1' }, spec });
  if (read === null) throw new Error('not an object');
  return read;
}

it('by the pool around it, of the same CIDR or inside it, also after one of them changed', async () => {
  const deps = await unheardDeps(api);
  const shown = async () => new Map((await listLivePools(deps)).map((pool) => [pool.name, pool]));
  await writeLivePools(
    api.database.db,
    [
      object('ov-a', { cidr: '172.29.0.0/16', natOutgoing: true }),
      object('ov-b', { cidr: '172.29.1.0/24' }),
      object('ov-c', { cidr: '172.29.0.0/16' }),
      object('oz-a', { cidr: '172.28.0.0/16' }),
      object('oz-b', { cidr: '172.28.0.0/16', natOutgoing: true }),
      object('wide', { cidr: '10.0.0.0/8' }),
      ...Array.from({ length: 12 }, (_, i) => object(`in-${i + 10}`, { cidr: `10.${i}.0.0/16`, natOutgoing: true })),
      object('alone', { cidr: '192.168.0.0/16', natOutgoing: true }),
    ],
    [],
  );
  const before = await shown();
  const byA = { nats: 'all', by: ['ov-a'], count: 1 };
  expect(before.get('ov-a')?.decidedBy).toBe(null);
  expect(before.get('ov-b')?.decidedBy).toEqual(byA);
  expect(before.get('ov-c')?.decidedBy).toEqual(byA);
  expect(before.get('oz-a')?.decidedBy).toBe(null);
  expect(before.get('oz-b')?.decidedBy).toEqual({ nats: 'none', by: ['oz-a'], count: 1 });
  const firstTen = Array.from({ length: 10 }, (_, i) => `in-${i + 10}`);
  expect(before.get('wide')?.decidedBy).toEqual({ nats: 'part', by: firstTen, count: 12 });
  expect(before.get('alone')).toMatchObject({ decidedBy: null, violations: [] });
  const message = expect.stringContaining('IPPool(ov-a) CIDR 172.29.0.0/16');
  expect(before.get('ov-b')?.violations).toContainEqual({ rule: 'C17', field: 'spec.cidr', message });

  await writeLivePools(api.database.db, [object('ov-a', { cidr: '172.29.0.0/16' })], ['oz-a']);
  const after = await shown();
  for (const name of ['ov-a', 'ov-b', 'ov-c', 'oz-b']) expect(after.get(name)?.decidedBy).toBe(null);
  expect(after.get('oz-b')?.violations).toEqual([]);
});
