import { afterAll, beforeAll, expect, it } from 'vitest';
import { ingestReport } from '../../services/agents/ingest.ts';
import { type Caller, refusal, type TestApi, testApi } from '../../testing/test-api.ts';
import { reportOf } from '../../testing/test-report.ts';

let api: TestApi;
let viewer: Caller;
beforeAll(async () => {
  api = await testApi();
  viewer = api.caller('viewer');
  await api.caller('editor').pools.create({ name: 'pods', spec: { cidr: '192.168.0.0/16', natOutgoing: true } });
  // what is cached then is old afterwards
  const settings = { global: { natPortRange: '1:2' }, nodes: { later: { natPortRange: '3:4' } } };
  const unknown = await viewer.settings.preview({ settings });
  expect(unknown.nodes).toBe(0);
  expect(unknown.groups.map(({ nodes, count }) => [nodes.map(({ name }) => name), count])).toEqual([
    [[], 0],
    [['later'], 1],
  ]);
  for (const [node, address] of [
    ['n-1', '192.0.2.11'],
    ['n-2', '192.0.2.12'],
  ] as const) {
    await api.database.db.query('INSERT INTO node (name, credential_hash) VALUES ($1::text, $1::text)', [node]);
    const interfaces = [{ name: 'up0', addresses: [`${address}/24`] }];
    const routes = [{ to: 'default', via: '192.0.2.1', dev: 'up0', src: null }];
    await ingestReport(api.database.db, { ...reportOf(node), facts: { name: node, interfaces, routes } });
  }
});
afterAll(async () => api?.close());

const preview = (settings: object) => viewer.settings.preview({ settings: { global: {}, nodes: {}, ...settings } });
const wayOf = (address: string) => ({ 4: { interface: 'up0', address }, 6: null });
const own = { address: null, ports: null };

it('a fixed address: whose pods leave from it instead, node by node, and nothing is written', async () => {
  const { sequence } = await viewer.status.get();
  const effect = await preview({ global: { natOutgoingAddress: '203.0.113.7' } });
  expect(effect).toMatchObject({ equal: false, nodes: 2, contested: [] });
  expect(effect.groups).toEqual([
    {
      count: 2,
      nodes: [
        { name: 'n-1', ways: wayOf('192.0.2.11') },
        { name: 'n-2', ways: wayOf('192.0.2.12') },
      ],
      regions: [
        {
          family: 4,
          from: { ranges: ['192.168.0.0-192.168.255.255'], count: 1 },
          to: { ranges: expect.arrayContaining(['0.0.0.0-126.255.255.255']), count: 3 },
          nodes: false,
          out: { only: null, not: null },
          before: own,
          after: { address: '203.0.113.7', ports: null },
        },
      ],
    },
  ]);
  expect((await viewer.status.get()).sequence).toBe(sequence);
});

it('of many nodes with settings of their own each is told, and the ranges of the first ones', async () => {
  const names = Array.from({ length: 52 }, (_, i) => `own-${String(i).padStart(2, '0')}`);
  const nodes = Object.fromEntries(names.map((name, i) => [name, { natOutgoingAddress: `203.0.113.${i}` }]));
  const { groups } = await preview({ nodes });
  expect(groups.map((group) => group.nodes[0]?.name)).toEqual(names);
  const ranges = groups.map(({ regions }) => [regions[0]?.from.ranges.length, regions[0]?.from.count]);
  expect([ranges[49], ranges[50]]).toEqual([
    [1, 1],
    [0, 1],
  ]);
});

it('of one node, and of one that is not there yet', async () => {
  const ports = { natPortRange: '30000:40000' };
  const { nodes, groups } = await preview({ nodes: { 'n-2': ports, 'n-9': ports } });
  expect(nodes).toBe(2);
  expect(groups.map((group) => group.nodes.map(({ name, ways }) => [name, ways[4]?.address]))).toEqual([
    [
      ['n-2', '192.0.2.12'],
      ['n-9', undefined],
    ],
  ]);
  expect(groups[0]?.regions[0]).toMatchObject({ before: own, after: { address: null, ports: [30000, 40000] } });
});

it('exclusions are judged by the nodes’ addresses as they are now, though they do not matter yet', async () => {
  const { groups } = await preview({ global: { natOutgoingExclusions: 'IPPoolsAndHostIPs' } });
  expect(groups[0]?.regions).toMatchObject([
    { nodes: true, to: { ranges: ['192.0.2.11-192.0.2.12'] }, before: own, after: null },
  ]);
});

it('what says nothing new is equal, and what could not be saved is refused', async () => {
  expect(await preview({ global: { natOutgoingExclusions: 'IPPoolsOnly' } })).toMatchObject({
    equal: true,
    groups: [],
  });
  const refused = await refusal(preview({ global: { natPortRange: '40000:30000' } }));
  expect(refused).toMatchObject({ reason: 'SETTINGS_VIOLATIONS', violations: [{ field: 'global.natPortRange' }] });
});

it('a revert says it the same way', async () => {
  const editor = api.caller('editor');
  const settings = { global: { natOutgoingAddress: '203.0.113.7' }, nodes: {} };
  const { change } = await editor.settings.update({ settings, expectedVersion: 1, reason: 'a fixed one' });
  const { effect } = await viewer.changes.previewRevert({ id: change.id });
  expect(effect?.groups[0]?.regions).toMatchObject([{ before: { address: '203.0.113.7' }, after: own }]);
  expect((await viewer.changes.previewRevert({ id: 1 })).effect).toBe(null);
});
