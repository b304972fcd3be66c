/** Theirs that is taken of NAT settings, and settings that are let go: the change keeps which fields were, and can be taken back. */
import { expect, it } from 'vitest';
import { readLiveFelix } from '../../../core/cluster/live-settings.ts';
import { writeLiveFelixes } from '../../db/live-felix.ts';
import { editor } from '../../testing/test-api.ts';
import { unheardSite } from '../../testing/unheard-cluster.ts';
import { revertChange } from '../changes/revert-change.ts';
import { getSettings, updateSettings } from '../settings/settings.ts';
import { resolveSettings } from './resolve-settings.ts';

const site = unheardSite();

const reason = 'theirs is right';

it('keeps the fields in which the cluster had something else; a revert brings back the settings alone', async () => {
  const settings = { global: { natPortRange: '10000:20000', natOutgoingAddress: '192.0.2.1' }, nodes: {} };
  await updateSettings(site.deps, editor, {
    settings,
    expectedVersion: (await getSettings(site.deps)).version,
    reason,
  });
  const metadata = { name: 'default', uid: 'uid', resourceVersion: '1' };
  const spec = { natPortRange: '40000:50000', natOutgoingAddress: '192.0.2.1' };
  const felix = readLiveFelix({ metadata, spec });
  await writeLiveFelixes(site.deps.db, felix === null ? [] : [felix], []);
  const expectedVersion = (await getSettings(site.deps)).version;
  const { change } = await resolveSettings(site.deps, editor, {
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
  await revertChange(site.deps, editor, { id: change.id, reason });
  expect((await getSettings(site.deps)).settings).toEqual(settings);
});

it('keeps the fields that are let go', async () => {
  const { settings, version: expectedVersion } = await getSettings(site.deps);
  const release = { object: 'default', choice: 'release', fields: ['natPortRange'], expectedVersion, reason } as const;
  const { change } = await resolveSettings(site.deps, editor, release);
  expect(change).toMatchObject({ action: 'settings.update', before: { ...settings, letGo: ['natPortRange'] } });
  expect(change.after).not.toHaveProperty('global.natPortRange');
  await revertChange(site.deps, editor, { id: change.id, reason });
  expect((await getSettings(site.deps)).settings).toEqual(settings);
});
