/** What others edited of ours in the cluster, a pool `a` or FelixConfiguration `default`, and the use of force on it. */
import { expect, onTestFinished } from 'vitest';
import type { NatSettings } from '../../core/nat/settings.ts';
import { settingsSync } from '../../server/db/sync.ts';
import type { ChangeView } from '../../server/services/changes/change-view.ts';
import { resolvePool } from '../../server/services/cluster/resolve-pool.ts';
import { resolveSettings } from '../../server/services/cluster/resolve-settings.ts';
import { soon } from '../../server/testing/soon.ts';
import { editor } from '../../server/testing/test-api.ts';
import { calicoPath } from './install-crds.ts';
import type { ledTerms } from './led-terms.ts';
import { must, request } from './request.ts';

const FELIX = calicoPath('v3', 'felixconfigurations');
const force = { choice: 'ours', reason: 'it was looked at' } as const;

export function editedPool(site: ReturnType<typeof ledTerms>) {
  return {
    /** When that is known nobody leads any more. */
    make: async (): Promise<void> => {
      await site.made();
      await site.edit('a', { natOutgoing: false });
      await site.stands('a', { state: 'OutOfSync' });
      await site.end();
    },
    force: async (): Promise<ChangeView> => {
      const { version: expectedVersion } = await site.api.caller('editor').pools.get({ name: 'a' });
      return (await resolvePool(site.deps, editor, { ...force, name: 'a', expectedVersion })).change;
    },
  };
}

export function editedSettings(site: ReturnType<typeof ledTerms>) {
  const version = async () => (await site.api.caller('editor').settings.get()).version;
  const edit = (spec: NatSettings, manager: string) =>
    must(site.server.as('admin'), 'PATCH', `${FELIX}/default?fieldManager=${manager}`, { spec });
  const stands = (expected: object) =>
    soon(async () => expect(await settingsSync.read(site.api.database.db, ['default'])).toMatchObject([expected]));
  return {
    edit,
    stands,
    /** When that is known nobody leads any more. */
    make: async (): Promise<void> => {
      onTestFinished(async () => {
        await request(site.server.as('admin'), 'DELETE', FELIX);
        await site.api.database.db.query('DELETE FROM settings_sync');
      });
      await site.begin();
      const settings = { global: { natPortRange: '30000:40000' }, nodes: {} };
      const decided = { settings, expectedVersion: await version(), reason: 'so it shall be' };
      const { change } = await site.api.caller('editor').settings.update(decided);
      // by its number: what a test before decided may come first, and an edit before ours is applied differs from nothing
      await stands({ state: 'Synced', applied: { version: change?.id } });
      await edit({ natPortRange: '50000:60000' }, 'kubectl-edit');
      await stands({ state: 'OutOfSync' });
      await site.end();
    },
    force: async (): Promise<ChangeView> => {
      const input = { ...force, object: 'default', expectedVersion: await version() };
      return (await resolveSettings(site.deps, editor, input)).change;
    },
    spec: async (): Promise<NatSettings> =>
      ((await request(site.server.as('admin'), 'GET', `${FELIX}/default`)).body as { spec: NatSettings }).spec,
  };
}
