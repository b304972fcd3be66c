/** What a change of NAT settings in a cluster does, and what is wrong with it, is said before it is decided. */
import { expect, it } from 'vitest';
import { must } from '../e2e/cluster/request.ts';
import { type Compared, FELIXES, POOLS, settingsSite } from '../e2e/cluster/settings-site.ts';
import { query } from './testing/test-client.ts';

const { admin, server, ask, soon, stored, edit, compared, standOf, stands, rowOf, update, decide, choose } =
  settingsSite();

interface Effect {
  readonly equal: boolean;
  readonly groups: { regions: { before: unknown; after: unknown }[] }[];
  readonly contested: object[];
}

it('exclusions that are taken over bring the nodes’ addresses with them', async () => {
  await server.db.query(`UPDATE desired SET hosts = '["192.0.2.11"]'::jsonb WHERE id = 1`);
  await decide({ global: { natPortRange: '45000:62000', natOutgoingExclusions: 'IPPoolsOnly' } });
  // it was in sync before, too
  await soon(async () => expect(await rowOf('natOutgoingExclusions')).toMatchObject({ applied: 'IPPoolsOnly' }));
  await edit({ natOutgoingExclusions: 'IPPoolsAndHostIPs' });
  await stands({ state: 'OutOfSync', fields: ['natOutgoingExclusions'] });
  await choose('theirs');
  await stands({ state: 'Synced' });
  const logged = await server.db.query('SELECT action, after FROM change ORDER BY sequence DESC LIMIT 2');
  expect(logged).toMatchObject([
    { action: 'settings.update', after: { global: { natOutgoingExclusions: 'IPPoolsAndHostIPs' } } },
    { action: 'hosts.update', after: { hosts: ['192.0.2.11'] } },
  ]);
  // no node takes addresses from us while there is a cluster: it does not stand there as if nodes were behind
  const { changes } = await ask<{ changes: { id: number; role: string; nodes: object }[] }>('changes.list', {
    action: 'hosts.update',
  });
  const ours = changes.find(({ role }) => role !== 'cluster');
  expect(ours?.nodes).toEqual({ holding: 0, total: 0 });
  expect(await ask('changes.get', { id: ours?.id })).toMatchObject({ nodes: { holding: 0, total: 0 }, nodeTimes: [] });
  await decide({ global: { natPortRange: '45000:62000' } });
  await stands({ state: 'Synced' });
  await edit({ natOutgoingExclusions: null });
});

it('what is foretold of connections is what comes: of a save, of what others hold, and of each way on', async () => {
  const sourceOf = (effect: Effect) =>
    effect.groups.flatMap(({ regions }) => regions.map(({ before, after }) => [before, after]));
  const foretold = async (global: object): Promise<Effect> =>
    ask('settings.preview', { settings: { global, nodes: {} } });
  const chosen = (choice: string, fields?: string[]): Promise<Effect> =>
    ask('cluster.previewSettings', { object: 'default', choice, ...(fields === undefined ? {} : { fields }) });
  const any = { address: null, ports: null };
  const ports = (from: number, to: number) => ({ address: null, ports: [from, to] });
  const saved = (global: object) => decide({ global });
  await saved({});
  await soon(async () => expect(await standOf()).toBe(null));
  await must(admin, 'DELETE', `${FELIXES}/default`);
  await must(admin, 'POST', POOLS, {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: 'natted' },
    spec: { cidr: '10.30.0.0/16', natOutgoing: true },
  });
  await soon(async () => expect((await foretold({ natPortRange: '45000:62000' })).equal).toBe(false));
  expect(sourceOf(await foretold({ natPortRange: '45000:62000' }))).toEqual([[any, ports(45_000, 62_000)]]);
  await saved({ natPortRange: '45000:62000' });
  await stands({ state: 'Synced' });
  expect((await foretold({ natPortRange: '45000:62000' })).equal).toBe(true);
  // others hold it: nothing at all is written, and force takes it
  await edit({ natPortRange: '50000:60000' });
  await stands({ state: 'OutOfSync' });
  const both = { natPortRange: '47000:48000', natOutgoingAddress: '203.0.113.7' };
  expect(await foretold(both)).toMatchObject({
    equal: true,
    contested: [{ object: 'default', fields: ['natPortRange'], managers: ['kubectl-edit'] }],
  });
  await saved(both);
  await stands({ state: 'Contested' });
  expect((await stored())?.spec).toEqual({ natPortRange: '50000:60000' });
  expect(sourceOf(await chosen('ours'))).toEqual([
    [ports(50_000, 60_000), { address: '203.0.113.7', ports: [47_000, 48_000] }],
  ]);
  // without the field that others hold the other one is written
  expect(sourceOf(await chosen('theirs', ['natPortRange']))).toEqual([
    [ports(50_000, 60_000), { address: '203.0.113.7', ports: [50_000, 60_000] }],
  ]);
  await choose('theirs', { fields: ['natPortRange'] });
  await stands({ state: 'Synced' });
  expect((await stored())?.spec).toEqual({ natPortRange: '50000:60000', natOutgoingAddress: '203.0.113.7' });
  // a field that others hold as well stays when it is let go; one that is ours alone goes
  expect((await chosen('release', ['natPortRange'])).equal).toBe(true);
  expect(sourceOf(await chosen('release'))).toEqual([
    [{ address: '203.0.113.7', ports: [50_000, 60_000] }, ports(50_000, 60_000)],
  ]);
  await choose('release');
  await soon(async () => expect((await stored())?.spec).toEqual({ natPortRange: '50000:60000' }));
  await must(admin, 'DELETE', `${FELIXES}/default`);
  await must(admin, 'DELETE', `${POOLS}/natted`);
  await saved({ natPortRange: '45000:62000' });
  await stands({ state: 'Synced' });
});

it('what is foretold is right beside settings of a node that are not taken: those alone stay as they were', async () => {
  const foretold = (settings: object): Promise<Effect> => ask('settings.preview', { settings });
  const [pool, felix] = [`${POOLS}/natted`, `${FELIXES}/node.w-9`];
  await must(admin, 'POST', POOLS, {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: 'natted' },
    spec: { cidr: '10.30.0.0/16', natOutgoing: true },
  });
  await must(admin, 'POST', FELIXES, {
    apiVersion: 'projectcalico.org/v3',
    kind: 'FelixConfiguration',
    metadata: { name: 'node.w-9' },
    spec: { natPortRange: '20000:21000', iptablesNATOutgoingInterfaceFilter: 'eth 0' },
  });
  await soon(async () => {
    expect(await server.db.query(`SELECT name FROM live_felix WHERE name = 'node.w-9'`)).toHaveLength(1);
    expect(await server.db.query(`SELECT name FROM live_pool WHERE name = 'natted'`)).toHaveLength(1);
  });
  const effect = await foretold({ global: { natPortRange: '46000:62000' }, nodes: {} });
  expect(effect.groups.flatMap(({ regions }) => regions)).toMatchObject([
    { before: { ports: [45_000, 62_000] }, after: { ports: [46_000, 62_000] } },
  ]);
  // what is decided for that node alone mends nothing there, and moves nothing
  const ofNode = { global: { natPortRange: '45000:62000' }, nodes: { 'w-9': { natOutgoingAddress: '203.0.113.9' } } };
  expect(await foretold(ofNode)).toMatchObject({ equal: true, contested: [] });
  await must(admin, 'DELETE', felix);
  // nothing is written either to an object that others deleted: it is made again by a decision of its own
  await must(admin, 'DELETE', `${FELIXES}/default`);
  await stands({ state: 'OutOfSync', reason: 'SettingsDeletedInCluster' });
  const saved = await foretold({ global: { natPortRange: '46000:62000' }, nodes: {} });
  expect(saved).toMatchObject({ equal: true, contested: [], deleted: ['default'] });
  const again = await ask<Effect>('cluster.previewSettings', { object: 'default', choice: 'ours' });
  expect(again).toMatchObject({ equal: false, deleted: [] });
  await choose('ours');
  await stands({ state: 'Synced' });
  await must(admin, 'DELETE', pool);
});

it('what means nothing is refused before it is saved, and so is what the cluster has no field for', async () => {
  const refused = async (global: object) => {
    const { status, body } = await update({ global });
    expect(status, JSON.stringify(body)).toBe(400);
    return body.error.data.violations.map(({ rule, field }: { rule: string; field: string }) => `${rule} ${field}`);
  };
  for (const natPortRange of ['0:70000', '40000:30000', '30000-40000']) {
    expect(await refused({ natPortRange })).toEqual(['N3 global.natPortRange']);
  }
  const iptablesNATOutgoingInterfaceFilter = 'eth 0';
  expect(await refused({ iptablesNATOutgoingInterfaceFilter })).toEqual([
    'N4 global.iptablesNATOutgoingInterfaceFilter',
  ]);
  const six = { natOutgoingAddressV6: '2001:db8::1' };
  expect(await refused(six)).toEqual(['API global.natOutgoingAddressV6']);
  // and while it is typed
  const typed = await query(
    server.address,
    'settings.preview',
    { settings: { global: six, nodes: {} } },
    server.cookie,
  );
  expect(typed.body.error?.data.violations).toMatchObject([{ rule: 'API', field: 'global.natOutgoingAddressV6' }]);
  const before = await stored();
  await edit({ natPortRange: null, natOutgoingAddress: '192.0.2.50' });
  const inside = { name: 'inside', spec: { cidr: '192.0.2.0/24', natOutgoing: true } };
  await must(admin, 'POST', POOLS, {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: inside.name },
    spec: inside.spec,
  });
  // a pool that is nobody's of us counts too, once it is seen: what is asked before that is saved
  await soon(async () =>
    expect((await ask<{ pools: { name: string }[] }>('cluster.pools')).pools).toContainEqual(
      expect.objectContaining({ name: inside.name }),
    ),
  );
  expect(await refused({ natOutgoingAddress: '192.0.2.50' })).toEqual(['N6 global.natOutgoingAddress']);
  await must(admin, 'DELETE', `${POOLS}/inside`);
  await edit({ natPortRange: before?.spec?.['natPortRange'], natOutgoingAddress: null });
});

it('settings that stop Felix are named where the cluster has them, and warned about from both sides', async () => {
  await choose('release');
  const spec = {
    nftablesMode: 'Enabled',
    iptablesNATOutgoingInterfaceFilter: 'eth+',
    natOutgoingAddress: '192.0.2.50',
  };
  await edit(spec, 'kubectl-patch');
  const codes = async () => (await compared()).problems.map(({ code, field }) => `${code} ${field}`);
  await soon(async () =>
    expect(await codes()).toEqual(['W_FELIX_NFTABLES_FILTER global.iptablesNATOutgoingInterfaceFilter']),
  );
  // from the other side: a pool that is typed
  const six = { name: 'six', spec: { cidr: 'fd00::/64', natOutgoing: true } };
  const preview = await ask<{ warnings: { code: string }[] }>('pools.preview', six);
  expect(preview.warnings.map(({ code }) => code)).toEqual(['W_FELIX_IPV6_POOL']);
  const made = (name: string, cidr: string) =>
    must(admin, 'POST', POOLS, {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name },
      spec: { cidr },
    });
  await made('wide', '10.20.0.0/16');
  await soon(async () => expect((await ask<{ pools: object[] }>('cluster.pools')).pools).toHaveLength(1));
  const yaml =
    'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: narrow}\nspec: {cidr: 10.20.1.0/24, disabled: true}\n';
  const { warnings } = await ask<{ warnings: object[] }>('pools.previewImport', { yaml });
  expect(warnings).toMatchObject([
    { pool: 'narrow', code: 'C17', field: 'spec.cidr' },
    { pool: 'narrow', code: 'W_FELIX_NFTABLES_OVERLAP', field: 'spec.cidr' },
  ]);
  await made('narrow', '10.20.1.0/24');
  await made('six', 'fd00::/64');
  await must(admin, 'PATCH', `${POOLS}/six`, { spec: { natOutgoing: true } });
  await edit({ natPortRange: '40000:30000' }, 'kubectl-patch');
  await soon(async () =>
    expect(await codes()).toEqual([
      'N3 global.natPortRange',
      'W_FELIX_IPV6_POOL global.natOutgoingAddress',
      'W_FELIX_NFTABLES_FILTER global.iptablesNATOutgoingInterfaceFilter',
      'W_FELIX_NFTABLES_OVERLAP global.nftablesMode',
    ]),
  );
  expect((await ask<Compared>('cluster.get')).problems).toEqual((await compared()).problems);
});
