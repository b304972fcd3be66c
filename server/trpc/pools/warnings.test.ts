/** A pool is warned about in the same words whoever asks: before it is saved, by the save, and afterwards. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApi, testApi } from '../../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(async () => api?.close());

it('what stops Felix, and ranges', async () => {
  const [admin, editor] = [api.caller('admin'), api.caller('editor')];
  const { version } = await admin.settings.get();
  const settings = { global: { natOutgoingAddress: '192.0.2.50' }, nodes: {} };
  await admin.settings.update({ settings, expectedVersion: version, reason: 'a fixed address' });
  const pool = { name: 'six', spec: { cidr: 'ff00::/64', natOutgoing: true } };
  const { warnings } = await editor.pools.preview(pool);
  expect(warnings.map(({ code }) => code)).toEqual(['W_MULTICAST', 'W_FELIX_IPV6_POOL']);
  const made = await editor.pools.create(pool);
  const spec = { ...pool.spec, disabled: true };
  const changed = await editor.pools.update({ name: 'six', spec, expectedVersion: made.pool.version });
  const got = await editor.pools.get({ name: 'six' });
  const listed = (await editor.pools.list({})).pools[0];
  for (const one of [made.pool, changed.pool, got, listed]) expect(one?.warnings).toEqual(warnings);
  const yaml = got.yaml.replace('name: six', 'name: seven').replace('ff00:', 'ff01:');
  expect((await editor.pools.previewImport({ yaml })).warnings.map(({ code }) => code)).toEqual([
    'W_MULTICAST',
    'W_FELIX_IPV6_POOL',
  ]);
});
