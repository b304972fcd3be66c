import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { validatePools } from '../../../core/pool/validate.ts';
import { refusal, type TestApi, testApi } from '../../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(async () => api?.close());
afterEach(async () => {
  const admin = api.caller('admin');
  for (const { name, version } of (await admin.pools.list({ limit: 1000 })).pools) {
    await admin.pools.delete({ name, expectedVersion: version, reason: 'test is over' });
  }
  expect(api.defects).toEqual([]);
});

const nat = (cidr: string) => ({ cidr, natOutgoing: true });

it('a pool is created, read, changed and deleted, each with its change', async () => {
  const editor = api.caller('editor', 'eve');
  const made = await editor.pools.create({ name: 'blue', spec: nat('10.1.0.0/16'), reason: '  first  ' });
  expect(made.pool).toMatchObject({
    name: 'blue',
    spec: nat('10.1.0.0/16'),
    facets: { allocates: true, nats: true, exempt: true },
    version: made.change.id,
    sync: null,
    nodes: { programmed: 0, total: 0 },
    natted: 0,
  });
  expect(made.change).toMatchObject({
    actor: 'eve@outgate.example',
    role: 'editor',
    action: 'pool.create',
    target: 'blue',
    reason: 'first',
    before: null,
    after: { name: 'blue', spec: nat('10.1.0.0/16') },
  });
  const off = { cidr: '10.1.0.0/16', natOutgoing: false };
  const changed = await editor.pools.update({ name: 'blue', spec: off, expectedVersion: made.pool.version });
  expect(changed.change.before).toEqual({ name: 'blue', spec: nat('10.1.0.0/16') });
  expect(changed.change.reason).toBe(null);
  expect(changed.revision).not.toBe(made.revision);
  const got = await api.caller('viewer').pools.get({ name: 'blue' });
  expect(got.spec).toEqual(off);
  expect(got.createdAt).toBe(made.pool.createdAt);
  expect(got.updatedAt).toBe(changed.change.at);
  expect(got.yaml).toContain('natOutgoing: false');
  expect(got.changes.map(({ action }) => action)).toEqual(['pool.update', 'pool.create']);
  const gone = await editor.pools.delete({ name: 'blue', expectedVersion: got.version, reason: 'not needed' });
  expect(gone.change).toMatchObject({ action: 'pool.delete', after: null, reason: 'not needed' });
  expect(await refusal(editor.pools.get({ name: 'blue' }))).toMatchObject({ code: 'NOT_FOUND', reason: 'NOT_FOUND' });
});

it('the same pools have the same revision, whatever happened between', async () => {
  const editor = api.caller('editor');
  const { revision, pool } = await editor.pools.create({ name: 'a', spec: nat('10.1.0.0/16') });
  const other = await editor.pools.create({ name: 'b', spec: nat('10.2.0.0/16') });
  const back = await editor.pools.delete({ name: 'b', expectedVersion: other.pool.version, reason: 'back' });
  expect(back.revision).toBe(revision);
  // a default that is written out means the same
  const same = await editor.pools.update({
    name: 'a',
    spec: { ...nat('10.1.0.0/16'), disabled: false },
    expectedVersion: pool.version,
  });
  expect(same.revision).toBe(revision);
});

it('a field that stands as it was shown is answered as it is stored, also where it was never so', async () => {
  const editor = api.caller('editor');
  const { pool } = await editor.pools.create({ name: 'a', spec: nat('10.1.0.0/16') });
  const shown = { ...nat('10.1.0.0/16'), disabled: true };
  const at = { name: 'a', expectedVersion: pool.version, shown };
  const { pool: answered } = await editor.pools.update({ ...at, spec: { ...shown, natOutgoing: false } });
  expect(answered.spec).toEqual({ cidr: '10.1.0.0/16', natOutgoing: false });
  expect(await editor.pools.get({ name: 'a' })).toMatchObject(answered);
});

it('a stale version is a conflict that shows the pool as it is, and a new pool of an old name is another version', async () => {
  const editor = api.caller('editor');
  const { pool } = await editor.pools.create({ name: 'a', spec: nat('10.1.0.0/16') });
  await editor.pools.update({ name: 'a', spec: { cidr: '10.1.0.0/16' }, expectedVersion: pool.version });
  const late = { name: 'a', expectedVersion: pool.version, reason: 'late' };
  for (const call of [
    () => editor.pools.update({ ...late, spec: { ...nat('10.1.0.0/16'), disabled: true } }),
    () => editor.pools.delete(late),
  ]) {
    expect(await refusal(call())).toMatchObject({
      code: 'CONFLICT',
      reason: 'VERSION_STALE',
      current: { name: 'a', spec: { cidr: '10.1.0.0/16' }, version: pool.version + 1 },
    });
  }
  await editor.pools.delete({ name: 'a', expectedVersion: pool.version + 1, reason: 'again' });
  const again = await editor.pools.create({ name: 'a', spec: nat('10.1.0.0/16') });
  expect(again.pool.version).toBeGreaterThan(pool.version + 1);
});

it('refuses a taken name, a change of nothing, an unknown pool and a missing reason', async () => {
  const editor = api.caller('editor');
  const { pool } = await editor.pools.create({ name: 'a', spec: nat('10.1.0.0/16') });
  const at = { name: 'a', expectedVersion: pool.version };
  expect(await refusal(editor.pools.create({ name: 'a', spec: nat('10.9.0.0/16') }))).toMatchObject({
    code: 'CONFLICT',
    reason: 'NAME_TAKEN',
    current: { name: 'a' },
  });
  expect(await refusal(editor.pools.update({ ...at, spec: nat('10.1.0.0/16') }))).toMatchObject({
    code: 'BAD_REQUEST',
    reason: 'NOTHING_CHANGES',
  });
  for (const reason of [undefined, '', '  ']) {
    expect(await refusal(editor.pools.delete({ ...at, reason }))).toMatchObject({
      reason: 'REASON_REQUIRED',
      issues: [{ field: 'reason' }],
    });
  }
  const long = await refusal(editor.pools.delete({ ...at, reason: 'x'.repeat(1001) }));
  expect(long).toMatchObject({ reason: 'INVALID_INPUT', issues: [{ field: 'reason' }] });
  const unknown = { name: 'z', expectedVersion: 1, reason: 'x' };
  expect((await refusal(editor.pools.delete(unknown))).reason).toBe('NOT_FOUND');
  expect((await refusal(editor.pools.update({ ...unknown, spec: nat('10.9.0.0/16') }))).reason).toBe('NOT_FOUND');
});

it('says every rule that does not hold at once, and changes nothing', async () => {
  const editor = api.caller('editor');
  const { revision } = await editor.pools.create({ name: 'a', spec: nat('10.1.0.0/16') });
  const bad = await refusal(
    editor.pools.create({
      name: 'b',
      spec: { cidr: '10.1.2.0/23', ipipMode: 'Always', vxlanMode: 'Always', blockSize: 33, nodeSelector: 'global(' },
    }),
  );
  expect(bad).toMatchObject({ code: 'BAD_REQUEST', reason: 'POOL_VIOLATIONS' });
  expect(bad.violations?.map(({ rule }) => rule).sort()).toEqual(['C1', 'C13', 'C17', 'C8', 'S1']);
  expect(bad.violations?.find(({ rule }) => rule === 'C17')?.message).toBe(
    'IPPool(b) CIDR overlaps with IPPool(a) CIDR 10.1.0.0/16',
  );
  for (const cidr of ['', 'x', '10.1.0.1/16', '010.1.0.0/16', '10.1/16', '0.0.0.0/0', '::/0', '169.254.0.0/17']) {
    expect((await refusal(editor.pools.create({ name: 'b', spec: nat(cidr) }))).reason, cidr).toBe('POOL_VIOLATIONS');
  }
  const list = await editor.pools.list({});
  expect([list.total, list.revision]).toEqual([1, revision]);
});

it('pools of a cluster that overlap by the hundred show what the rules say of the set, and no more', async () => {
  const cidrs = ['10.0.0.0/8', '10.1.0.0/16', '10.1.0.0/16', '10.1.2.0/24', '10.2.0.0/16', 'fd00::/64'];
  const pools = Array.from({ length: 150 }, (_, i) => ({
    name: `p${i}`,
    spec: { cidr: i < 6 ? (cidrs[i] ?? '') : '10.1.0.0/16' },
  }));
  await api.database.db.query(
    `INSERT INTO pool (name, spec, cidr, sequence)
     SELECT one->>'name', one->'spec', (one->'spec'->>'cidr')::cidr, 0 FROM jsonb_array_elements($1::jsonb) AS one`,
    [JSON.stringify(pools)],
  );
  const shown = (await api.caller('viewer').pools.list({ limit: 1000 })).pools;
  const expected = validatePools(pools);
  expect(shown).toHaveLength(150);
  for (const { name, violations } of shown) expect(violations, name).toEqual(expected.get(name));
  await api.database.db.query('DELETE FROM pool');
});

it('CIDR and block size stay as they are; addresses are stored in their one canonical form', async () => {
  const editor = api.caller('editor');
  const { pool } = await editor.pools.create({ name: 'six', spec: nat('FD00:0:0::/64') });
  expect(pool.spec.cidr).toBe('fd00::/64');
  const moved = { name: 'six', expectedVersion: pool.version, spec: { ...nat('fd01::/64'), blockSize: 124 } };
  const bad = await refusal(editor.pools.update(moved));
  expect(bad.violations?.map(({ rule }) => rule).sort()).toEqual(['C15', 'C16']);
});

it('input of a wrong shape is named by field, and text that cannot be stored is no failure of the server', async () => {
  const editor = api.caller('editor');
  const shape = { natOutgoing: 'yes', blockSize: 26.5, surprise: 1, allowedUses: ['Workload', 'Other'] };
  const bad = await refusal(editor.pools.create({ name: 'a', spec: { cidr: '10.1.0.0/16', ...shape } as never }));
  expect(bad).toMatchObject({ code: 'BAD_REQUEST', reason: 'INVALID_INPUT' });
  expect(bad.issues?.map(({ field }) => field).sort()).toEqual([
    'spec.allowedUses[1]',
    'spec.blockSize',
    'spec.natOutgoing',
    'spec.surprise',
  ]);
  const names = ['', 'x'.repeat(254), 'Größe', 'a b', 'a_b', '-a', 'a\0', '名', 'a\ud800', "'; DROP TABLE pool; --"];
  for (const name of names) {
    const refused = await refusal(editor.pools.create({ name, spec: nat('10.1.0.0/16') }));
    expect(refused, JSON.stringify(name)).toMatchObject({ code: 'BAD_REQUEST', reason: 'INVALID_INPUT' });
    expect(refused.issues?.[0]?.field, JSON.stringify(name)).toBe('name');
  }
  for (const text of ['all() \0', '\ud800']) {
    const spec = { ...nat('10.1.0.0/16'), nodeSelector: text };
    expect(await refusal(editor.pools.create({ name: 'a', spec }))).toMatchObject({
      reason: 'INVALID_INPUT',
      issues: [{ field: 'spec.nodeSelector' }],
    });
    expect((await refusal(editor.pools.list({ search: text }))).issues?.[0]?.field).toBe('search');
    const deleted = editor.pools.delete({ name: 'a', expectedVersion: 1, reason: text });
    expect((await refusal(deleted)).issues?.[0]?.field).toBe('reason');
  }
  const longest = `${'x'.repeat(61)}.`.repeat(4).slice(0, 247).replace(/\.$/, 'x').padEnd(253, 'y');
  expect((await editor.pools.create({ name: longest, spec: nat('10.1.0.0/16') })).pool.name).toBe(longest);
});

it('pages by name and finds by name, by part of a CIDR, by an address inside and by overlap', async () => {
  const editor = api.caller('editor');
  const names = ['a', 'a-b', 'a.b', 'ab', 'b', 'c10'];
  for (const [i, name] of names.entries()) await editor.pools.create({ name, spec: nat(`10.${i}.0.0/16`) });
  await editor.pools.create({ name: 'six', spec: nat('fd00:1::/64') });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await editor.pools.list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.total).toBe(7);
    seen.push(...page.pools.map(({ name }) => name));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual([...names, 'six']);
  const find = async (search: string) => (await editor.pools.list({ search })).pools.map(({ name }) => name);
  expect(await find('A')).toEqual(['a', 'a-b', 'a.b', 'ab']);
  expect(await find('10')).toEqual([...names]);
  expect(await find('10.3.255.7')).toEqual(['ab']);
  expect(await find('10.2.0.0/15')).toEqual(['a.b', 'ab']);
  expect(await find('fd00:1:0:0:0::7')).toEqual(['six']);
  for (const nothing of ['%', '_', '\\', "'", '10.99.0.1']) expect(await find(nothing), nothing).toEqual([]);
  const one = await editor.pools.list({ limit: 7 });
  expect(one.nextCursor).toBe(null);
});
