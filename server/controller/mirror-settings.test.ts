import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLivePool } from '../../core/cluster/live-pool.ts';
import { type LiveFelix, readLiveFelix } from '../../core/cluster/live-settings.ts';
import { OUR_MANAGER } from '../../core/cluster/managed-fields.ts';
import type { ClusterSettings, NatSettings } from '../../core/nat/settings.ts';
import { findChanges } from '../db/changes.ts';
import type { Database } from '../db/client.ts';
import { beginTerm, liveChangesSince, lockLive, readLive } from '../db/live.ts';
import { readLiveFelixes } from '../db/live-felix.ts';
import { untilSomebodyWaits } from '../db/testing.ts';
import { liveLedger } from '../state/ledger.ts';
import { openStateCache } from '../state/state-cache.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { mirror } from './mirror.ts';
import { mirrorAllSettings, mirrorSettings } from './mirror-settings.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

const changesAfter = (sequence: number) => liveChangesSince(api.database.db, sequence, 100);

it('of thousands of objects that are not taken at once the lock is not lost, and the others are taken', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'test');
  const felix = (name: string, natPortRange: string): LiveFelix[] => {
    const read = readLiveFelix({ metadata: { name, uid: name, resourceVersion: '1' }, spec: { natPortRange } });
    return read === null ? [] : [read];
  };
  const bad = Array.from({ length: 8_000 }, (_, i) => felix(`node.w-${i}`, '40000:30000')).flat();
  const all = [...felix('default', '1:2'), ...bad, ...felix('node.good', '3:4')];
  expect(await mirrorAllSettings(db, epoch, { all, hosts: () => null })).toBe(false);
  expect((await readLive(db)).settings).toEqual({
    global: { natPortRange: '1:2' },
    nodes: { good: { natPortRange: '3:4' } },
  });
});

it('a FelixConfiguration that can no longer be read leaves its settings, and a version that is no number stops nothing', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'felix');
  const see = async (resourceVersion: string, natPortRange: unknown, uid = 'felix-1') => {
    const fieldsV1 = { 'f:spec': { 'f:natPortRange': {} } };
    const managedFields = [{ manager: 'no text\0', operation: 'Update', fieldsV1 }];
    const felix = readLiveFelix({
      metadata: { name: 'default', uid, resourceVersion, managedFields },
      spec: { natPortRange },
    });
    await mirrorAllSettings(db, epoch, { all: felix === null ? [] : [felix], hosts: () => [] });
    const [stored] = await readLiveFelixes(db);
    return { range: (await readLive(db)).settings.global.natPortRange, faulty: (stored?.problems.length ?? 0) > 0 };
  };
  expect(await see('1', '31000:32000')).toEqual({ range: '31000:32000', faulty: false });
  expect(await see('2', { a: 1 })).toEqual({ range: '31000:32000', faulty: true });
  expect(await see('made-up', '33000:34000')).toEqual({ range: '33000:34000', faulty: false });
  expect(await see('made-up-2', '35000:36000')).toEqual({ range: '35000:36000', faulty: false });
  // deleted and made anew it was never readable
  expect(await see('3', [], 'felix-2')).toEqual({ range: undefined, faulty: true });
});

it('objects of many nodes by one writer are one change, and one that means nothing holds up no other', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'many nodes');
  const felix = (name: string, version: number, spec: NatSettings): LiveFelix[] => {
    const managedFields = [
      {
        manager: 'helm',
        operation: 'Apply',
        time: '2026-11-28T07:00:00Z',
        fieldsV1: { 'f:spec': { 'f:natPortRange': {} } },
      },
    ];
    const read = readLiveFelix({ metadata: { name, uid: name, resourceVersion: `${version}`, managedFields }, spec });
    return read === null ? [] : [read];
  };
  const nodes = Array.from({ length: 300 }, (_, i) =>
    felix(`node.n-${i}`, 1, { natPortRange: `${i + 1}:60000` }),
  ).flat();
  const before = (await readLive(db)).sequence;
  const hosts = () => null;
  const bad = felix('node.bad', 1, { natPortRange: '40000:30000' });
  const first = felix('default', 1, { natPortRange: '1:2' });
  expect(await mirrorAllSettings(db, epoch, { all: [...bad, ...first, ...nodes], hosts })).toBe(false);
  const [change, ...more] = await changesAfter(before);
  const { settings } = await readLive(db);
  // and one that says what is not taken
  expect([change?.actor, more]).toMatchObject(['helm', [{ actor: 'helm', before: settings, after: settings }]]);
  expect([settings.global, Object.keys(settings.nodes).length]).toEqual([{ natPortRange: '1:2' }, 300]);
  await mirrorSettings(db, epoch, { seen: felix('default', 2, { natPortRange: '3:4' }), gone: [], hosts });
  await mirrorSettings(db, epoch, { seen: felix('node.n-0', 2, { natPortRange: '9:1' }), gone: [], hosts });
  const then = (await readLive(db)).settings;
  expect([then.global, then.nodes['n-0'], then.nodes['bad']]).toEqual([
    { natPortRange: '3:4' },
    { natPortRange: '1:60000' },
    undefined,
  ]);
  expect(await mirrorAllSettings(db, epoch, { all: [], hosts })).toBe(true);
  expect((await readLive(db)).settings).toEqual({ global: {}, nodes: {} });
});

it('settings that are not taken are a change of their writer that moves nothing, once for what is wrong in them', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'not taken');
  let version = 1000;
  const felix = (name: string, spec: unknown, manager: string, fields: object): LiveFelix => {
    const time = new Date(1_800_000_000_000 + ++version * 1000).toISOString();
    const managedFields = [{ manager, operation: 'Update', time, fieldsV1: { 'f:spec': fields } }];
    const read = readLiveFelix({ metadata: { name, uid: name, resourceVersion: `${version}`, managedFields }, spec });
    if (read === null) throw new Error('no object');
    return read;
  };
  const hosts = () => null;
  const see = (...seen: LiveFelix[]) => mirrorSettings(db, epoch, { seen, gone: [], hosts });
  const range = { 'f:natPortRange': {} };
  const ports = (natPortRange: unknown, manager: string, name = 'default') =>
    felix(name, { natPortRange }, manager, range);
  await see(ports('1:2', 'kubectl-create'));
  const cache = await openStateCache({ db, ledger: liveLedger });
  const before = await readLive(db);
  await see(ports('0:70000', 'kubectl-edit'));
  // what is wrong is the same, and so it is when all is read anew
  await see(ports('0:70000', 'kubectl-annotate'));
  await mirrorAllSettings(db, epoch, { all: await readLiveFelixes(db), hosts });
  await see(felix('default', [], 'helm', {}));
  // as it is in force: nothing moved, and nothing is wrong any more
  await see(ports('1:2', 'kubectl-edit'));
  await see(...['a', 'b', 'c', 'd'].map((node) => ports('9:1', 'chart', `node.${node}`)));
  const others = await findChanges(db, { action: 'settings.update', others: true, limit: 3 });
  const unmoved = { role: 'cluster', revision: before.revision, before: before.settings, after: before.settings };
  const why = (what: string) => expect.stringMatching(`^FelixConfiguration ${what}, what is in force stays: `);
  expect(others).toMatchObject([
    { ...unmoved, actor: 'chart', reason: why('node.a, node.b, node.c and 1 more is not taken') },
    { ...unmoved, actor: 'helm', reason: why('default cannot be read') },
    { ...unmoved, actor: 'kubectl-edit', reason: why('default is not taken') },
  ]);
  // who follows the log goes along without a break
  expect(await cache.refresh()).toBe(before.sequence + 3);
  expect(cache.since(before.sequence)).toMatchObject({ type: 'delta', revision: before.revision });
  await mirrorAllSettings(db, epoch, { all: [], hosts });
});

/** One that is written by several, each with its fields. */
const writtenBy = (
  name: string,
  version: number,
  spec: object,
  writers: Readonly<Record<string, readonly string[]>>,
): LiveFelix => {
  const managedFields = Object.entries(writers).map(([manager, fields], i) => ({
    manager,
    operation: manager === OUR_MANAGER ? 'Apply' : 'Update',
    time: new Date(1_800_000_000_000 + (version * 10 + i) * 1000).toISOString(),
    fieldsV1: { 'f:spec': Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
  }));
  const metadata = { name, uid: name, resourceVersion: `${version}`, managedFields };
  const read = readLiveFelix({ metadata, spec });
  if (read === null) throw new Error('no object');
  return read;
};

it('what stood in an object that could not be read is told by who wrote it, before what makes it readable again', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'unreadable');
  const see = (felix: LiveFelix) => mirrorSettings(db, epoch, { seen: [felix], gone: [], hosts: () => null });
  const both = ['natPortRange', 'iptablesNATOutgoingInterfaceFilter'];
  const wrong = { iptablesNATOutgoingInterfaceFilter: 'eth1', natPortRange: { a: 1 } };
  await see(writtenBy('default', 2001, { natPortRange: '1:2' }, { helm: ['natPortRange'] }));
  await see(writtenBy('default', 2002, wrong, { 'kubectl-edit': both }));
  const before = (await readLive(db)).sequence;
  const right = { ...wrong, natPortRange: '3:4' };
  const [edited, mended] = [['iptablesNATOutgoingInterfaceFilter'], ['natPortRange']];
  // who takes a field from a claim leaves its time as it was
  const { claims } = writtenBy('default', 2002, wrong, { 'kubectl-edit': edited });
  const after = writtenBy('default', 2003, right, { helm: mended });
  await see({ ...after, claims: [...claims, ...after.claims] });
  const between = { natPortRange: '1:2', iptablesNATOutgoingInterfaceFilter: 'eth1' };
  expect(await changesAfter(before)).toMatchObject([
    { actor: 'kubectl-edit', before: { global: { natPortRange: '1:2' } }, after: { global: between } },
    { actor: 'helm', before: { global: between }, after: { global: right } },
  ]);
  await mirrorAllSettings(db, epoch, { all: [], hosts: () => null });
});

it('of thousands of objects that a pool held back each writer is told once, with the fields that it wrote', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'held back');
  const name = 'holds-back';
  const pool = readLivePool({
    metadata: { name, uid: name, resourceVersion: '1' },
    spec: { cidr: '198.51.100.0/24', natOutgoing: true },
  });
  await mirror(db, epoch, { seen: pool === null ? [] : [pool], gone: [] });
  const spec = { natOutgoingAddress: '198.51.100.7', natPortRange: '1:2' };
  const writers = { chart: ['natOutgoingAddress'], 'kubectl-edit': ['natPortRange'] };
  const all = Array.from({ length: 2_000 }, (_, i) => writtenBy(`node.h-${i}`, 1, spec, writers));
  await mirrorAllSettings(db, epoch, { all, hosts: () => null });
  await mirror(db, epoch, { seen: [], gone: [{ name, uid: name }] });
  const before = await readLive(db);
  await mirrorSettings(db, epoch, { seen: [], gone: [], hosts: () => null });
  const told = await changesAfter(before.sequence);
  const first = (side: unknown) => (side as ClusterSettings).nodes['h-0'];
  expect(told.map((move) => [move.actor, first(move.before), first(move.after)])).toEqual([
    ['chart', undefined, { natOutgoingAddress: spec.natOutgoingAddress }],
    ['kubectl-edit', { natOutgoingAddress: spec.natOutgoingAddress }, spec],
  ]);
  const { settings, revision } = await readLive(db);
  expect(Object.values(settings.nodes)).toEqual(all.map(() => spec));
  expect(new Set([before.revision, ...told.map((move) => move.revision)]).size).toBe(3);
  expect(told.at(-1)?.revision).toBe(revision);
  const others = await findChanges(db, { others: true, limit: 1 });
  const reason = 'written while FelixConfiguration node.h-0, node.h-1, node.h-10 and 1997 more was not taken';
  expect(others).toMatchObject([{ reason }]);
  await mirrorAllSettings(db, epoch, { all: [], hosts: () => null });
});

it('of objects of ours that a pool held back the change that decided them is told once, and looked for once for each', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'ours held back');
  const spec = { natOutgoingAddress: '198.51.100.7', natPortRange: '1:2' };
  const nodes = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`o-${i}`, spec]));
  const { settings } = api.caller('editor');
  const { version: expectedVersion } = await settings.get();
  const { change } = await settings.update({
    settings: { global: {}, nodes },
    expectedVersion,
    reason: 'each its own',
  });
  const name = 'holds-ours-back';
  const pool = readLivePool({
    metadata: { name, uid: name, resourceVersion: '1' },
    spec: { cidr: '198.51.100.0/24', natOutgoing: true },
  });
  await mirror(db, epoch, { seen: pool === null ? [] : [pool], gone: [] });
  const writers = { [OUR_MANAGER]: Object.keys(spec) };
  const all = Object.keys(nodes).map((node) => writtenBy(`node.${node}`, 1, spec, writers));
  await mirrorAllSettings(db, epoch, { all, hosts: () => null });
  await mirror(db, epoch, { seen: [], gone: [{ name, uid: name }] });
  const { sequence } = await readLive(db);
  let looks = 0;
  const counting: Database = {
    ...db,
    transaction: (work) =>
      db.transaction((tx) =>
        work({
          query: (text, ...rest) => {
            if (text.includes('settings_objects(')) looks++;
            return tx.query(text, ...rest);
          },
        }),
      ),
  };
  await mirrorSettings(counting, epoch, { seen: [], gone: [], hosts: () => null });
  const told = await changesAfter(sequence);
  expect(told.map(({ actor, cause }) => ({ actor, cause }))).toEqual([{ actor: OUR_MANAGER, cause: change.id }]);
  expect(looks).toBe(all.length);
  await mirrorAllSettings(db, epoch, { all: [], hosts: () => null });
});

it('the addresses of nodes that are written last are the newest, also by a list that began before they moved', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'two feeds');
  let addresses = ['192.0.2.11'];
  const hosts = () => addresses;
  const others = { seen: [], gone: [], hosts };
  await mirrorSettings(db, epoch, others);
  // a whole list reads what is stored before it waits for its turn; meanwhile the other feed has it
  let list = Promise.resolve(true);
  await db.transaction(async (tx) => {
    await lockLive(tx, epoch);
    list = mirrorAllSettings(db, epoch, { all: [], hosts });
    await untilSomebodyWaits(db);
    addresses = ['192.0.2.12'];
  });
  await list;
  expect((await readLive(db)).hosts).toEqual(['192.0.2.12']);
});

it('each change of settings is carried out by the apply of what it decided, however quickly the next one came', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'quick');
  const editor = api.caller('editor');
  const save = async (settings: Partial<ClusterSettings>): Promise<number> => {
    const { version: expectedVersion } = await editor.settings.get();
    const all = { global: {}, nodes: {}, ...settings };
    return (await editor.settings.update({ settings: all, expectedVersion, reason: 'quick' })).change.id;
  };
  let at = 100;
  const applied = async (name: string, spec: NatSettings): Promise<void> => {
    at++;
    const fieldsV1 = { 'f:spec': Object.fromEntries(Object.keys(spec).map((field) => [`f:${field}`, {}])) };
    const managedFields = [{ manager: 'outgate', operation: 'Apply', time: `2026-11-28T08:00:00.${at}Z`, fieldsV1 }];
    const felix = readLiveFelix({ metadata: { name, uid: name, resourceVersion: `${at}`, managedFields }, spec });
    await mirrorSettings(db, epoch, { seen: felix === null ? [] : [felix], gone: [], hosts: () => null });
  };
  const nodes = { n: { natPortRange: '5:6' } };
  const first = await save({ global: { natPortRange: '1:2' } });
  const node = await save({ global: { natPortRange: '1:2' }, nodes });
  const last = await save({ global: { natPortRange: '3:4' }, nodes });
  const before = (await readLive(db)).sequence;
  await applied('default', { natPortRange: '1:2' });
  await applied('node.n', { natPortRange: '5:6' });
  await applied('default', { natPortRange: '3:4' });
  // another field of an object in which others hold one of ours at their value
  const beside = await save({ global: { natPortRange: '7:8', iptablesNATOutgoingInterfaceFilter: 'eth0' }, nodes });
  await applied('default', { natPortRange: '3:4', iptablesNATOutgoingInterfaceFilter: 'eth0' });
  const letGo = await save({ global: { natPortRange: '7:8' }, nodes });
  await applied('default', { natPortRange: '3:4' });
  expect((await changesAfter(before)).map(({ actor, cause }) => [actor, cause])).toEqual(
    [first, node, last, beside, letGo].map((change) => ['outgate', change]),
  );
});

it('addresses that a setting begins to ask for say so, by who wrote the setting; then they are what the nodes say', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'hosts');
  const fieldsV1 = { 'f:spec': { 'f:natOutgoingExclusions': {} } };
  const see = (resourceVersion: string, natOutgoingExclusions: string, hosts: readonly string[]) => {
    const managedFields = [{ manager: `kubectl-${resourceVersion}`, operation: 'Update', fieldsV1 }];
    const metadata = { name: 'node.w-7', uid: 'w-7', resourceVersion, managedFields };
    const felix = readLiveFelix({ metadata, spec: { natOutgoingExclusions } });
    return mirrorSettings(db, epoch, { seen: felix === null ? [] : [felix], gone: [], hosts: () => hosts });
  };
  await see('1', 'IPPoolsOnly', ['192.0.2.11']);
  await see('2', 'IPPoolsAndHostIPs', ['192.0.2.11']);
  await see('2', 'IPPoolsAndHostIPs', ['192.0.2.11', '192.0.2.12']);
  expect(await findChanges(db, { others: true, limit: 3 })).toMatchObject([
    { action: 'hosts.update', actor: 'unknown', reason: null, after: { hosts: ['192.0.2.11', '192.0.2.12'] } },
    { action: 'settings.update', actor: 'kubectl-2' },
    {
      action: 'hosts.update',
      actor: 'kubectl-2',
      reason: 'count from now on, since natOutgoingExclusions asks for them',
      after: { hosts: ['192.0.2.11'] },
    },
  ]);
});
