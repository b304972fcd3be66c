import { afterAll, beforeAll, expect, it } from 'vitest';
import { refusal, type TestApi, testApi } from '../../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
  const editor = api.caller('editor');
  await editor.pools.create({ name: 'a', spec: { cidr: '10.0.0.0/24', natOutgoing: true } });
  await editor.pools.create({ name: 'b', spec: { cidr: '10.0.1.0/24', natOutgoing: true } });
  await editor.pools.create({ name: 'c', spec: { cidr: 'fd00::/64' } });
});
afterAll(async () => api?.close());

const yaml = (name: string, cidr: string): string =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: ${name}}\nspec: {cidr: ${cidr}}\n`;

it('a viewer previews an import, and nothing is written', async () => {
  const viewer = api.caller('viewer');
  const { sequence, revision } = await viewer.status.get();
  expect(await viewer.pools.previewImport({ yaml: yaml('new', '10.9.0.0/16') })).toEqual({
    created: ['new'],
    updated: [],
    warnings: [],
    unchanged: [],
    notes: [],
    revision,
  });
  const bad = await refusal(viewer.pools.previewImport({ yaml: yaml('new', '10.0.1.0/25') }));
  expect(bad.reason).toBe('POOL_VIOLATIONS');
  expect((await viewer.status.get()).sequence).toBe(sequence);
});

it('what an account asks for at once waits, and then is refused; others go on', async () => {
  const [viewer, other] = [api.caller('viewer'), api.caller('viewer', 'somebody else')];
  const asked = Array.from({ length: 40 }, () => viewer.pools.previewImport({ yaml: yaml('new', '10.9.0.0/16') }));
  const others = other.pools.previewImport({ yaml: yaml('new', '10.9.0.0/16') });
  const settled = await Promise.allSettled(asked);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(2 + 16);
  const refused = await refusal(asked[39] ?? others);
  expect(refused).toMatchObject({ code: 'TOO_MANY_REQUESTS', reason: 'TOO_MANY_ATTEMPTS' });
  expect((await others).created).toEqual(['new']);
  expect((await viewer.pools.previewImport({ yaml: yaml('new', '10.9.0.0/16') })).created).toEqual(['new']);
});

it('a viewer previews a revert, and nothing is written', async () => {
  const viewer = api.caller('viewer');
  const { sequence, revision } = await viewer.status.get();
  const preview = await viewer.changes.previewRevert({ id: 1 });
  expect(preview).toEqual({
    revision,
    conflicts: [],
    diff: { before: expect.stringContaining('name: a'), after: '' },
    effect: null,
    warnings: [],
  });
  expect((await viewer.status.get()).sequence).toBe(sequence);
});

it('what a deletion changes is said exactly, by families', async () => {
  const viewer = api.caller('viewer');
  const preview = await viewer.pools.previewDelete({ names: ['b'] });
  expect(preview.equal).toBe(false);
  expect(preview.changes).toMatchObject([
    { family: 4, from: ['10.0.1.0-10.0.1.255'], before: 'SNAT', after: 'NO_SNAT', pools: ['b'] },
    { family: 4, from: ['10.0.0.0-10.0.0.255'], to: ['10.0.1.0-10.0.1.255'], after: 'SNAT', pools: ['b'] },
  ]);
  expect(await viewer.pools.previewDelete({ names: ['c'] })).toMatchObject({ equal: true, changes: [] });
  const { reason, issues } = await refusal(viewer.pools.previewDelete({ names: ['b', 'x', 'y'] }));
  expect([reason, issues?.length]).toEqual(['NOT_FOUND', 2]);
});

it('where a node has settings of its own, the difference on it is said by itself', async () => {
  // an address of a node inside pool b: exempt by itself where hosts are, also once the pool is gone
  await api.database.db.query(`UPDATE desired SET hosts = '["10.0.1.5"]'::jsonb WHERE id = 1`);
  const own = { natOutgoingExclusions: 'IPPoolsAndHostIPs' as const };
  const nodes = { 'n-2': own, 'n-1': own, 'n-3': { natPortRange: '1024:2048' } };
  const admin = api.caller('admin');
  const { version } = await admin.settings.get();
  await admin.settings.update({ settings: { global: {}, nodes }, expectedVersion: version, reason: 'per node' });
  const preview = await api.caller('viewer').pools.previewDelete({ names: ['b'] });
  const whole = { from: ['10.0.0.0-10.0.0.255'], to: ['10.0.1.0-10.0.1.255'], after: 'SNAT' };
  expect(preview.changes[1]).toMatchObject(whole);
  expect(preview.onNodes.map((one) => one.nodes)).toEqual([['n-1', 'n-2']]);
  expect(preview.onNodes[0]?.changes[1]).toMatchObject({
    ...whole,
    to: ['10.0.1.0-10.0.1.4', '10.0.1.6-10.0.1.255'],
  });
});

it('an infinite query says in which direction it pages: that is no input of ours', async () => {
  const viewer = api.caller('viewer');
  const input = { limit: 2, direction: 'forward' } as { limit: number };
  const page = await viewer.pools.list(input);
  expect(page.pools.map(({ name }) => name)).toEqual(['a', 'b']);
  expect((await viewer.changes.list(input)).changes).toHaveLength(2);
  expect((await refusal(viewer.pools.list({ direction: 'up' } as object))).reason).toBe('INVALID_INPUT');
});
