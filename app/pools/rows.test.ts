import { expect, test } from 'vitest';
import { listedPool as pool } from './fixtures/listed-pool.ts';
import { type ListView, parseListView } from './list-view.ts';
import { type ListedPool, makeRows, visibleRows } from './rows.ts';

const view = (query = ''): ListView => parseListView(new URLSearchParams(query));
const names = (pools: ListedPool[], query = ''): string[] =>
  visibleRows(makeRows(pools), view(query)).map((row) => row.pool.name);

const pools = [
  pool('six', { cidr: 'fd00:10::/56', natOutgoing: true }),
  pool('wide', { cidr: '10.0.0.0/8', disabled: true }),
  pool('default', { cidr: '10.244.0.0/16', natOutgoing: true }, { natted: '20000000000000001' }),
  pool(
    'build',
    { cidr: '10.244.128.0/20' },
    { violations: [{ rule: 'C17', field: 'spec.cidr', message: 'overlaps' }] },
  ),
  pool('nine', { cidr: '9.0.0.0/24', natOutgoing: true }, { natted: 7 }),
];

test('by CIDR, numerically and IPv4 first', () => {
  expect(names(pools)).toEqual(['nine', 'wide', 'default', 'build', 'six']);
  expect(names(pools, 'sort=-cidr')).toEqual(['six', 'build', 'default', 'wide', 'nine']);
});

test('each row knows the smallest pool around it', () => {
  const inside = Object.fromEntries(makeRows(pools).map((row) => [row.pool.name, row.inside]));
  expect(inside).toEqual({ six: null, wide: null, default: '10.0.0.0/8', build: '10.244.0.0/16', nine: null });
});

test('an address finds the pools that hold it', () => {
  expect(names(pools, 'q=10.244.130.1')).toEqual(['wide', 'default', 'build']);
  expect(names(pools, 'q=fd00:10::1')).toEqual(['six']);
  expect(names(pools, 'q=11.0.0.1')).toEqual([]);
});

test('filters and sort by count', () => {
  expect(names(pools, 'facet=nats')).toEqual(['nine', 'default', 'six']);
  expect(names(pools, 'facet=allocates&family=4')).toEqual(['nine', 'default', 'build']);
  expect(names(pools, 'facet=violations')).toEqual(['build']);
  expect(names(pools, 'sort=-natted&facet=nats')).toEqual(['default', 'nine', 'six']);
});

test('by how pools stand in the cluster; without a cluster none stands in any way', () => {
  const synced = pool('s', { cidr: '10.1.0.0/16' }, { sync: { state: 'Synced', reason: 'AsDesired' } });
  const drifted = pool('d', { cidr: '10.2.0.0/16' }, { sync: { state: 'OutOfSync', reason: 'FieldChangedInCluster' } });
  expect(names([synced, drifted], 'sync=OutOfSync')).toEqual(['d']);
  expect(names([synced, drifted], 'sync=nonsense')).toEqual(['s', 'd']);
  expect(names(pools, 'sync=Synced')).toEqual([]);
});

test('a pool without a readable CIDR comes last and breaks nothing', () => {
  expect(names([pool('broken', { cidr: '10.0.0.0' }), ...pools]).at(-1)).toBe('broken');
});
