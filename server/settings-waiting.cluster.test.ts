/** NAT settings that the cluster does not take at once: without the right, overtaken by the next change, or refused. */
import { expect, it } from 'vitest';
import { must } from '../e2e/cluster/request.ts';
import { grant, revoke } from '../e2e/cluster/rights.ts';
import { FELIXES, GRANT, RULES, settingsSite, USER } from '../e2e/cluster/settings-site.ts';
import { holdAll } from './testing/hold-all.ts';
import { query } from './testing/test-client.ts';

const { cluster, admin, server, ask, tell, soon, edit, stands, rowOf, decide, tellChoice, choose, history } =
  settingsSite();

const withoutPatch = RULES.map((rule) => ({
  ...rule,
  verbs: rule.resources.includes('felixconfigurations') ? ['list', 'watch'] : rule.verbs,
}));
/** What is decided while we may not write waits, and was not shown to the cluster before. */
async function whileForbidden<T>(work: () => Promise<T>): Promise<T> {
  // at no moment without the others: the watch would go blind
  await grant(cluster, 'settings-less', USER, withoutPatch);
  await revoke(cluster, GRANT);
  try {
    return await work();
  } finally {
    await grant(cluster, GRANT, USER, RULES);
    await revoke(cluster, 'settings-less');
  }
}

it('a missing right is named, and the setting comes by itself when it is given', async () => {
  await decide({ global: { natPortRange: '45000:60000' } });
  await stands({ state: 'Synced' });
  await whileForbidden(async () => {
    await decide({ global: { natPortRange: '45000:61000' } });
    await stands({
      state: 'Forbidden',
      reason: 'RightMissing',
      missing: 'patch felixconfigurations.projectcalico.org',
    });
    const { rights } = await ask<{ rights: { verb: string; resource: string; allowed: boolean }[] }>('cluster.rights');
    expect(rights.filter(({ allowed }) => !allowed).map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
      'patch felixconfigurations',
      'create felixconfigurations',
    ]);
  });
  await stands({ state: 'Synced' });
});

it('each of several changes made at once is in force when the cluster has it, and none before', async () => {
  const global = { natPortRange: '45000:61000' };
  const nodes = { 'node-a': { natPortRange: '46000:47000' } };
  const made = await whileForbidden(async () => [
    await decide({ global, nodes: { 'node-a': { natPortRange: '46000:46500' } } }),
    await decide({ global, nodes }),
    await decide({ global: { natPortRange: '45000:62000' }, nodes }),
    await decide({ global: { natPortRange: '45000:62000', iptablesNATOutgoingInterfaceFilter: 'eth1' }, nodes }),
  ]);
  await stands({ state: 'Synced' });
  await stands({ state: 'Synced' }, 'node.node-a');
  const [, node, , all] = made;
  const causes = await server.db.query<{ cause: string; sequence: string }>(
    'SELECT cause, sequence FROM live_change WHERE cause >= $1 ORDER BY cause',
    [made[0]],
  );
  expect(causes.map(({ cause }) => Number(cause))).toEqual([node, all]);
  // a node that holds as much as one of the two: what is decided still came with what came later
  const [ofNode, ofAll] = causes.map(({ sequence }) => Number(sequence));
  const first = Math.min(ofNode ?? 0, ofAll ?? 0);
  await server.db.query(`INSERT INTO node (name, credential_hash) VALUES ('holder', 'x')`);
  await server.db.query(`INSERT INTO holding (node, sequence, at) VALUES ('holder', $1, now())`, [first]);
  const held = async () =>
    (await ask<{ changes: { id: number; nodes: { holding: number } }[] }>('changes.list', { limit: 4 })).changes
      .filter(({ nodes: { holding } }) => holding === 1)
      .map(({ id }) => id)
      .sort((a, b) => a - b);
  expect(await held()).toEqual(first === ofNode ? made.slice(1, 2) : made.slice(2));
  // what the cluster says already is in force everywhere
  await edit({ natOutgoingExclusions: 'IPPoolsAndHostIPs' });
  await soon(async () => expect(await rowOf('natOutgoingExclusions')).toMatchObject({ live: 'IPPoolsAndHostIPs' }));
  await holdAll(server.db);
  const ports = { natPortRange: '45000:62000', iptablesNATOutgoingInterfaceFilter: 'eth1' };
  const said = await decide({ global: { ...ports, natOutgoingExclusions: 'IPPoolsAndHostIPs' }, nodes });
  await soon(async () => expect(await held()).toContain(said));
  await decide({ global: { natPortRange: '45000:62000' } });
  // a decision that was taken back before it came there moved nothing, and the one that took it back waits for nothing
  const [away, back] = await whileForbidden(async () => {
    const first = await decide({ global: { natPortRange: '45000:63000' } });
    await stands({ state: 'Forbidden' });
    return [first, await decide({ global: { natPortRange: '45000:62000' } })];
  });
  await stands({ state: 'Synced' });
  await holdAll(server.db);
  await soon(async () => expect(await held()).toContain(back));
  expect(await ask<{ didNothing: string | null }>('changes.get', { id: away })).toMatchObject({
    nodes: { holding: 0, total: 0 },
    didNothing: 'it moved nothing in the cluster',
  });
  await server.db.query(`DELETE FROM node WHERE name = 'holder'`);
  await edit({ natOutgoingExclusions: null });
});

it('what is applied by force, and what a revert brings back, is shown to the cluster first', async () => {
  const global = { natPortRange: '45000:62000' };
  const more = { ...global, natOutgoingAddressV6: '2001:db8::1' };
  await whileForbidden(() => decide({ global: more }));
  await stands({ state: 'Rejected' });
  const words = [
    {
      rule: 'API',
      field: 'global.natOutgoingAddressV6',
      message: expect.stringContaining('projectcalico.org/v3 has no such field'),
    },
  ];
  const forced = await tellChoice('ours');
  expect([forced.status, forced.body.error?.data.violations]).toEqual([400, words]);
  const { id } = await choose('release', { fields: ['natOutgoingAddressV6'] });
  await stands({ state: 'Synced' });
  const reverted = await tell('changes.revert', { id, reason: 'it was better' });
  expect([reverted.status, reverted.body.error?.data.violations]).toEqual([400, words]);
  const preview = await query(server.address, 'changes.previewRevert', { id }, server.cookie);
  expect(preview.body.error?.data.violations).toEqual(words);
  expect((await history())[0]?.id).toBe(id);
});

it('the row of a change says that somebody must decide about its settings first, and of whose objects', async () => {
  const waits = async (id: number) => (await ask<{ settingsWait: string[] }>('changes.get', { id })).settingsWait;
  const away = async () => must(admin, 'DELETE', `${FELIXES}/default`);
  await decide({ global: { natPortRange: '45001:62000' } });
  await stands({ state: 'Synced' });
  await edit({ natPortRange: '50000:60000' });
  await stands({ state: 'OutOfSync' });
  const nodes = { 'node-a': { natPortRange: '46000:46500' } };
  const held = await decide({ global: { natPortRange: '45000:61000' }, nodes });
  await stands({ state: 'Contested' });
  await stands({ state: 'Synced' }, 'node.node-a');
  expect(await waits(held)).toEqual(['default']);
  const { id: forced } = await choose('ours');
  await stands({ state: 'Synced' });
  expect(await Promise.all([held, forced].map(waits))).toEqual([[], []]);
  // also where force was used before
  await edit({ natPortRange: '50000:60000' });
  await stands({ state: 'OutOfSync' });
  const again = await decide({ global: { natPortRange: '45000:60000' }, nodes });
  await stands({ state: 'Contested' });
  expect(await waits(again)).toEqual(['default']);
  await away();
  await stands({ state: 'OutOfSync', reason: 'SettingsDeletedInCluster' });
  expect(await waits(again)).toEqual(['default']);
  await choose('theirs');
  await soon(async () => expect(await waits(again)).toEqual([]));
});
