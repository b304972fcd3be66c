/** What others do in the cluster between a decision about force and its use: nobody decided about that. */
import { expect, it, vi } from 'vitest';
import type { NatSettings } from '../../core/nat/settings.ts';
import { calicoPath } from '../../e2e/cluster/install-crds.ts';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { settingsSync } from '../db/sync.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import { resolveSettings } from '../services/cluster/resolve-settings.ts';
import { editor } from '../testing/test-api.ts';

const site = ledTerms();
const settled = { timeout: 15_000, interval: 30 };

/** A pool of ours that somebody edited; when it is known to be so nobody leads any more, and force is decided. */
async function forced(): Promise<void> {
  await site.made();
  await site.edit('a', { natOutgoing: false });
  await site.stands('a', { state: 'OutOfSync' });
  await site.end();
  await force();
}
async function force() {
  const { version: expectedVersion } = await site.api.caller('editor').pools.get({ name: 'a' });
  return resolvePool(site.deps, editor, {
    name: 'a',
    choice: 'ours',
    expectedVersion,
    reason: 'it was looked at',
  });
}

it('a pool that others changed since force was decided is not written over until somebody decides about that too', async () => {
  await forced();
  await site.edit('a', { disabled: true }, 'nightly-job');
  await site.begin();
  await site.stands('a', {
    state: 'OutOfSync',
    reason: 'FieldChangedInCluster',
    detail: { fields: ['natOutgoing', 'disabled'], managers: ['kubectl-edit', 'nightly-job'] },
  });
  expect((await site.stored('a'))?.spec).toMatchObject({ natOutgoing: false, disabled: true });
  // nor is it when it is once more as it was then
  await site.edit('a', { disabled: false }, 'nightly-job');
  await site.stands('a', { state: 'OutOfSync', detail: { fields: ['natOutgoing'] } });
  await site.edit('a', { disabled: true }, 'nightly-job');
  await site.stands('a', { state: 'OutOfSync', detail: { fields: ['natOutgoing', 'disabled'] } });
  await site.end();
  // what is written over then stands in History, and from whom
  expect((await force()).change).toMatchObject({
    before: {
      spec: { natOutgoing: false, disabled: true },
      taken: [
        { field: 'natOutgoing', managers: ['kubectl-edit'] },
        { field: 'disabled', managers: ['nightly-job'] },
      ],
    },
  });
  await site.begin();
  await site.stands('a', { state: 'Synced', forceVersion: null });
  expect((await site.stored('a'))?.spec).toMatchObject({ natOutgoing: true, disabled: false });
});

it('a pool that was touched elsewhere since is written over as was decided', async () => {
  await forced();
  await must(site.server.as('admin'), 'PATCH', `${POOLS}/a?fieldManager=kubectl-edit`, {
    metadata: { annotations: { note: 'seen' } },
  });
  await site.begin();
  await site.stands('a', { state: 'Synced', forceVersion: null });
  expect((await site.stored('a'))?.spec).toMatchObject(nat);
});

it('a pool that was deleted since is not made again', async () => {
  await forced();
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.begin();
  await site.stands('a', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
  expect(await site.stored('a')).toBe(null);
});

it('settings that others changed since force was decided are not written over until somebody decides about that too', async () => {
  const admin = site.server.as('admin');
  const felix = calicoPath('v3', 'felixconfigurations');
  const caller = site.api.caller('editor');
  const edit = (spec: NatSettings, manager: string) =>
    must(admin, 'PATCH', `${felix}/default?fieldManager=${manager}`, { spec });
  const stands = (expected: object) =>
    vi.waitFor(
      async () => expect(await settingsSync.read(site.api.database.db, ['default'])).toMatchObject([expected]),
      settled,
    );
  const spec = async () => ((await request(admin, 'GET', `${felix}/default`)).body as { spec: NatSettings }).spec;
  const forceSettings = async () => {
    const { version: expectedVersion } = await caller.settings.get();
    const choice = { object: 'default', choice: 'ours', expectedVersion, reason: 'it was looked at' } as const;
    return resolveSettings(site.deps, editor, choice);
  };
  try {
    await site.begin();
    const { version: expectedVersion } = await caller.settings.get();
    const settings = { global: { natPortRange: '30000:40000' }, nodes: {} };
    await caller.settings.update({ settings, expectedVersion, reason: 'so it shall be' });
    await stands({ state: 'Synced' });
    await edit({ natPortRange: '50000:60000' }, 'kubectl-edit');
    await stands({ state: 'OutOfSync' });
    await site.end();
    await forceSettings();
    await edit({ natPortRange: '50000:60001' }, 'nightly-job');
    await site.begin();
    await stands({ state: 'OutOfSync', detail: { fields: ['natPortRange'], managers: ['nightly-job'] } });
    expect(await spec()).toEqual({ natPortRange: '50000:60001' });
    await edit({ natPortRange: '50000:60000' }, 'kubectl-edit');
    await stands({ state: 'OutOfSync', detail: { managers: ['kubectl-edit'] } });
    await edit({ natPortRange: '50000:60001' }, 'nightly-job');
    await stands({ state: 'OutOfSync', detail: { managers: ['nightly-job'] } });
    await site.end();
    expect((await forceSettings()).change).toMatchObject({
      before: { taken: [{ field: 'natPortRange', managers: ['nightly-job'] }] },
    });
    await site.begin();
    await stands({ state: 'Synced', forceVersion: null });
    expect(await spec()).toEqual({ natPortRange: '30000:40000' });
  } finally {
    await must(admin, 'DELETE', felix);
  }
});
