/** NAT settings in cluster mode: decided field by field, applied to FelixConfiguration, on a real API server. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { calicoPath } from '../e2e/cluster/install-crds.ts';
import { must, request } from '../e2e/cluster/request.ts';
import { grant, revoke } from '../e2e/cluster/rights.ts';
import { sharedServer } from '../e2e/cluster/shared-server.ts';
import { policyRules } from './kube/needed-rights.ts';
import { serverOfFile } from './testing/file-server.ts';
import { mutate, query } from './testing/test-client.ts';
import { ADMIN, withCluster } from './testing/test-server.ts';

const cluster = sharedServer();
const admin = cluster.as('admin');
const path = calicoPath('v3', 'felixconfigurations');
const pools = calicoPath('v3', 'ippools');
// one whose rights this test gives and takes: those of `outgate` are the chart's
const user = { kind: 'User', name: 'nobody' } as const;
const rules = [...policyRules('cluster'), ...policyRules('own')];

// hooks run in this order: the rights stand before the server asks for anything
beforeAll(() => grant(cluster, 'settings-mode', user, rules));
const server = serverOfFile(withCluster(cluster.kubeconfig, user.name));
afterAll(async () => {
  await must(admin, 'DELETE', path);
  await must(admin, 'DELETE', pools);
  await revoke(cluster, 'settings-mode');
});

interface Felix {
  readonly metadata: { readonly uid: string; readonly managedFields: { manager: string; operation: string }[] };
  readonly spec?: Record<string, unknown>;
}
interface Stand {
  readonly state: string;
  readonly reason: string;
  readonly fields: string[];
  readonly managers: string[];
  readonly missing: string | null;
}
interface Compared {
  readonly version: number;
  readonly objects: { object: string; sync: Stand | null; rows: { field: string; differs: boolean }[] }[];
  readonly problems: { code: string; field: string }[];
}

interface Effect {
  readonly equal: boolean;
  readonly groups: { regions: { before: unknown; after: unknown }[] }[];
  readonly contested: object[];
}

const ask = async <T>(procedure: string, input?: unknown): Promise<T> =>
  (await query(server.address, procedure, input, server.cookie)).body.result.data as T;
const tell = (procedure: string, input: unknown) => mutate(server.address, procedure, input, server.cookie);
const soon = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 50 });
const stored = async (name = 'default'): Promise<Felix | null> => {
  const { status, body } = await request(admin, 'GET', `${path}/${name}`);
  return status === 200 ? (body as Felix) : null;
};
const edit = (spec: object, manager = 'kubectl-edit', name = 'default') =>
  must(admin, 'PATCH', `${path}/${name}?fieldManager=${manager}`, { spec });
const compared = () => ask<Compared>('cluster.settings');
const standOf = async (object = 'default'): Promise<Stand | null> =>
  (await compared()).objects.find((one) => one.object === object)?.sync ?? null;
const stands = (expected: Partial<Stand>, object = 'default') =>
  soon(async () => expect(await standOf(object)).toMatchObject(expected));
const rowOf = async (field: string, object = 'default') =>
  (await compared()).objects.find((one) => one.object === object)?.rows.find((row) => row.field === field);

const update = async (settings: { global?: object; nodes?: object }, reason = 'the firewall expects it') => {
  const { version: expectedVersion } = await ask<{ version: number }>('settings.get');
  return tell('settings.update', { settings: { global: {}, nodes: {}, ...settings }, expectedVersion, reason });
};
const decide = async (settings: { global?: object; nodes?: object }): Promise<number> => {
  const { status, body } = await update(settings);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.result.data.change.id;
};
const tellChoice = async (choice: string, more: object = {}) => {
  const { version: expectedVersion } = await compared();
  return tell('cluster.resolveSettings', { object: 'default', choice, expectedVersion, reason: choice, ...more });
};
const choose = async (choice: string, more: object = {}) => {
  const answer = await tellChoice(choice, more);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.result.data.change as { id: number; action: string };
};
const history = async () =>
  (await ask<{ changes: { id: number; actor: string; action: string; role: string }[] }>('changes.list', {})).changes;

it('an absent FelixConfiguration is made by apply, with the decided field alone', async () => {
  await soon(async () => expect(await ask('cluster.get')).toMatchObject({ phase: 'live' }));
  expect(await stored()).toBe(null);
  const id = await decide({ global: { natPortRange: '30000:40000' } });
  await stands({ state: 'Synced', reason: 'AsDesired' });
  const made = await stored();
  expect(made?.spec).toEqual({ natPortRange: '30000:40000' });
  expect(made?.metadata.managedFields).toMatchObject([{ manager: 'outgate', operation: 'Apply' }]);
  await soon(async () => {
    expect(await ask('settings.get')).toMatchObject({ live: { global: { natPortRange: '30000:40000' }, nodes: {} } });
  });
  // once, as ours: the cluster's part of it is no change of others
  expect((await history()).map((change) => [change.id, change.actor])).toEqual([[id, ADMIN.email]]);
});

it('fields of others, and fields that nobody decided about, are left alone and shown with their manager', async () => {
  await edit({ natOutgoingExclusions: 'IPPoolsAndHostIPs', logSeverityScreen: 'Info' });
  await soon(async () => {
    expect(await rowOf('natOutgoingExclusions')).toMatchObject({
      desired: null,
      live: 'IPPoolsAndHostIPs',
      differs: false,
      holders: [{ manager: 'kubectl-edit', operation: 'Update', at: expect.any(String) }],
    });
  });
  await decide({ global: { natPortRange: '31000:40000' } });
  await soon(async () => expect((await stored())?.spec).toMatchObject({ natPortRange: '31000:40000' }));
  expect((await stored())?.spec).toEqual({
    natPortRange: '31000:40000',
    natOutgoingExclusions: 'IPPoolsAndHostIPs',
    logSeverityScreen: 'Info',
  });
  const theirs = (await history()).filter(({ role }) => role === 'cluster');
  expect(theirs.map(({ actor, action }) => [actor, action])).toContainEqual(['kubectl-edit', 'settings.update']);
});

it('what others set in the cluster is not taken back from History: it is decided about', async () => {
  const theirs = (await history()).find(({ role, action }) => role === 'cluster' && action === 'settings.update');
  const { version } = await ask<{ version: number }>('settings.get');
  const revert = { id: theirs?.id, reason: 'not what we want' };
  const refused = { data: { reason: 'INVALID_INPUT' }, message: expect.stringContaining('decide that anew') };
  expect((await tell('changes.revert', revert)).body.error).toMatchObject(refused);
  const preview = await query(server.address, 'changes.previewRevert', { id: theirs?.id }, server.cookie);
  expect(preview.body.error).toMatchObject(refused);
  expect(await ask('settings.get')).toMatchObject({ version });
});

it('settings of one node are their own object', async () => {
  const nodes = { 'node-a': { iptablesNATOutgoingInterfaceFilter: 'eth0' } };
  await decide({ global: { natPortRange: '31000:40000' }, nodes });
  await stands({ state: 'Synced' }, 'node.node-a');
  expect((await stored('node.node-a'))?.spec).toEqual({ iptablesNATOutgoingInterfaceFilter: 'eth0' });
  // the last setting of a node goes: so does the field, and the object stays with whoever else may use it
  await decide({ global: { natPortRange: '31000:40000' } });
  await soon(async () => expect((await stored('node.node-a'))?.spec ?? {}).toEqual({}));
  await soon(async () => expect(await standOf('node.node-a')).toBe(null));
});

it('an edit of a field of ours stays until somebody decides, and a decision about another field does not take it along', async () => {
  await edit({ natPortRange: '50000:60000' });
  await stands({
    state: 'OutOfSync',
    reason: 'FieldChangedInCluster',
    fields: ['natPortRange'],
    managers: ['kubectl-edit'],
  });
  await decide({ global: { natPortRange: '31000:40000', iptablesNATOutgoingInterfaceFilter: 'eth1' } });
  await soon(async () => expect((await stored())?.spec).toMatchObject({ iptablesNATOutgoingInterfaceFilter: 'eth1' }));
  expect((await stored())?.spec).toMatchObject({ natPortRange: '50000:60000' });
  await stands({ state: 'OutOfSync', fields: ['natPortRange'] });
  expect(await rowOf('natPortRange')).toMatchObject({
    desired: '31000:40000',
    live: '50000:60000',
    applied: '31000:40000',
    differs: true,
  });
});

it('another value for a field that somebody else holds is contested; ours by force is a choice of its own', async () => {
  await decide({ global: { natPortRange: '32000:40000', iptablesNATOutgoingInterfaceFilter: 'eth1' } });
  await stands({ state: 'Contested', reason: 'FieldOwnedByOther', managers: ['kubectl-edit'] });
  expect((await stored())?.spec).toMatchObject({ natPortRange: '50000:60000' });
  expect((await choose('ours')).action).toBe('settings.force');
  await stands({ state: 'Synced' });
  expect((await stored())?.spec).toMatchObject({
    natPortRange: '32000:40000',
    natOutgoingExclusions: 'IPPoolsAndHostIPs',
    logSeverityScreen: 'Info',
  });
});

it('theirs is taken field by field', async () => {
  await edit({ natPortRange: '45000:60000' });
  await stands({ state: 'OutOfSync' });
  await choose('theirs', { fields: ['natPortRange'] });
  await stands({ state: 'Synced' });
  const { settings } = await ask<{ settings: unknown }>('settings.get');
  expect(settings).toMatchObject({ global: { natPortRange: '45000:60000' } });
});

it('a range that the cluster has and nobody may write is named, not in force, and not taken as ours', async () => {
  await edit({ natPortRange: '0100:0200' });
  await stands({ state: 'OutOfSync' });
  const { version: expectedVersion, problems } = await compared();
  const message = "natPortRange must have no leading zeros: '0100:0200'";
  expect(problems).toEqual([{ code: 'N7', field: 'global.natPortRange', message, stops: false }]);
  const choice = { object: 'default', choice: 'theirs', fields: ['natPortRange'], expectedVersion, reason: 'theirs' };
  const { status, body } = await tell('cluster.resolveSettings', choice);
  expect([status, body.error.data.violations]).toEqual([400, [{ rule: 'N7', field: 'global.natPortRange', message }]]);
  expect(await ask('settings.get')).toMatchObject({ live: { global: { natPortRange: '45000:60000' } } });
  await edit({ natPortRange: '45000:60000' });
  await stands({ state: 'Synced' });
});

it('a field is let go: it goes from the cluster where nobody else holds it, else it stays', async () => {
  await choose('release', { fields: ['iptablesNATOutgoingInterfaceFilter'] });
  await soon(async () => expect((await stored())?.spec).not.toHaveProperty('iptablesNATOutgoingInterfaceFilter'));
  await choose('release', { fields: ['natPortRange'] });
  await soon(async () => expect(await standOf()).toBe(null));
  expect((await stored())?.spec).toMatchObject({ natPortRange: '45000:60000' });
  expect((await stored())?.metadata.managedFields.map(({ manager }) => manager)).not.toContain('outgate');
});

it('the last field is let go of also where somebody else made the object, with an empty spec', async () => {
  await must(admin, 'DELETE', `${path}/default`);
  await soon(async () => expect(await ask('settings.get')).toMatchObject({ live: { global: {} } }));
  const empty = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: {},
  };
  await must(admin, 'POST', `${path}?fieldManager=kubectl-create`, empty);
  await soon(async () =>
    expect((await compared()).objects).toContainEqual(expect.objectContaining({ object: 'default', exists: true })),
  );
  await decide({ global: { natPortRange: '31000:41000' } });
  await stands({ state: 'Synced' });
  // an apply without it would leave a spec of null, which the schema refuses
  await decide({ global: {} });
  await soon(async () => expect((await stored())?.spec).toEqual({}));
  await soon(async () => expect(await standOf()).toBe(null));
  expect((await stored())?.metadata.managedFields).toMatchObject([{ manager: 'kubectl-create' }]);
});

it('a FelixConfiguration deleted in the cluster is not made again by itself', async () => {
  await decide({ global: { natPortRange: '45000:60000' } });
  await stands({ state: 'Synced' });
  await must(admin, 'DELETE', `${path}/default`);
  await stands({ state: 'OutOfSync', reason: 'SettingsDeletedInCluster' });
  expect(await stored()).toBe(null);
  await choose('ours');
  await stands({ state: 'Synced' });
  expect((await stored())?.spec).toEqual({ natPortRange: '45000:60000' });
});

const withoutPatch = rules.map((rule) => ({
  ...rule,
  verbs: rule.resources.includes('felixconfigurations') ? ['list', 'watch'] : rule.verbs,
}));
/** What is decided while we may not write waits, and was not shown to the cluster before. */
async function whileForbidden<T>(work: () => Promise<T>): Promise<T> {
  // at no moment without the others: the watch would go blind
  await grant(cluster, 'settings-less', user, withoutPatch);
  await revoke(cluster, 'settings-mode');
  try {
    return await work();
  } finally {
    await grant(cluster, 'settings-mode', user, rules);
    await revoke(cluster, 'settings-less');
  }
}

it('a missing right is named, and the setting comes by itself when it is given', async () => {
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
  // a node that holds as much as one of the two: what was overtaken came with what overtook it
  const [ofNode, ofAll] = causes.map(({ sequence }) => Number(sequence));
  const first = Math.min(ofNode ?? 0, ofAll ?? 0);
  await server.db.query(`INSERT INTO node (name, credential_hash) VALUES ('holder', 'x')`);
  await server.db.query(`INSERT INTO holding (node, sequence, at) VALUES ('holder', $1, now())`, [first]);
  const held = async () =>
    (await ask<{ changes: { id: number; nodes: { holding: number } }[] }>('changes.list', { limit: 4 })).changes
      .filter(({ nodes: { holding } }) => holding === 1)
      .map(({ id }) => id)
      .sort((a, b) => a - b);
  expect(await held()).toEqual(first === ofNode ? made.slice(0, 2) : made.slice(2));
  // what the cluster says already is in force everywhere
  await edit({ natOutgoingExclusions: 'IPPoolsAndHostIPs' });
  await soon(async () => expect(await rowOf('natOutgoingExclusions')).toMatchObject({ live: 'IPPoolsAndHostIPs' }));
  await server.db.query(`INSERT INTO holding (node, sequence, at) SELECT 'holder', sequence, now() FROM live`);
  const ports = { natPortRange: '45000:62000', iptablesNATOutgoingInterfaceFilter: 'eth1' };
  const said = await decide({ global: { ...ports, natOutgoingExclusions: 'IPPoolsAndHostIPs' }, nodes });
  await soon(async () => expect(await held()).toContain(said));
  await decide({ global: { natPortRange: '45000:62000' } });
  // a decision that was taken back before it came there, and the one that took it back, wait for nothing
  const [away, back] = await whileForbidden(async () => {
    const first = await decide({ global: { natPortRange: '45000:63000' } });
    await stands({ state: 'Forbidden' });
    return [first, await decide({ global: { natPortRange: '45000:62000' } })];
  });
  await stands({ state: 'Synced' });
  await server.db.query(
    `INSERT INTO holding (node, sequence, at) SELECT 'holder', sequence, now() FROM live ON CONFLICT DO NOTHING`,
  );
  await soon(async () => expect(await held()).toEqual(expect.arrayContaining([away, back])));
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
  await must(admin, 'DELETE', `${path}/default`);
  await must(admin, 'POST', pools, {
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
  await must(admin, 'DELETE', `${path}/default`);
  await must(admin, 'DELETE', `${pools}/natted`);
  await saved({ natPortRange: '45000:62000' });
  await stands({ state: 'Synced' });
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
  expect(await refused({ natOutgoingAddressV6: '2001:db8::1' })).toEqual(['API global.natOutgoingAddressV6']);
  const before = await stored();
  await edit({ natPortRange: null, natOutgoingAddress: '192.0.2.50' });
  const inside = { name: 'inside', spec: { cidr: '192.0.2.0/24', natOutgoing: true } };
  await must(admin, 'POST', pools, {
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
  await must(admin, 'DELETE', `${pools}/inside`);
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
    must(admin, 'POST', pools, {
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
  expect(warnings).toMatchObject([{ pool: 'narrow', code: 'W_FELIX_NFTABLES_OVERLAP', field: 'spec.cidr' }]);
  await made('narrow', '10.20.1.0/24');
  await made('six', 'fd00::/64');
  await must(admin, 'PATCH', `${pools}/six`, { spec: { natOutgoing: true } });
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
