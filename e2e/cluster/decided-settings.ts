/** What is decided about FelixConfiguration `default` while somebody leads or nobody does; all of it is gone after the test. */
import { expect, onTestFinished } from 'vitest';
import type { NatSettings } from '../../core/nat/settings.ts';
import { readLive } from '../../server/db/live.ts';
import { settingsSync } from '../../server/db/sync.ts';
import { soon } from '../../server/testing/soon.ts';
import { calicoPath } from './install-crds.ts';
import type { ledTerms } from './led-terms.ts';
import { must, request } from './request.ts';

export const FELIX = calicoPath('v3', 'felixconfigurations');

export function decidedSettings(site: ReturnType<typeof ledTerms>) {
  const row = async () => (await settingsSync.read(site.api.database.db, ['default']))[0];
  const mirrored = () => soon(async () => expect(site.leading?.mirrored().settings).toBe(true));
  const inForce = (global: NatSettings) =>
    soon(async () => expect((await readLive(site.api.database.db)).settings.global).toEqual(global));
  const decide = async (global: NatSettings): Promise<number> => {
    const { settings } = site.api.caller('editor');
    const { version: expectedVersion } = await settings.get();
    const decided = { settings: { global, nodes: {} }, expectedVersion, reason: 'so it shall be' };
    const { change } = await settings.update(decided);
    if (change === null) throw new Error('nothing was decided');
    return change.id;
  };
  const stored = async () =>
    (await request(site.server.as('admin'), 'GET', `${FELIX}/default`)).body as {
      readonly metadata?: { readonly resourceVersion: string };
      readonly spec?: NatSettings;
    };
  const clean = async (): Promise<void> => {
    await site.end();
    await request(site.server.as('admin'), 'DELETE', FELIX);
    await decide({}).catch(() => {});
    await site.api.database.db.query('DELETE FROM settings_sync');
    await site.begin();
    await mirrored();
    await inForce({});
    await site.end();
  };
  return {
    row,
    mirrored,
    decide,
    inForce,
    isIdle: () => soon(async () => expect(site.leading?.queued()).toBe(0)),
    /** What is there is gone after the test. */
    cleaned: (): void => onTestFinished(clean),
    /** One leads, and the cluster has these settings. */
    made: async (global: NatSettings): Promise<number> => {
      onTestFinished(clean);
      await site.begin();
      const version = await decide(global);
      await soon(async () => expect(await row()).toMatchObject({ state: 'Synced', applied: { version } }));
      return version;
    },
    /** Somebody else writes to it. */
    edit: (spec: object): Promise<unknown> =>
      must(site.server.as('admin'), 'PATCH', `${FELIX}/default?fieldManager=kubectl-edit`, { spec }),
    /** Somebody else makes the object. */
    makeOthers: (spec: object): Promise<unknown> =>
      must(site.server.as('admin'), 'POST', `${FELIX}?fieldManager=calico`, {
        apiVersion: 'projectcalico.org/v3',
        kind: 'FelixConfiguration',
        metadata: { name: 'default' },
        spec,
      }),
    spec: async (): Promise<NatSettings> => (await stored()).spec ?? {},
    /** A write moves it. */
    objectVersion: async (): Promise<string | undefined> => (await stored()).metadata?.resourceVersion,
  };
}
