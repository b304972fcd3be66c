import { afterAll, beforeEach, expect, it } from 'vitest';
import { newSync, settingsSync } from '../../db/sync.ts';
import { ingestReport } from '../../services/agents/ingest.ts';
import { type Caller, refusal, type TestApi, testApi } from '../../testing/test-api.ts';
import { reportOf } from '../../testing/test-report.ts';

let api: TestApi;
let last: TestApi | undefined;
let editor: Caller;
beforeEach(async () => {
  api = await testApi();
  await last?.close();
  last = api;
  editor = api.caller('editor');
});
afterAll(async () => last?.close());

const reason = 'because';
const update = (settings: object, expectedVersion = 1) =>
  editor.settings.update({ settings: { global: {}, nodes: {}, ...settings }, expectedVersion, reason });

it('settings change whole, are stored in one form, and carry a version', async () => {
  const before = await editor.settings.get();
  expect(before).toMatchObject({ settings: { global: {}, nodes: {} }, version: 1, warnings: [] });
  const done = await update({
    global: { natOutgoingAddressV6: '2001:DB8:0::5', natPortRange: '' },
    nodes: { 'node-1': { natPortRange: '30000:40000' }, 'node-2': {} },
  });
  const settings = {
    global: { natOutgoingAddressV6: '2001:db8::5' },
    nodes: { 'node-1': { natPortRange: '30000:40000' } },
  };
  expect(done).toMatchObject({
    settings,
    version: 2,
    change: { action: 'settings.update', target: 'settings', reason },
  });
  expect(done.change.before).toEqual(before.settings);
  expect(done.revision).not.toBe(before.revision);
  expect(await editor.settings.get()).toMatchObject({ settings, version: 2, revision: done.revision });
});

it('refuses a stale version, no reason, no difference, and what would stop a node', async () => {
  expect(await refusal(update({ global: { natPortRange: '1:2' } }, 7))).toMatchObject({
    code: 'CONFLICT',
    reason: 'VERSION_STALE',
    current: { version: 1 },
  });
  const silent = editor.settings.update({
    settings: { global: { natPortRange: '1:2' }, nodes: {} },
    expectedVersion: 1,
  });
  expect((await refusal(silent)).reason).toBe('REASON_REQUIRED');
  expect((await refusal(update({ global: { natPortRange: '' } }))).reason).toBe('NOTHING_CHANGES');
  const bad = await refusal(
    update({
      global: { natPortRange: '0:70000', iptablesNATOutgoingInterfaceFilter: 'eth 0' },
      nodes: { n: { natOutgoingAddress: '127.0.0.1' } },
    }),
  );
  expect(bad).toMatchObject({ code: 'BAD_REQUEST', reason: 'SETTINGS_VIOLATIONS' });
  expect(bad.violations?.map(({ field }) => field)).toEqual([
    'global.natPortRange',
    'global.iptablesNATOutgoingInterfaceFilter',
    'nodes.n.natOutgoingAddress',
  ]);
  const zeros = await refusal(
    update({ global: { natPortRange: '0100' }, nodes: { n: { natPortRange: '1:02' }, o: { natPortRange: '10:20' } } }),
  );
  expect(zeros.reason).toBe('SETTINGS_VIOLATIONS');
  expect(zeros.violations).toEqual([
    { rule: 'N7', field: 'global.natPortRange', message: "natPortRange must have no leading zeros: '0100'" },
    { rule: 'N7', field: 'nodes.n.natPortRange', message: "natPortRange must have no leading zeros: '1:02'" },
  ]);
  const shape = await refusal(update({ global: { natOutgoingExclusions: 'Some', other: 1 } }));
  expect(shape.reason).toBe('INVALID_INPUT');
  expect(shape.issues?.map(({ field }) => field)).toContain('settings.global.natOutgoingExclusions');
  expect((await editor.changes.list({})).changes).toEqual([]);
});

it('a range with leading zeros that an older version stored is decided by, and never written again', async () => {
  const { db } = api.database;
  await db.query(`UPDATE desired SET settings = '{"global":{"natPortRange":"010:020"},"nodes":{}}'`);
  await api.caller('editor').pools.create({ name: 'a', spec: { cidr: '10.0.0.0/16', natOutgoing: true } });
  const asked = await editor.simulate.flow({ from: '10.0.0.1', to: '8.8.8.8', proto: 'tcp' });
  expect(asked.answers[0]?.source.ports).toEqual([10, 20]);
  const done = await update({ global: { natPortRange: '10:20' } });
  const back = await refusal(editor.changes.revert({ id: done.change.id, reason }));
  expect([back.reason, back.violations]).toEqual([
    'SETTINGS_VIOLATIONS',
    [{ rule: 'N7', field: 'global.natPortRange', message: "natPortRange must have no leading zeros: '010:020'" }],
  ]);
});

it('an address inside a NATed pool is refused from both sides', async () => {
  await update({ global: { natOutgoingAddress: '192.0.2.77' } });
  const pool = { name: 'a', spec: { cidr: '192.0.2.0/24', natOutgoing: true } };
  expect((await refusal(editor.pools.create(pool))).reason).toBe('SETTINGS_VIOLATIONS');
  const quiet = await editor.pools.create({ ...pool, spec: { cidr: '192.0.2.0/24' } });
  const on = editor.pools.update({ ...pool, expectedVersion: quiet.pool.version });
  expect((await refusal(on)).reason).toBe('SETTINGS_VIOLATIONS');
  await editor.pools.create({ name: 'b', spec: { cidr: '198.51.100.0/24', natOutgoing: true } });
  const move = update({ global: { natOutgoingAddress: '198.51.100.9' } }, 2);
  expect((await refusal(move)).reason).toBe('SETTINGS_VIOLATIONS');
});

it('the nodes addresses enter the state with the setting that makes them matter', async () => {
  const { db } = api.database;
  const cache = (await api.deps()).state; // loaded before the node is there
  await db.query("INSERT INTO node (name, credential_hash) VALUES ('n-1', 'x')");
  const { revision } = await editor.status.get();
  await ingestReport(db, reportOf('n-1', { addresses: ['192.0.2.11/24', '2001:db8:1::11/64'] }));
  expect((await editor.status.get()).revision).toBe(revision);
  const hosts = ['192.0.2.11', '2001:db8:1::11'];
  const on = await update({ global: { natOutgoingExclusions: 'IPPoolsAndHostIPs' } });
  const { changes } = await editor.changes.list({});
  const reason = 'count from now on, since natOutgoingExclusions asks for them';
  expect(changes).toMatchObject([
    {
      action: 'settings.update',
      actor: 'editor@outgate.example',
      after: { global: { natOutgoingExclusions: 'IPPoolsAndHostIPs' }, nodes: {} },
    },
    { action: 'hosts.update', actor: 'outgate', after: { hosts }, reason },
  ]);
  const from = cache.sequence;
  await cache.refresh();
  expect([cache.revision, cache.hosts]).toEqual([on.revision, hosts]);
  expect(cache.since(from)).toMatchObject({ type: 'delta', hosts });
  expect((await refusal(editor.changes.revert({ id: 1, reason }))).reason).toBe('INVALID_INPUT');
  await ingestReport(db, reportOf('n-1', { addresses: ['192.0.2.12/24'] }));
  await cache.refresh();
  expect(cache.hosts).toEqual(['192.0.2.12']);
  expect(cache.revision).toBe((await editor.status.get()).revision);
});

it('a name that no node can have is refused with its field, and none is dropped without a word', async () => {
  for (const name of ['__proto__', 'Node_1', 'a b', '-a', '']) {
    const nodes = JSON.parse(`{${JSON.stringify(name)}: {"natOutgoingAddress": "192.0.2.1"}}`);
    const refused = await refusal(update({ nodes }));
    expect([name, refused.reason]).toEqual([name, 'INVALID_INPUT']);
    expect(refused.issues?.[0]?.field).toContain('settings.nodes');
  }
  const named = await update({ nodes: { constructor: { natOutgoingAddress: '192.0.2.1' } } });
  expect(named.settings.nodes).toEqual({ constructor: { natOutgoingAddress: '192.0.2.1' } });
  expect((await editor.settings.get()).settings.nodes).toEqual({ constructor: { natOutgoingAddress: '192.0.2.1' } });
});

it('who looks at what a revert would do takes nobody’s use of force back; who reverts does', async () => {
  const { db } = api.database;
  const { change } = await update({ global: { natPortRange: '1:2' } });
  const row = { ...newSync('default'), forceVersion: change.id, forceSeen: 'seen' };
  await settingsSync.write(db, [row]);
  const force = async () => (await settingsSync.read(db, ['default']))[0]?.forceSeen;
  await api.caller('viewer').changes.previewRevert({ id: change.id });
  await editor.changes.revert({ id: change.id, dryRun: true });
  expect(await force()).toBe('seen');
  await editor.changes.revert({ id: change.id, reason });
  expect(await force()).toBe(null);
});
