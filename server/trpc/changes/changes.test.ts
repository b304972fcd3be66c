import { afterAll, beforeEach, expect, it } from 'vitest';
import { ingestReport } from '../../services/agents/ingest.ts';
import { type Caller, refusal, type TestApi, testApi } from '../../testing/test-api.ts';
import { reportOf } from '../../testing/test-report.ts';

let api: TestApi;
let last: TestApi | undefined;
let editor: Caller;
beforeEach(async () => {
  api = await testApi(); // before the last one closes: the server stays
  await last?.close();
  last = api;
  editor = api.caller('editor', 'eve');
});
afterAll(async () => last?.close());

const reason = 'because';
const specs = async () => Object.fromEntries((await editor.pools.list({})).pools.map(({ name, spec }) => [name, spec]));

it('a create, an update and a delete are taken back, and the taking back too', async () => {
  const made = await editor.pools.create({ name: 'a', spec: { cidr: '10.1.0.0/16', natOutgoing: true } });
  const changed = await editor.pools.update({
    name: 'a',
    spec: { cidr: '10.1.0.0/16' },
    expectedVersion: made.pool.version,
  });
  const undone = await editor.changes.revert({ id: changed.change.id, reason });
  expect(undone.change).toMatchObject({ action: 'pool.update', target: 'a', reason, actor: 'eve@outgate.example' });
  expect(undone.revision).toBe(made.revision);
  expect(await specs()).toEqual({ a: { cidr: '10.1.0.0/16', natOutgoing: true } });
  const gone = await editor.changes.revert({ id: made.change.id, reason });
  expect(gone.change).toMatchObject({ action: 'pool.delete', after: null });
  expect(await specs()).toEqual({});
  const back = await editor.changes.revert({ id: gone.change?.id ?? 0, reason });
  expect(back.change).toMatchObject({ action: 'pool.create', before: null });
  expect(await specs()).toEqual({ a: { cidr: '10.1.0.0/16', natOutgoing: true } });
});

it('an import is taken back whole: what it made is gone, what it changed is as before', async () => {
  await editor.pools.create({ name: 'old', spec: { cidr: '10.1.0.0/16' } });
  const before = (await editor.status.get()).revision;
  const yaml = ['old 10.1.0.0/16', 'new 10.2.0.0/16'].map((text) => {
    const [name, cidr] = text.split(' ');
    return `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: ${name}}\nspec: {cidr: ${cidr}, natOutgoing: true}\n`;
  });
  const { change } = await editor.pools.import({ yaml: yaml.join('---\n') });
  const undone = await editor.changes.revert({ id: change?.id ?? 0, reason });
  expect(undone.change).toMatchObject({ action: 'pool.import', target: 'new, old', pools: 2 });
  expect(undone.revision).toBe(before);
  expect(await specs()).toEqual({ old: { cidr: '10.1.0.0/16' } });
  expect((await editor.changes.revert({ id: undone.change?.id ?? 0, reason })).revision).toBe(change?.revision);
});

it('a list tells what made many pools from what deleted them, without their contents', async () => {
  const one = (i: number) =>
    `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p-${i}}\nspec: {cidr: 10.0.${i}.0/24}\n`;
  const { change } = await editor.pools.import({ yaml: Array.from({ length: 101 }, (_, i) => one(i)).join('---\n') });
  await editor.changes.revert({ id: change?.id ?? 0, reason });
  const { changes } = await editor.changes.list({});
  expect(changes.map(({ before, after, pools }) => ({ before, after, pools }))).toEqual([
    { before: null, after: [], pools: 101 },
    { before: [], after: null, pools: 101 },
  ]);
});

it('settings are taken back', async () => {
  const { version, revision } = await editor.settings.get();
  const settings = { global: { natPortRange: '30000:40000' }, nodes: {} };
  const { change } = await editor.settings.update({ settings, expectedVersion: version, reason });
  const undone = await editor.changes.revert({ id: change.id, reason });
  expect(undone.change?.action).toBe('settings.update');
  expect(undone.revision).toBe(revision);
  expect((await editor.settings.get()).settings).toEqual({ global: {}, nodes: {} });
});

it('what was changed since is not overwritten: the later changes are named', async () => {
  const made = await editor.pools.create({ name: 'a', spec: { cidr: '10.1.0.0/16' } });
  const two = await api
    .caller('admin', 'bob')
    .pools.update({ name: 'a', spec: { cidr: '10.1.0.0/16', natOutgoing: true }, expectedVersion: made.pool.version });
  await editor.pools.create({ name: 'unrelated', spec: { cidr: '10.2.0.0/16' } });
  const conflict = { id: two.change.id, action: 'pool.update', actor: 'bob@outgate.example' };
  const dry = await editor.changes.revert({ id: made.change.id, dryRun: true });
  expect(dry).toMatchObject({ change: null, conflicts: [{ target: 'a', changes: [conflict] }] });
  expect(await refusal(editor.changes.revert({ id: made.change.id, reason }))).toMatchObject({
    code: 'CONFLICT',
    reason: 'CHANGED_SINCE',
    issues: [
      { field: 'a', message: `a was changed since by change ${two.change.id} (pool.update by bob@outgate.example)` },
    ],
  });
  // once the later change is taken back, nothing stands in the way any more
  await editor.changes.revert({ id: two.change.id, reason });
  await editor.changes.revert({ id: made.change.id, reason });
  expect(Object.keys(await specs())).toEqual(['unrelated']);
  expect((await refusal(editor.changes.revert({ id: made.change.id, reason }))).reason).toBe('NOTHING_CHANGES');
  expect((await refusal(editor.changes.revert({ id: two.change.id, reason }))).reason).toBe('CHANGED_SINCE');
});

it('a dry run shows what would come, writes nothing and needs no reason', async () => {
  const made = await editor.pools.create({ name: 'a', spec: { cidr: '10.1.0.0/16' } });
  const dry = await editor.changes.revert({ id: made.change.id, dryRun: true });
  expect(dry).toMatchObject({ change: null, revision: made.revision, conflicts: [], diff: { after: '' } });
  expect(dry.diff.before).toContain('cidr: 10.1.0.0/16');
  expect(Object.keys(await specs())).toEqual(['a']);
});

it('taking back may not break a rule, needs a reason and a change that is there', async () => {
  const made = await editor.pools.create({ name: 'a', spec: { cidr: '10.1.0.0/16' } });
  const gone = await editor.pools.delete({ name: 'a', expectedVersion: made.pool.version, reason });
  await editor.pools.create({ name: 'b', spec: { cidr: '10.1.2.0/24' } });
  const bad = await refusal(editor.changes.revert({ id: gone.change.id, reason }));
  expect(bad.violations?.map(({ pool, rule }) => `${pool} ${rule}`)).toEqual(['a C17']);
  expect((await refusal(editor.changes.revert({ id: gone.change.id }))).reason).toBe('REASON_REQUIRED');
  expect((await refusal(editor.changes.revert({ id: 999, reason }))).reason).toBe('NOT_FOUND');
  for (const id of [-1, 1.5, '1', null, 1e300]) {
    expect((await refusal(editor.changes.get({ id: id as number }))).reason, String(id)).toBe('INVALID_INPUT');
  }
  expect(api.defects).toEqual([]);
});

it('is found by pool, actor, action, time and text, and pages without a gap', async () => {
  const bob = api.caller('admin', 'bob');
  const made = await editor.pools.create({ name: 'blue', spec: { cidr: '10.1.0.0/16' }, reason: '100% sure_ly' });
  await bob.pools.create({ name: 'green', spec: { cidr: '10.2.0.0/16' } });
  await bob.pools.update({
    name: 'blue',
    spec: { cidr: '10.1.0.0/16', disabled: true },
    expectedVersion: made.pool.version,
  });
  const find = async (filter: object) => (await editor.changes.list(filter)).changes.map(({ id }) => id);
  expect(await find({})).toEqual([3, 2, 1]);
  expect(await find({ pool: 'blue' })).toEqual([3, 1]);
  expect(await find({ pool: 'blu' })).toEqual([]);
  expect(await find({ actor: 'bob@outgate.example' })).toEqual([3, 2]);
  expect(await find({ action: 'pool.create' })).toEqual([2, 1]);
  expect(await find({ search: 'SURE' })).toEqual([1]);
  expect(await find({ search: '100%' })).toEqual([1]);
  expect(await find({ search: '_' })).toEqual([1]);
  expect(await find({ search: 'gree' })).toEqual([2]);
  expect(await find({ search: 'bob', pool: 'blue' })).toEqual([3]);
  const { at } = await editor.changes.get({ id: 2 });
  const later = new Date(Date.parse(at) + 60_000).toISOString();
  expect(await find({ from: later })).toEqual([]);
  expect(await find({ to: later })).toEqual([3, 2, 1]);
  expect((await refusal(editor.changes.list({ from: 'yesterday' }))).issues?.[0]?.field).toBe('from');
  expect((await refusal(editor.changes.list({ cursor: 'x' }))).issues?.[0]?.field).toBe('cursor');
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await editor.changes.list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...page.changes.map(({ id }) => id));
    await editor.pools.create({ name: `n-${seen.length}`, spec: { cidr: `10.${100 + seen.length}.0.0/16` } });
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual([3, 2, 1]);
});

it('knows which nodes hold a change, and since when', async () => {
  const { db } = api.database;
  for (const name of ['n-1', 'n-2', 'n-3']) {
    await db.query('INSERT INTO node (name, credential_hash) VALUES ($1::text, $1::text)', [name]);
  }
  const first = await editor.pools.create({ name: 'a', spec: { cidr: '10.1.0.0/16', natOutgoing: true } });
  await ingestReport(db, reportOf('n-1', { sequence: 1, revision: first.revision }));
  const second = await editor.pools.create({ name: 'b', spec: { cidr: '10.2.0.0/16', natOutgoing: true } });
  await ingestReport(db, reportOf('n-2', { sequence: 2, revision: second.revision }));
  await ingestReport(db, reportOf('n-1', { sequence: 1, revision: first.revision }));
  const nodes = (await editor.changes.list({})).changes.map((change) => change.nodes);
  expect(nodes).toEqual([
    { holding: 1, total: 3 },
    { holding: 2, total: 3 },
  ]);
  const { nodeTimes } = await editor.changes.get({ id: 1 });
  expect(nodeTimes).toEqual([
    { node: 'n-1', at: expect.any(String) },
    { node: 'n-2', at: expect.any(String) },
    { node: 'n-3', at: null },
  ]);
  expect((await editor.pools.list({})).pools.map((pool) => pool.nodes)).toEqual([
    { programmed: 1, total: 3 },
    { programmed: 1, total: 3 },
  ]);
});
