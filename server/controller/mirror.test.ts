import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LivePool, readLivePool } from '../../core/cluster/live-pool.ts';
import { type LiveFelix, readLiveFelix } from '../../core/cluster/live-settings.ts';
import type { ClusterSettings, NatSettings } from '../../core/nat/settings.ts';
import { sumOfPools } from '../../core/wire/revision.ts';
import { findChanges } from '../db/changes.ts';
import { beginTerm, liveChangesSince, lockLive, readLive, readLivePools, readLiveState, TermOver } from '../db/live.ts';
import { readLiveFelixes } from '../db/live-felix.ts';
import { untilSomebodyWaits } from '../db/testing.ts';
import { liveLedger } from '../state/ledger.ts';
import { openStateCache } from '../state/state-cache.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { mirror, mirrorAll } from './mirror.ts';
import { mirrorAllSettings, mirrorSettings } from './mirror-settings.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(async () => api?.close());

let version = 0;
function seen(name: string, spec: unknown, manager = 'kubectl-create', operation = 'Update'): LivePool {
  version++;
  const at = new Date(1_800_000_000_000 + version * 1000).toISOString();
  const fieldsV1 = { 'f:spec': Object.fromEntries(Object.keys(spec as object).map((field) => [`f:${field}`, {}])) };
  const managedFields = [{ manager, operation, time: at, fieldsV1 }];
  const read = readLivePool({
    metadata: { name, uid: `uid-${name}`, resourceVersion: `${version}`, managedFields },
    spec,
  });
  if (read === null) throw new Error('not an object');
  return read;
}
const changesAfter = (sequence: number) => liveChangesSince(api.database.db, sequence, 100);

it('what the watch saw is in the ledger, by its writer, and the revision is that of the pools', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'one');
  await mirror(db, epoch, { seen: [seen('a', { cidr: '10.1.0.0/16', natOutgoing: true })], gone: [] });
  await mirror(db, epoch, {
    seen: [seen('a', { cidr: '10.1.0.0/16', natOutgoing: false }, 'kubectl-edit'), seen('b', { cidr: '10.2.0.0/16' })],
    gone: [],
  });
  const sequence = await mirror(db, epoch, {
    seen: [],
    gone: [
      { name: 'b', uid: 'uid-b' },
      { name: 'never-there', uid: 'x' },
    ],
  });
  const changes = await changesAfter(0);
  expect(changes.map(({ actor, pools, cause }) => [actor, pools, cause])).toEqual([
    ['kubectl-create', ['a'], null],
    ['kubectl-edit', ['a'], null],
    ['kubectl-create', ['b'], null],
    ['unknown', ['b'], null],
  ]);
  expect(changes[1]).toMatchObject({
    before: { name: 'a', spec: { natOutgoing: true } },
    after: { name: 'a', spec: { natOutgoing: false } },
  });
  const { live, pools } = await readLiveState(db);
  expect(live.sequence).toBe(sequence);
  expect(live.poolSum).toBe(sumOfPools(pools));
  expect(pools.map(({ name }) => name)).toEqual(['a']);
});

it('an event that comes late takes nothing back', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'one');
  const early = seen('a', { cidr: '10.1.0.0/16', natOutgoing: true }, 'kubectl-edit');
  const late = seen('a', { cidr: '10.1.0.0/16', natOutgoing: false }, 'kubectl-edit');
  const sequence = await mirror(db, epoch, { seen: [late], gone: [] });
  expect(await mirror(db, epoch, { seen: [early], gone: [] })).toBe(sequence);
  expect(await mirror(db, epoch, { seen: [], gone: [{ name: 'a', uid: 'of an earlier one' }] })).toBe(sequence);
  expect((await readLivePools(db, ['a']))[0]?.pool?.spec.natOutgoing).toBe(false);
});

it('what changes no NAT is stored without a live change; a pool that can no longer be decoded stays as it was', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'one');
  const before = await readLive(db);
  const spelled = seen('a', { cidr: '10.1.0.0/16', natOutgoing: false, disabled: false }, 'kubectl-edit');
  expect(await mirror(db, epoch, { seen: [spelled], gone: [] })).toBe(before.sequence);
  expect((await readLivePools(db, ['a']))[0]?.resourceVersion).toBe(spelled.resourceVersion);
  const torn = seen('a', { cidr: 7 }, 'kubectl-edit');
  const sequence = await mirror(db, epoch, { seen: [torn], gone: [] });
  expect((await readLivePools(db, ['a']))[0]).toMatchObject({
    pool: spelled.pool,
    lastGood: true,
    resourceVersion: torn.resourceVersion,
    problems: [{ field: 'spec.cidr' }],
  });
  const anew = { ...seen('a', { cidr: 7 }), uid: 'another' };
  const last = await mirror(db, epoch, { seen: [anew], gone: [] });
  expect(await changesAfter(sequence)).toMatchObject([{ sequence: last, after: null, before: { name: 'a' } }]);
});

it('that an object can no longer be read is a change of its writer that moves nothing, once for what is wrong in it', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'one');
  const spec = { cidr: '10.44.0.0/16', natOutgoing: true };
  await mirror(db, epoch, { seen: [seen('torn', spec)], gone: [] });
  const cache = await openStateCache({ db, ledger: liveLedger });
  const before = await readLive(db);
  const see = (natOutgoing: unknown, manager: string) =>
    mirror(db, epoch, { seen: [seen('torn', { ...spec, natOutgoing }, manager)], gone: [] });
  await see('yes', 'kubectl-edit');
  // what is wrong is the same
  const sequence = await see('yes', 'kubectl-annotate');
  expect(sequence).toBe(before.sequence + 1);
  expect(await mirrorAll(db, epoch, await readLivePools(db))).toBe(sequence);
  await see('no', 'helm');
  await see(true, 'kubectl-edit');
  // the claim of who made the spec a list is on the spec alone
  await mirror(db, epoch, { seen: [seen('torn', [], 'kubectl-replace')], gone: [] });
  expect(await findChanges(db, { pool: 'torn', others: true, limit: 1 })).toMatchObject([{ actor: 'kubectl-replace' }]);
  await see(true, 'kubectl-edit');
  const history = (await findChanges(db, { pool: 'torn', others: true, limit: 5 })).slice(2);
  const odd = 'cannot be read, what was last known stays in force: natOutgoing must be true or false';
  const unmoved = {
    role: 'cluster',
    action: 'cluster.change',
    revision: before.revision,
    before: { spec },
    after: { spec },
  };
  expect(history).toMatchObject([
    { ...unmoved, actor: 'kubectl-edit', reason: 'can be read again, as what was last known' },
    { ...unmoved, actor: 'helm', reason: `${odd}: 'no'` },
    { ...unmoved, actor: 'kubectl-edit', reason: `${odd}: 'yes'` },
  ]);
  expect(await readLive(db)).toMatchObject({ revision: before.revision, poolSum: before.poolSum });
  // who follows the log goes along without a break
  expect(await cache.refresh()).toBe(before.sequence + 5);
  expect(cache.since(before.sequence)).toMatchObject({ type: 'delta', revision: before.revision, remove: [] });
  await see(false, 'kubectl-edit');
  expect(await findChanges(db, { pool: 'torn', others: true, limit: 1 })).toMatchObject([{ reason: null }]);
});

it('an apply of ours names the change that it carries out', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'one');
  const spec = { cidr: '10.7.0.0/16', natOutgoing: true };
  const { change } = await api.caller('editor').pools.create({ name: 'ours', spec });
  const before = await readLive(db);
  await mirror(db, epoch, { seen: [seen('ours', spec, 'outgate', 'Apply')], gone: [] });
  await mirror(db, epoch, { seen: [seen('ours', { ...spec, natOutgoing: false }, 'outgate', 'Update')], gone: [] });
  expect((await changesAfter(before.sequence)).map(({ actor, cause }) => [actor, cause])).toEqual([
    ['outgate', change.id],
    ['outgate (Update)', null],
  ]);
});

it('a whole list takes away what it does not name, in one change, and writes nothing that it knows', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'one');
  const list = Array.from({ length: 300 }, (_, i) => seen(`p-${i}`, { cidr: `10.${100 + (i >> 8)}.${i & 255}.0/24` }));
  const before = await readLive(db);
  const sequence = await mirrorAll(db, epoch, list);
  expect(await changesAfter(before.sequence)).toHaveLength(2);
  expect((await readLivePools(db)).map(({ name }) => name).sort()).toEqual(list.map(({ name }) => name).sort());
  expect(await mirrorAll(db, epoch, list)).toBe(sequence);
});

it('the leader of an earlier term writes nothing', async () => {
  const { db } = api.database;
  const old = await beginTerm(db, 'one');
  const now = await beginTerm(db, 'two');
  const before = await readLiveState(db);
  const late = { seen: [seen('late', { cidr: '10.9.0.0/16' })], gone: [{ name: 'p-1', uid: 'uid-p-1' }] };
  await expect(mirror(db, old, late)).rejects.toThrow(TermOver);
  await expect(mirrorAll(db, old, [])).rejects.toThrow(TermOver);
  expect(await readLiveState(db)).toEqual(before);
  expect(await mirror(db, now, late)).toBe(before.live.sequence + 2);
});

it('a version that is no number, and a name that comes twice, stop nothing', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'bad answers');
  const cidr = '10.77.0.0/16';
  const first = seen('odd', { cidr, natOutgoing: true });
  const strange = { ...seen('odd', { cidr }), resourceVersion: 'strange' };
  await mirror(db, epoch, { seen: [first, strange], gone: [] });
  expect((await readLiveState(db)).pools).toContainEqual({ name: 'odd', spec: { cidr } });
  await mirror(db, epoch, { seen: [seen('odd', { cidr, natOutgoing: true })], gone: [] });
  expect((await readLiveState(db)).pools).toContainEqual({ name: 'odd', spec: { cidr, natOutgoing: true } });
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
