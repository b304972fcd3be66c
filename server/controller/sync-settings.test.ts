import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLiveFelix } from '../../core/cluster/live-settings.ts';
import { OUR_MANAGER } from '../../core/cluster/managed-fields.ts';
import type { ClusterSettings } from '../../core/nat/settings.ts';
import { beginTerm } from '../db/live.ts';
import { settingsSync } from '../db/sync.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { lateWrites } from './late-writes.ts';
import { mirrorSettings } from './mirror-settings.ts';
import { syncSettings } from './sync-settings.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

const ports = { natPortRange: '30000:40000' };
async function decide(settings: ClusterSettings): Promise<number> {
  const editor = api.caller('editor');
  const { version: expectedVersion } = await editor.settings.get();
  const { change } = await editor.settings.update({ settings, expectedVersion, reason: 'so it shall be' });
  return change?.id ?? 0;
}
/** About another object, so often. */
async function decideElsewhere(times: number): Promise<number> {
  let last = 0;
  for (let i = 0; i < times; i++) {
    last = await decide({ global: ports, nodes: { 'n-1': { natPortRange: `${40_000 + last}:60000` } } });
  }
  return last;
}

it('of settings that are as they should be no look goes through all that was ever decided about others', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'test');
  const version = await decide({ global: ports, nodes: {} });
  const fieldsV1 = { 'f:spec': { 'f:natPortRange': {} } };
  const managedFields = [{ manager: OUR_MANAGER, operation: 'Apply', fieldsV1 }];
  const metadata = { name: 'default', uid: 'u', resourceVersion: '5', managedFields };
  const seen = readLiveFelix({ metadata, spec: ports });
  if (seen === null) throw new Error('the object must be readable');
  await mirrorSettings(db, epoch, { seen: [seen], gone: [], hosts: () => null });
  const applied = { uid: 'u', version, spec: ports };
  const stand = { state: 'Synced', reason: 'AsDesired', detail: { fields: [], managers: [] } } as const;
  await settingsSync.writeOutcomes(db, [{ name: 'default', ...stand, applied }]);
  const cluster = { holdOff: async () => null, apply: () => Promise.reject(new Error('there is nothing to apply')) };
  const late = lateWrites();
  /** The version that it is known to hold after one look. */
  const look = async (): Promise<number | undefined> => {
    expect(await syncSettings({ db, cluster, epoch, late }, 'default')).toBe('settled');
    return (await settingsSync.read(db, ['default']))[0]?.applied?.version;
  };
  // a few are looked at each time, and nothing is written for them
  await decideElsewhere(5);
  expect(await look()).toBe(version);
  const last = await decideElsewhere(30);
  expect(await look()).toBe(last);
  // those that decided about the object itself count at once, also one that was taken back
  await decide({ global: {}, nodes: {} });
  const back = await decide({ global: ports, nodes: {} });
  expect(await look()).toBe(back);
});
