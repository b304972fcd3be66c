/** One object of settings brought to what is decided, step by step: no watch corrects what was noted of an apply. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLiveFelix } from '../../core/cluster/live-settings.ts';
import type { NatSettings } from '../../core/nat/settings.ts';
import { calicoPath } from '../../e2e/cluster/install-crds.ts';
import { must } from '../../e2e/cluster/request.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { beginTerm } from '../db/live.ts';
import { settingsSync } from '../db/sync.ts';
import { type Connection, openConnection } from '../kube/connection.ts';
import { fromKubeconfig } from '../kube/kubeconfig.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { clusterFelix } from './cluster-pools.ts';
import { lateWrites } from './late-writes.ts';
import { mirrorSettings } from './mirror-settings.ts';
import { syncSettings } from './sync-settings.ts';

const server = sharedServer();
const path = calicoPath('v3', 'felixconfigurations');
let api: TestApi;
let connection: Connection;
let epoch: number;

beforeAll(async () => {
  api = await testApi();
  connection = openConnection(fromKubeconfig(server.kubeconfig, 'outgate'));
  epoch = await beginTerm(api.database.db, 'test');
});
afterAll(async () => {
  await must(server.as('admin'), 'DELETE', path);
  await connection?.close();
  await api?.close();
});

/** Decides about the object, looks at it once, and returns what was noted. */
async function decide(global: NatSettings) {
  const { db } = api.database;
  const editor = api.caller('editor');
  const { version: expectedVersion } = await editor.settings.get();
  await editor.settings.update({ settings: { global, nodes: {} }, expectedVersion, reason: 'so it shall be' });
  const cluster = clusterFelix(connection, 'projectcalico.org/v3');
  expect(await syncSettings({ db, cluster, epoch, late: lateWrites() }, 'default')).toBe('settled');
  return (await settingsSync.read(db, ['default']))[0];
}

/** Somebody changes it, and it is seen. */
async function edit(spec: object): Promise<void> {
  const object = await must(server.as('admin'), 'PATCH', `${path}/default?fieldManager=kubectl-edit`, { spec });
  const seen = readLiveFelix(object);
  if (seen === null) throw new Error('the object must be readable');
  await mirrorSettings(api.database.db, epoch, { seen: [seen], gone: [], hosts: () => null });
}

it('an apply that is taken is no sync while somebody else’s value stands in a field that is decided here', async () => {
  expect(await decide({ natPortRange: '30000:40000' })).toMatchObject({ state: 'Synced' });
  await edit({ natPortRange: '50000:60000' });
  const ours = { natPortRange: '30000:40000', iptablesNATOutgoingInterfaceFilter: 'eth1' };
  expect(await decide(ours)).toMatchObject({
    state: 'OutOfSync',
    reason: 'FieldChangedInCluster',
    detail: { fields: ['natPortRange'], managers: ['kubectl-edit'] },
  });
  expect(await must(server.as('admin'), 'GET', `${path}/default`)).toMatchObject({
    spec: { natPortRange: '50000:60000', iptablesNATOutgoingInterfaceFilter: 'eth1' },
  });
});
