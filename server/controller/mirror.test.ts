import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LivePool, readLivePool } from '../../core/cluster/live-pool.ts';
import { addShare, poolShare, revisionOf, sumOfPools } from '../../core/wire/revision.ts';
import { findChanges } from '../db/changes.ts';
import {
  beginTerm,
  liveChangesSince,
  readLive,
  readLivePools,
  readLiveState,
  TermOver,
  writeLiveChange,
  writeLivePools,
} from '../db/live.ts';
import { liveLedger } from '../state/ledger.ts';
import { openStateCache } from '../state/state-cache.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { mirror, mirrorAll } from './mirror.ts';

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

it('an object that was never readable comes and goes in History, with what is wrong in it, and moves nothing', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'one');
  const cache = await openStateCache({ db, ledger: liveLedger });
  const before = await readLive(db);
  const see = (name: string, spec: object, manager?: string) =>
    mirror(db, epoch, { seen: [seen(name, spec, manager)], gone: [] });
  const historyOf = (pool: string) => findChanges(db, { pool, others: true, limit: 9 });
  await see('odd-one', { cidr: 7 });
  const sequence = await see('odd-one', { cidr: 7, disabled: true }, 'kubectl-annotate');
  expect(sequence).toBe(before.sequence + 1);
  expect(await mirrorAll(db, epoch, await readLivePools(db))).toBe(sequence);
  await see('odd-one', { cidr: 8 }, 'kubectl-edit');
  // of one writer at once, for one reason
  const gone = ['odd-one', 'odd-two'].map((name) => ({ name, uid: `uid-${name}` }));
  await see('odd-two', { cidr: 8 });
  const last = await mirror(db, epoch, { seen: [], gone });
  expect(await mirror(db, epoch, { seen: [], gone })).toBe(last);
  const unmoved = { role: 'cluster', action: 'cluster.change', revision: before.revision };
  expect(await historyOf('odd-one')).toMatchObject([
    { ...unmoved, actor: 'unknown', target: 'odd-one, odd-two', reason: 'deleted in the cluster, could not be read' },
    { ...unmoved, actor: 'kubectl-edit', reason: 'cannot be read, without effect: cidr must be text: 8' },
    {
      ...unmoved,
      actor: 'kubectl-create',
      reason: 'made in the cluster, cannot be read, without effect: cidr must be text: 7',
    },
  ]);
  expect(await readLive(db)).toMatchObject({ revision: before.revision, poolSum: before.poolSum });
  expect(await cache.refresh()).toBe(last);
  expect(cache.since(before.sequence)).toMatchObject({ type: 'delta', upsert: [], remove: [] });
});

it('so does an object whose CIDR means no addresses; one that had some ends with it, and comes back', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'one');
  const cache = await openStateCache({ db, ledger: liveLedger });
  const before = await readLive(db);
  const see = (name: string, cidr: string, manager?: string) =>
    mirror(db, epoch, { seen: [seen(name, { cidr, natOutgoing: true }, manager)], gone: [] });
  const historyOf = (pool: string) => findChanges(db, { pool, others: true, limit: 9 });
  await see('bad-cidr', 'not-a-cidr');
  await see('bad-cidr', '10.0.0.0/99', 'kubectl-edit');
  await mirror(db, epoch, { seen: [], gone: [{ name: 'bad-cidr', uid: 'uid-bad-cidr' }] });
  const unread = 'cannot be read, without effect: cidr must be an address range:';
  const unmoved = { action: 'cluster.change', revision: before.revision, before: null, after: null };
  expect(await historyOf('bad-cidr')).toMatchObject([
    { ...unmoved, actor: 'unknown', reason: 'deleted in the cluster, could not be read' },
    { ...unmoved, actor: 'kubectl-edit', reason: `${unread} '10.0.0.0/99'` },
    { ...unmoved, actor: 'kubectl-create', reason: `made in the cluster, ${unread} 'not-a-cidr'` },
  ]);
  expect(await readLive(db)).toMatchObject({ revision: before.revision, poolSum: before.poolSum });
  await see('spoilt', '10.46.0.0/16');
  await see('spoilt', 'ten', 'kubectl-edit');
  // nothing of it is in force that could stay there
  await mirror(db, epoch, { seen: [seen('spoilt', { cidr: 7 }, 'helm')], gone: [] });
  await see('spoilt', '10.46.0.0/16', 'kubectl-edit');
  const spec = { cidr: '10.46.0.0/16' };
  expect(await historyOf('spoilt')).toMatchObject([
    { actor: 'kubectl-edit', before: null, after: { spec }, reason: null },
    { actor: 'helm', before: null, after: null, reason: 'cannot be read, without effect: cidr must be text: 7' },
    { actor: 'kubectl-edit', before: { spec }, after: null, reason: `${unread} 'ten'` },
    { before: null, after: { spec } },
  ]);
  await see('spoilt', 'ten');
  const { live, pools } = await readLiveState(db);
  expect(live.poolSum).toBe(sumOfPools(pools));
  expect(pools.map(({ name }) => name)).not.toContain('spoilt');
  await cache.refresh();
  expect(cache.since(before.sequence)).toMatchObject({ type: 'delta', upsert: [], revision: live.revision });
});

it('of thousands of objects that are each wrong otherwise not each is a change', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'one');
  const known = await readLivePools(db);
  const before = await readLive(db);
  const list = Array.from({ length: 300 }, (_, i) => seen(`odd-${i}`, { cidr: i }));
  const last = await mirrorAll(db, epoch, [...known, ...list]);
  expect(last).toBe(before.sequence + 101);
  const unread = 'made in the cluster, cannot be read, without effect';
  expect((await findChanges(db, { search: 'odd-', others: true, limit: 2 })).map(({ reason }) => reason)).toEqual([
    `${unread}: the Cluster page has what is wrong in each`,
    `${unread}: cidr must be text: 99`,
  ]);
  await mirrorAll(db, epoch, known);
});

it('of very many that cannot be read any more, and stay in force, the list says that nothing moved', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'one');
  const many = Array.from({ length: 101 }, (_, i) => ({ name: `stays-${i}`, spec: { cidr: `10.50.${i}.0/24` } }));
  const mirrored = (change: (spec: object) => object) =>
    mirror(db, epoch, { seen: many.map(({ name, spec }) => seen(name, change(spec))), gone: [] });
  await mirrored((spec) => ({ ...spec, natOutgoing: true }));
  await mirrored((spec) => ({ ...spec, natOutgoing: false }));
  await mirrored((spec) => ({ ...spec, natOutgoing: 7 }));
  expect(await findChanges(db, { pool: 'stays-1', others: true, limit: 3 })).toMatchObject([
    { before: [], after: [], reason: expect.stringContaining('what was last known stays in force') },
    { before: null, after: null },
    { before: [], after: null },
  ]);
  await mirror(db, epoch, { seen: [], gone: many.map(({ name }) => ({ name, uid: `uid-${name}` })) });
});

it('an unreadable object in the place of one that was read says so, and what is wrong in it', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'one');
  await mirror(db, epoch, { seen: [seen('replaced', { cidr: '10.45.0.0/16' })], gone: [] });
  const anew = { ...seen('replaced', { cidr: 7 }, 'kubectl-replace'), uid: 'another' };
  await mirror(db, epoch, { seen: [anew], gone: [] });
  await mirror(db, epoch, { seen: [{ ...seen('replaced', { cidr: '10.45.0.0/16' }), uid: 'another' }], gone: [] });
  const spec = { cidr: '10.45.0.0/16' };
  expect(await findChanges(db, { pool: 'replaced', others: true, limit: 2 })).toMatchObject([
    { before: null, after: { spec }, reason: null },
    {
      actor: 'kubectl-replace',
      before: { spec },
      after: null,
      reason: 'made anew there, cannot be read, without effect: cidr must be text: 7',
    },
  ]);
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
  await mirrorAll(
    db,
    epoch,
    ['x', 'y'].map((name) => seen(name, { cidr: '10.99.0.0/16' })),
  );
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

it('what a version before counted, and no node follows, is taken out of the ledger once', async () => {
  const { db } = api.database;
  const epoch = await beginTerm(db, 'upgraded');
  const spoiled = seen('spoiled', { cidr: 'not-a-cidr' });
  if (spoiled.pool === null) throw new Error('it can be decoded');
  // seen first while this version led, before the other one did again
  const uncounted = seen('uncounted', { cidr: 'nor-this' });
  await mirrorAll(db, epoch, [seen('fine', { cidr: '10.9.0.0/16' }), uncounted]);
  const { live, pools } = await readLiveState(db);
  await writeLivePools(db, [spoiled], []);
  const poolSum = addShare(live.poolSum, poolShare(spoiled.pool));
  const next = {
    ...live,
    sequence: live.sequence + 1,
    poolSum,
    revision: revisionOf(poolSum, live.settings, live.hosts),
  };
  const after = spoiled.pool;
  const told = { actor: 'kubectl-create', action: 'cluster.change', pools: ['spoiled'], before: null, cause: null };
  await writeLiveChange(db, { next, ...told, after, reason: null, notice: '{}' });
  const all = await readLivePools(db);
  const sequence = await mirrorAll(db, epoch, all);
  const right = await readLiveState(db);
  expect(right.pools).toEqual(pools);
  expect(right.live).toMatchObject({ sequence, poolSum: sumOfPools(pools), revision: live.revision });
  expect(await findChanges(db, { pool: 'spoiled', others: true, limit: 1 })).toMatchObject([
    { actor: 'outgate', role: 'system', before: [{ name: 'spoiled' }, { name: 'uncounted' }], after: [] },
  ]);
  expect(await mirrorAll(db, epoch, all)).toBe(sequence);
  // and what is mended counts from then on
  await mirror(db, epoch, { seen: [seen('spoiled', { cidr: '10.8.0.0/16' })], gone: [] });
  const mended = await readLiveState(db);
  expect(mended.live.poolSum).toBe(sumOfPools(mended.pools));
});
