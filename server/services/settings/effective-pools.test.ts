/** Settings must get along with the pools that nodes will have: of a field that is let go with what the cluster has of it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLivePool } from '../../../core/cluster/live-pool.ts';
import { writeLivePools } from '../../db/live.ts';
import { writeReleased } from '../../db/released.ts';
import { newSync, writeSync } from '../../db/sync.ts';
import { editor, type TestApi, testApi } from '../../testing/test-api.ts';
import { unheardDeps } from '../../testing/unheard-cluster.ts';
import { getSettings, updateSettings } from './settings.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

it('an address in a pool that is NATed by a released field is refused', async () => {
  const { db } = api.database;
  const deps = await unheardDeps(api);
  const spec = { cidr: '10.1.0.0/16', natOutgoing: false };
  await api.caller('editor').pools.create({ name: 'a', spec });
  await writeSync(db, [newSync('a')]);
  await writeReleased(db, 'a', ['natOutgoing']);
  const metadata = { name: 'a', uid: 'uid-a', resourceVersion: '1' };
  const live = readLivePool({ metadata, spec: { ...spec, natOutgoing: true } });
  await writeLivePools(db, live === null ? [] : [live], []);
  const settings = { global: { natOutgoingAddress: '10.1.0.9' }, nodes: {} };
  const { version: expectedVersion } = await getSettings(deps);
  const update = updateSettings(deps, editor, { settings, expectedVersion, reason: 'one address outside' });
  await expect(update).rejects.toMatchObject({ reason: 'SETTINGS_VIOLATIONS', message: /10\.1\.0\.9/ });
});
