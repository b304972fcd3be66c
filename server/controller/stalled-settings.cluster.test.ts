/** Settings of a FelixConfiguration that are decided one way and back, while writes hang or others delete the object. */
import { expect, it, onTestFinished } from 'vitest';
import type { NatSettings } from '../../core/nat/settings.ts';
import { editedSettings } from '../../e2e/cluster/edited.ts';
import { calicoPath } from '../../e2e/cluster/install-crds.ts';
import { keptWrite } from '../../e2e/cluster/kept-write.ts';
import { ledTerms } from '../../e2e/cluster/led-terms.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { settingsSync } from '../db/sync.ts';
import { previewSettings } from '../services/settings/preview-settings.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const settings = editedSettings(site);
const FELIX = calicoPath('v3', 'felixconfigurations');
const [ports, other] = [{ natPortRange: '30000:40000' }, { natPortRange: '40000:50000' }];
const reason = 'so it shall be';

const version = async () => (await site.api.caller('editor').settings.get()).version;
const decide = async (global: NatSettings): Promise<number> => {
  const decided = { settings: { global, nodes: {} }, expectedVersion: await version(), reason };
  const { change } = await site.api.caller('editor').settings.update(decided);
  if (change === null) throw new Error('nothing was decided');
  return change.id;
};
const detail = async () => (await settingsSync.read(site.api.database.db, ['default']))[0]?.detail;
const mirrored = () => soon(async () => expect(site.leading?.mirrored().settings).toBe(true));

/** One leads, and the cluster has these settings. */
async function made(): Promise<void> {
  onTestFinished(async () => {
    await site.end();
    await request(site.server.as('admin'), 'DELETE', FELIX);
    await decide({}).catch(() => {});
    await site.api.database.db.query('DELETE FROM settings_sync');
  });
  await site.begin();
  const version = await decide(ports);
  await settings.stands({ state: 'Synced', applied: { version } });
}

it.each([
  ['of a leader that stalled', true],
  ['of this very leader', false],
])('an apply %s that comes late changes nothing any more', async (_, isOther) => {
  await made();
  await site.end();
  const { connection, comes, heal } = keptWrite(site.connection);
  await site.begin(connection);
  await mirrored();
  await decide(other);
  await soon(async () => expect(await detail()).toHaveProperty('message'));
  if (isOther) await site.end();
  const version = await decide(ports);
  if (isOther) await site.begin();
  heal();
  await settings.stands({ state: 'Synced', applied: { version } });
  await expect(comes()).rejects.toMatchObject({ kind: 'stale' });
  expect(await settings.spec()).toEqual(ports);
  await settings.stands({ state: 'Synced' });
});

it('emptied and saved again before that is carried out, settings that others deleted are made', async () => {
  await made();
  await must(site.server.as('admin'), 'DELETE', `${FELIX}/default`);
  await settings.stands({ state: 'OutOfSync', reason: 'SettingsDeletedInCluster' });
  await site.end();
  await decide({});
  const effect = await previewSettings(site.deps, { global: ports, nodes: {} });
  expect(effect).toMatchObject({ deleted: [] });
  const version = await decide(ports);
  await site.begin();
  await settings.stands({ state: 'Synced', applied: { version } });
  expect(await settings.spec()).toEqual(ports);
});
