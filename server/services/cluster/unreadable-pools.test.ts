/** Pools of the cluster that Calico cannot read: told apart from those that nodes follow, and not to be adopted. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepLastGood, type LivePool, readLivePool } from '../../../core/cluster/live-pool.ts';
import { writeLivePools } from '../../db/live.ts';
import { editor, type TestApi, testApi } from '../../testing/test-api.ts';
import { unheardDeps } from '../../testing/unheard-cluster.ts';
import { adoptPools } from './adopt-pools.ts';
import { getCluster } from './cluster.ts';
import { listLivePools } from './live-pools.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

function object(name: string, spec: unknown, labels: object = {}): LivePool {
  const read = readLivePool({ metadata: { name, uid: name, resourceVersion: '1', labels }, spec });
  if (read === null) throw new Error('not an object');
  return read;
}

it('a pool that cannot be read says why, is not counted as followed, and is not adopted', async () => {
  const deps = await unheardDeps(api);
  const good = ['10.1.0.0/16', '10.2.3.4/24', 'fd00::/48', 'FD01:0:0::1/64', '0.0.0.0/0'];
  const bad = [
    '10.0.0.0/99',
    '10.0.0.300/24',
    '10.3.0.0',
    '',
    'ten',
    'fd00::1::/48',
    '010.4.0.0/16',
    '10.5.0.0/016',
    '::ffff:10.9.0.0/120',
  ];
  await writeLivePools(
    api.database.db,
    [
      ...good.map((cidr, i) => object(`good-${i}`, { cidr })),
      ...bad.map((cidr, i) => object(`bad-${i}`, { cidr })),
      object('gitops', { cidr: 'nonsense' }, { 'helm.toolkit.fluxcd.io/name': 'net' }),
      object('odd', { cidr: '10.6.0.0/16', natOutgoing: 'yes' }),
      keepLastGood(object('once', { cidr: '10.7.0.0/16' }), object('once', { cidr: '10.7.0.0/16', disabled: 7 })),
    ],
    [],
  );
  const pools = await listLivePools(deps);
  const unreadable = new Map(pools.map((pool) => [pool.name, pool.unreadable]));
  for (const i of good.keys()) expect(unreadable.get(`good-${i}`)).toBe(null);
  expect(unreadable.get('bad-0')).toEqual({ why: "cidr must be an address range: '10.0.0.0/99'", followed: false });
  const facets = new Map(pools.map((pool) => [pool.name, pool.facets]));
  for (const i of bad.keys()) expect(facets.get(`bad-${i}`)).toBe(null);
  for (const name of ['good-0', 'once']) expect(facets.get(name)).toMatchObject({ allocates: true });
  expect(unreadable.get('odd')).toEqual({ why: "natOutgoing must be true or false: 'yes'", followed: false });
  expect(unreadable.get('once')).toEqual({ why: 'disabled must be true or false: 7', followed: true });
  const nothing = pools.filter((pool) => pool.unreadable?.followed === false).length;
  expect(nothing).toBe(bad.length + 2);
  expect((await getCluster(deps)).live).toEqual({
    managed: 0,
    observed: good.length + 1,
    foreign: 0,
    deleting: 0,
    refused: 0,
    unreadable: nothing,
  });
  for (const name of ['bad-0', 'odd', 'once']) {
    await expect(adoptPools(deps, editor, { names: ['good-0', name], reason: 'ours now' })).rejects.toThrow(
      `${name} cannot be adopted: Calico cannot read it: ${unreadable.get(name)?.why}`,
    );
  }
});
