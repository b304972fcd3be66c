import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSync } from '../../db/sync.ts';
import { editor, type TestApi, testApi } from '../../testing/test-api.ts';
import { unheardDeps } from '../../testing/unheard-cluster.ts';
import { setPolicy } from './resolve-pool.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

it('a policy that the pool has already is no change, also where nothing was decided about it yet', async () => {
  const deps = await unheardDeps(api);
  const { change } = await api.caller('editor').pools.create({ name: 'a', spec: { cidr: '10.1.0.0/16' } });
  const choose = (policy: 'ask' | 'enforce', expectedVersion: number) =>
    setPolicy(deps, editor, { name: 'a', policy, expectedVersion, reason: 'nobody else may change it' });
  const asked = { reason: 'NOTHING_CHANGES', message: "pool 'a' has the policy 'ask' already" };
  await expect(choose('ask', change.id)).rejects.toMatchObject(asked);
  const enforced = (await choose('enforce', change.id)).change.id;
  await expect(choose('enforce', enforced)).rejects.toMatchObject({ reason: 'NOTHING_CHANGES' });
  const { changes } = await api.caller('viewer').changes.list({});
  expect(changes.map(({ id }) => id)).toEqual([enforced, change.id]);
  expect(changes[0]?.before).toMatchObject({ policy: { from: 'ask', to: 'enforce' } });
  expect(await readSync(api.database.db, ['a'])).toMatchObject([{ policy: 'enforce' }]);
});

it('a pool that is made again before its object is gone has the policy of a new one', async () => {
  const deps = await unheardDeps(api);
  const { pools } = api.caller('editor');
  const b = { name: 'b', spec: { cidr: '10.2.0.0/16' } };
  const { change } = await pools.create(b);
  const enforce = {
    name: 'b',
    policy: 'enforce',
    expectedVersion: change.id,
    reason: 'nobody else may change it',
  } as const;
  const { id } = (await setPolicy(deps, editor, enforce)).change;
  await pools.delete({ name: 'b', expectedVersion: id, reason: 'not needed' });
  await pools.create(b);
  expect(await readSync(api.database.db, ['b'])).toMatchObject([{ policy: 'ask' }]);
});
