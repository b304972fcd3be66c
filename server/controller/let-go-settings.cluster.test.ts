/** A setting that is let go waits for no node where the cluster keeps it, whatever others write there later. */
import { expect, it } from 'vitest';
import type { NatSettings } from '../../core/nat/settings.ts';
import { editedSettings } from '../../e2e/cluster/edited.ts';
import { ledTerms } from '../../e2e/cluster/led-terms.ts';
import { held, nowhere, toldChanges } from '../../e2e/cluster/told-changes.ts';
import { readLive } from '../db/live.ts';
import { resolveSettings } from '../services/cluster/resolve-settings.ts';
import { soon } from '../testing/soon.ts';
import { editor } from '../testing/test-api.ts';

const site = ledTerms();
const settings = editedSettings(site);
const { told, holds } = toldChanges(site);
const nothing = { ...nowhere, didNothing: 'it moved nothing in the cluster' };
const reason = 'so it shall be';

const version = async () => (await site.api.caller('editor').settings.get()).version;
const decide = async (global: NatSettings): Promise<void> => {
  const decided = { settings: { global, nodes: {} }, expectedVersion: await version(), reason };
  await site.api.caller('editor').settings.update(decided);
};
const choose = async (choice: 'theirs' | 'release'): Promise<number> => {
  const input = { object: 'default', choice, expectedVersion: await version(), reason };
  return (await resolveSettings(site.deps, editor, input)).change.id;
};
const inForce = (global: object) =>
  soon(async () => expect((await readLive(site.api.database.db)).settings.global).toEqual(global));
const tells = (change: number, expected: object) =>
  soon(async () => expect(await told(change)).toMatchObject(expected));

it('what others hold stays: neither what they write later nor what is decided here again carries it out', async () => {
  await settings.make();
  await site.begin();
  await choose('theirs');
  await settings.stands({ state: 'Synced' });
  const letGo = await choose('release');
  await tells(letGo, nothing);
  await settings.edit({ natPortRange: '50000:60001' }, 'helm');
  await inForce({ natPortRange: '50000:60001' });
  await holds();
  expect(await told(letGo)).toMatchObject(nothing);
  await settings.edit({ natPortRange: null, natOutgoingExclusions: 'IPPoolsAndHostIPs' } as object, 'helm');
  await inForce({ natOutgoingExclusions: 'IPPoolsAndHostIPs' });
  await holds();
  expect(await told(letGo)).toMatchObject(nothing);
  await decide({ natPortRange: '40000:50000' });
  await inForce({ natOutgoingExclusions: 'IPPoolsAndHostIPs', natPortRange: '40000:50000' });
  // ours alone: it goes from there, by this one
  const gone = await choose('release');
  await inForce({ natOutgoingExclusions: 'IPPoolsAndHostIPs' });
  await holds();
  await tells(gone, held);
  expect(await told(letGo)).toMatchObject(nothing);
});

it('what the cluster does not have has nowhere to go from', async () => {
  await settings.make();
  await settings.edit({ natPortRange: null } as object, 'helm');
  await site.begin();
  await inForce({});
  const letGo = await choose('release');
  await holds();
  await tells(letGo, nothing);
});

it('of several it counts from where one goes, though others keep the rest', async () => {
  await settings.make();
  await site.begin();
  await decide({ natPortRange: '50000:60000', natOutgoingExclusions: 'IPPoolsAndHostIPs' });
  await inForce({ natPortRange: '50000:60000', natOutgoingExclusions: 'IPPoolsAndHostIPs' });
  const letGo = await choose('release');
  await inForce({ natPortRange: '50000:60000' });
  await holds();
  await tells(letGo, held);
});
