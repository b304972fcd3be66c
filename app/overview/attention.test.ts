import { expect, it } from 'vitest';
import { attentionOf, type NodeInList } from './attention.ts';

const now = Date.parse('2026-01-01T00:01:00Z');
const node = (name: string, state: NodeInList['state'], since = '2026-01-01T00:00:00Z'): NodeInList => ({
  name,
  state,
  conditions: [
    { type: 'Drifted', status: 'False', reason: 'JumpMissing', message: 'found and repaired', since },
    { type: 'Programmed', status: 'False', reason: 'ExtraSetMember', message: 'one member more', since },
  ],
});
const calm = { nodes: [], pools: new Map(), settings: [], cluster: null, now };

it('is empty when all is well', () => {
  expect(attentionOf({ ...calm, nodes: [node('a', 'Programmed')], pools: new Map([['p', []]]) })).toEqual([]);
});

it('lists the most urgent first, with the cause of each', () => {
  const nodes = [node('d', 'Pending'), node('c', 'Stale'), node('b', 'Drifted'), node('a', 'Failed')];
  const violation = { rule: 'C17', field: 'spec.cidr', message: 'overlaps' };
  const found = attentionOf({ ...calm, nodes, pools: new Map([['p', [violation]]]), settings: [violation] });
  expect(found.map((item) => ('name' in item ? item.name : item.kind))).toEqual([
    'a',
    'b',
    'settings',
    'pools',
    'c',
    'd',
  ]);
  expect(found[0]).toMatchObject({ reason: 'ExtraSetMember', text: 'one member more', href: '/nodes/a' });
  expect(found[3]).toMatchObject({ count: 1, text: 'overlaps (C17)', href: '/pools/p' });
});

it('says which FelixConfiguration a setting is of, and whether it stops Felix', () => {
  const problem = (field: string, stops: boolean) => ({ field, message: 'so it is', stops });
  const settings = [
    problem('global.natPortRange', true),
    problem('nodes.worker-1.example.org.natPortRange', false),
    problem('FelixConfiguration worker-2.natPortRange', false),
    { field: 'global.natOutgoingAddress', message: 'must be usable' },
  ];
  const found = attentionOf({ ...calm, settings });
  expect(found.map((item) => (item.kind === 'settings' ? [item.object, item.stops] : item.kind))).toEqual([
    ['default', true],
    ['node.worker-1.example.org', false],
    ['FelixConfiguration worker-2.natPortRange', false],
    ['default', null],
  ]);
});

it('does not trouble anybody with a rollout of a few seconds', () => {
  expect(attentionOf({ ...calm, nodes: [node('a', 'Pending', '2026-01-01T00:00:50Z')] })).toEqual([]);
});

it('counts a state instead of listing a hundred nodes', () => {
  const nodes = Array.from({ length: 100 }, (_, index) => node(`n${index}`, 'Stale'));
  expect(attentionOf({ ...calm, nodes })).toEqual([
    { kind: 'nodes', state: 'Stale', count: 100, href: '/nodes?state=Stale' },
  ]);
});

it('says of a FelixConfiguration that is not taken that nodes keep what it said before', () => {
  const problem = { field: 'nodes.w-1.natPortRange', message: 'it must be so', stops: true };
  const found = attentionOf({ ...calm, settings: [problem, { ...problem, kept: true }] });
  expect(found.map((one) => (one.kind === 'settings' ? `${one.object}: ${one.text}` : one.kind))).toEqual([
    'node.w-1: it must be so',
    'node.w-1: it must be so. Outgate’s nodes keep what it said before.',
  ]);
});

it('names what is not as desired in the cluster, and that the cluster is not heard', () => {
  const counts = { Synced: 5, Pending: 2, OutOfSync: 3, Contested: 0, Rejected: 0, Forbidden: 1 };
  const heard = { group: 'projectcalico.org/v3', since: '2026-01-01T00:00:00Z', heardAt: '2026-01-01T00:00:58Z' };
  const none = { Synced: 1, Pending: 0, OutOfSync: 0, Contested: 0, Rejected: 0, Forbidden: 0 };
  const live = {
    ...heard,
    phase: 'live' as const,
    leader: 'server-1',
    counts,
    settings: none,
    refused: { deletion: 0, release: 0 },
    live: { deleting: 0, refused: 0 },
    problems: [],
    back: null,
  };
  expect(attentionOf({ ...calm, cluster: live })).toEqual([
    { kind: 'sync', state: 'Forbidden', count: 1, href: '/pools?sync=Forbidden' },
    { kind: 'sync', state: 'OutOfSync', count: 3, href: '/pools?sync=OutOfSync' },
  ]);
  expect(attentionOf({ ...calm, cluster: { ...live, counts: none, settings: { ...none, Contested: 2 } } })).toEqual([
    { kind: 'settings-sync', state: 'Contested', count: 2, href: '/settings' },
  ]);
  const refused = { deletion: 0, release: 1 };
  expect(attentionOf({ ...calm, cluster: { ...live, counts: none, refused } })).toEqual([
    { kind: 'refused', text: expect.stringContaining('our name from a pool'), href: '/cluster' },
  ]);
  const nodes = [node('a', 'Failed')];
  const blind = attentionOf({ ...calm, nodes, cluster: { ...live, phase: 'blind' } });
  expect(blind.map(({ kind }) => kind)).toEqual(['cluster', 'node', 'sync', 'sync']);
  const missing = { known: 1, missing: 1 };
  const back = { since: heard.since, pools: { known: 2, missing: 0 }, settings: missing };
  expect(attentionOf({ ...calm, cluster: { ...live, back } }).map(({ kind }) => kind)).toContain('cluster');
});

it('names nodes that the cluster and their agents do not agree on', () => {
  const since = '2026-01-01T00:00:00Z';
  const odd = (name: string, reason: 'TwoAgents' | 'NodeNotInCluster'): NodeInList => ({
    name,
    state: 'Programmed',
    conditions: [{ type: 'OneAgent', status: 'False', reason, message: 'so it is', since }],
  });
  const nodes = [odd('a', 'NodeNotInCluster'), odd('b', 'TwoAgents'), odd('c', 'NodeNotInCluster')];
  expect(attentionOf({ ...calm, nodes })).toEqual([
    { kind: 'odd', reason: 'TwoAgents', count: 1, text: 'b: so it is', href: '/nodes?reason=TwoAgents' },
    {
      kind: 'odd',
      reason: 'NodeNotInCluster',
      count: 2,
      text: '2 nodes have an agent and are not in the cluster',
      href: '/nodes?reason=NodeNotInCluster',
    },
  ]);
});
