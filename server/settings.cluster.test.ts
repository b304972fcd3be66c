/** NAT settings in cluster mode: decided field by field, applied to FelixConfiguration, on a real API server. */
import { expect, it } from 'vitest';
import { must } from '../e2e/cluster/request.ts';
import { FELIXES, settingsSite } from '../e2e/cluster/settings-site.ts';
import { query } from './testing/test-client.ts';
import { ADMIN } from './testing/test-server.ts';

const {
  admin,
  server,
  ask,
  tell,
  soon,
  stored,
  edit,
  compared,
  standOf,
  stands,
  rowOf,
  decide,
  tellChoice,
  choose,
  history,
} = settingsSite();

it('an absent FelixConfiguration is made by apply, with the decided field alone', async () => {
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
  const refused = { data: { reason: 'INVALID_INPUT' }, message: expect.stringContaining('it is taken back there') };
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

it('what came into the cluster since it was looked at is not decided about unseen', async () => {
  const seenNow = async () => (await compared()).objects.find(({ object }) => object === 'default')?.seen;
  const seen = await seenNow();
  await edit({ natPortRange: '50000:60001' }, 'nightly-job');
  await soon(async () => expect((await rowOf('natPortRange'))?.live).toBe('50000:60001'));
  for (const choice of ['theirs', 'ours']) {
    const { body } = await tellChoice(choice, { seen });
    expect(body.error).toMatchObject({ data: { reason: 'VERSION_STALE', issues: [{ field: 'seen' }] } });
  }
  // what others hold and nobody decided about is no matter
  const latest = await seenNow();
  await edit({ natOutgoingExclusions: 'IPPoolsOnly' }, 'nightly-job');
  await soon(async () => expect((await rowOf('natOutgoingExclusions'))?.live).toBe('IPPoolsOnly'));
  expect(await seenNow()).toBe(latest);
  await edit({ natOutgoingExclusions: 'IPPoolsAndHostIPs', natPortRange: '50000:60000' });
  await soon(async () => expect((await rowOf('natPortRange'))?.live).toBe('50000:60000'));
});

it('another value for a field that somebody else holds is contested; ours by force is a choice of its own', async () => {
  await decide({ global: { natPortRange: '32000:40000', iptablesNATOutgoingInterfaceFilter: 'eth1' } });
  await stands({ state: 'Contested', reason: 'FieldOwnedByOther', managers: ['kubectl-edit'] });
  expect((await stored())?.spec).toMatchObject({ natPortRange: '50000:60000' });
  expect(await choose('ours')).toMatchObject({
    action: 'settings.force',
    before: {
      global: { natPortRange: '50000:60000' },
      taken: [{ field: 'natPortRange', managers: ['kubectl-edit'] }],
    },
    after: { global: { natPortRange: '32000:40000' } },
  });
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
  expect(problems).toEqual([{ code: 'N7', field: 'global.natPortRange', message, stops: false, kept: true }]);
  const choice = { object: 'default', choice: 'theirs', fields: ['natPortRange'], expectedVersion, reason: 'theirs' };
  const { status, body } = await tell('cluster.resolveSettings', choice);
  expect([status, body.error.data.violations]).toEqual([400, [{ rule: 'N7', field: 'global.natPortRange', message }]]);
  expect(await ask('settings.get')).toMatchObject({ live: { global: { natPortRange: '45000:60000' } } });
  await edit({ natPortRange: '45000:60000' });
  await stands({ state: 'Synced' });
});

it('force is not noted where the cluster has the settings as they are decided', async () => {
  const { version: expectedVersion } = await ask<{ version: number }>('settings.get');
  const input = { object: 'default', choice: 'ours', expectedVersion, reason: 'to be sure' };
  const { status, body } = await tell('cluster.resolveSettings', input);
  expect([status, body.error?.data.reason]).toEqual([400, 'NOTHING_CHANGES']);
  expect(await ask('settings.get')).toMatchObject({ version: expectedVersion });
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
  await must(admin, 'DELETE', `${FELIXES}/default`);
  await soon(async () => expect(await ask('settings.get')).toMatchObject({ live: { global: {} } }));
  const empty = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: {},
  };
  await must(admin, 'POST', `${FELIXES}?fieldManager=kubectl-create`, empty);
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
  await must(admin, 'DELETE', `${FELIXES}/default`);
  await stands({ state: 'OutOfSync', reason: 'SettingsDeletedInCluster' });
  expect(await stored()).toBe(null);
  await choose('ours');
  await stands({ state: 'Synced' });
  expect((await stored())?.spec).toEqual({ natPortRange: '45000:60000' });
});
