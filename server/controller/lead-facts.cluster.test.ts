/** A term of the controller: what it learns of the cluster beside its pools, which is settings and nodes. */
import { expect, it } from 'vitest';
import { calicoPath } from '../../e2e/cluster/install-crds.ts';
import { ledTerms } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import { grant, revoke } from '../../e2e/cluster/rights.ts';
import { liveChangesSince, readLive } from '../db/live.ts';
import { readLiveFelixes } from '../db/live-felix.ts';
import { openConnection } from '../kube/connection.ts';
import { fromKubeconfig } from '../kube/kubeconfig.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const felixObject = { apiVersion: 'projectcalico.org/v3', kind: 'FelixConfiguration', metadata: { name: 'default' } };

it('settings and node addresses of the cluster are in the ledger; settings that would stop Felix are not taken', async () => {
  const felix = calicoPath('v3', 'felixconfigurations');
  const admin = site.server.as('admin');
  try {
    await site.begin();
    const set = (spec: object) => must(admin, 'PATCH', `${felix}/default?fieldManager=kubectl-patch`, { spec });
    await must(admin, 'POST', felix, { ...felixObject, spec: { natPortRange: '30000:40000' } });
    const settings = async () => (await readLive(site.api.database.db)).settings.global;
    await soon(async () => expect(await settings()).toEqual({ natPortRange: '30000:40000' }));
    await set({ natPortRange: '40000:30000' });
    const ranges = async () =>
      (await readLiveFelixes(site.api.database.db)).map(({ settings }) => settings?.natPortRange);
    await soon(async () => expect(await ranges()).toEqual(['40000:30000']));
    expect(await settings()).toEqual({ natPortRange: '30000:40000' });
    await set({ natPortRange: null, natOutgoingExclusions: 'IPPoolsAndHostIPs' });
    await must(admin, 'POST', '/api/v1/nodes', { metadata: { name: 'facts' } });
    const status = { addresses: [{ type: 'InternalIP', address: '192.0.2.99' }] };
    await must(admin, 'PATCH', '/api/v1/nodes/facts/status', { status });
    await soon(async () => expect((await readLive(site.api.database.db)).hosts).toEqual(['192.0.2.99']));
    await soon(async () => expect(await settings()).toEqual({ natOutgoingExclusions: 'IPPoolsAndHostIPs' }));
    const log = await liveChangesSince(site.api.database.db, 0, 1000);
    expect(log.filter(({ action }) => action === 'settings.update').at(-1)?.actor).toBe('kubectl-patch');
  } finally {
    await must(admin, 'DELETE', felix);
    await must(admin, 'DELETE', '/api/v1/nodes/facts');
  }
});

it('the heartbeats of nodes lock nothing', async () => {
  const admin = site.server.as('admin');
  let locks = 0;
  const { db } = site.api.database;
  const status = (of: object) => must(admin, 'PATCH', '/api/v1/nodes/beats/status', { status: of });
  const at = (address: string) => status({ addresses: [{ type: 'InternalIP', address }] });
  const hosts = (expected: string) => soon(async () => expect((await readLive(db)).hosts).toEqual([expected]));
  await must(admin, 'POST', '/api/v1/nodes', { metadata: { name: 'beats' } });
  try {
    await at('192.0.2.71');
    await site.begin(site.connection, {
      ...db,
      transaction(work) {
        locks++;
        return db.transaction(work);
      },
    });
    await hosts('192.0.2.71');
    locks = 0;
    for (let i = 0; i < 60; i++) {
      await status({ conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: new Date(i * 1000) }] });
    }
    await at('192.0.2.72');
    await hosts('192.0.2.72');
    // the condition came once, and the address in its table and in the ledger
    // a late first list of pools or settings may come beside it; each heartbeat would be one
    expect(locks).toBeLessThan(15);
  } finally {
    await must(admin, 'DELETE', '/api/v1/nodes/beats');
  }
});

it.each([
  ['felixconfigurations', 'projectcalico.org', { hosts: [], range: '31000:32000' }],
  ['nodes', '', { hosts: ['192.0.2.98'], range: undefined }],
])('whoever may read only %s uses them', async (resource, apiGroup, expected) => {
  const felix = calicoPath('v3', 'felixconfigurations');
  const admin = site.server.as('admin');
  const { db } = site.api.database;
  await db.query('DELETE FROM live_felix');
  await db.query(`UPDATE live SET hosts = '[]', settings = '{"global":{},"nodes":{}}'`);
  await must(admin, 'POST', felix, { ...felixObject, spec: { natPortRange: '31000:32000' } });
  await must(admin, 'POST', '/api/v1/nodes', { metadata: { name: 'half' } });
  const status = { addresses: [{ type: 'InternalIP', address: '192.0.2.98' }] };
  await must(admin, 'PATCH', '/api/v1/nodes/half/status', { status });
  const verbs = ['get', 'list', 'watch'];
  const halfSighted = openConnection(fromKubeconfig(site.server.kubeconfig, 'nobody'));
  await grant(site.server, 'lead-half', { kind: 'User', name: 'nobody' }, [
    { apiGroups: [apiGroup], resources: [resource], verbs },
  ]);
  try {
    await site.begin(halfSighted);
    await soon(async () => {
      const { hosts, settings } = await readLive(db);
      expect({ hosts, range: settings.global.natPortRange }).toEqual(expected);
    });
  } finally {
    await site.end();
    await halfSighted.close();
    await must(admin, 'DELETE', felix);
    await must(admin, 'DELETE', '/api/v1/nodes/half');
    await revoke(site.server, 'lead-half');
  }
});
