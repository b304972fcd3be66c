/** Theirs that is taken of NAT settings: the change keeps which fields were, and can be taken back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLiveFelix } from '../../../core/cluster/live-settings.ts';
import { writeLiveFelixes } from '../../db/live-felix.ts';
import { editor, type TestApi, testApi } from '../../testing/test-api.ts';
import { unheardDeps } from '../../testing/unheard-cluster.ts';
import { revertChange } from '../changes/revert-change.ts';
import type { Deps } from '../deps.ts';
import { getSettings, updateSettings } from '../settings/settings.ts';
import { resolveSettings } from './resolve-settings.ts';

let api: TestApi;
let deps: Deps;
beforeAll(async () => {
  api = await testApi();
  deps = await unheardDeps(api);
});
afterAll(() => api?.close());

const reason = 'theirs is right';

it('keeps the fields in which the cluster had something else; a revert brings back the settings alone', async () => {
  const settings = { global: { natPortRange: '10000:20000', natOutgoingAddress: '192.0.2.1' }, nodes: {} };
  await updateSettings(deps, editor, { settings, expectedVersion: (await getSettings(deps)).version, reason });
  const metadata = { name: 'default', uid: 'uid', resourceVersion: '1' };
  const spec = { natPortRange: '40000:50000', natOutgoingAddress: '192.0.2.1' };
  const felix = readLiveFelix({ metadata, spec });
  await writeLiveFelixes(deps.db, felix === null ? [] : [felix], []);
  const expectedVersion = (await getSettings(deps)).version;
  const { change } = await resolveSettings(deps, editor, {
    object: 'default',
    choice: 'theirs',
    expectedVersion,
    reason,
  });
  expect(change).toMatchObject({
    action: 'settings.update',
    before: { ...settings, theirs: ['natPortRange'] },
    after: { global: spec },
  });
  await revertChange(deps, editor, { id: change.id, reason });
  expect((await getSettings(deps)).settings).toEqual(settings);
});
