import { expect, it } from 'vitest';
import { type Group, type Region, verdictsOf } from './effect-words.ts';

const own = { address: null, ports: null };
const region = (more: Partial<Region>): Region => ({
  family: 4,
  nodes: false,
  out: { only: null, not: null },
  before: own,
  after: own,
  ...more,
});
const group = (names: string[], ...regions: Region[]): Group => ({
  nodes: names.map((name) => ({ name, ways: { 4: { interface: `up-${name}`, address: '192.0.2.1' }, 6: null } })),
  count: names.length,
  regions,
});
const said = (nodes: number, ...groups: Group[]): string[] =>
  verdictsOf({ equal: groups.length === 0, nodes, groups, contested: [], deleted: [] });

it('names the address, how many nodes, and what it was', () => {
  const fixed = region({ after: { address: '203.0.113.7', ports: null } });
  expect(said(3, group(['a', 'b'], fixed))).toEqual([
    'Pods on 2 nodes leave from 203.0.113.7 instead of the node’s address.',
  ]);
  expect(said(2, group(['a'], fixed), group(['b'], fixed))).toEqual([
    'Pods on both nodes leave from 203.0.113.7 instead of the node’s address.',
  ]);
  expect(said(2, group(['b'], fixed))[0]).toMatch(/^Pods on b leave/);
  expect(said(0, { ...group([], fixed) })[0]).toMatch(/^Pods on every node leave/);
});

it('what loses NAT comes first, with the default routes that are shut out', () => {
  const out = { only: null, not: 'up-b' };
  const lost = region({ out, after: null });
  const ports = region({ out: { only: 'up-b', not: null }, after: { address: null, ports: [30000, 40000] } });
  expect(said(2, group(['a', 'b'], ports, lost))).toEqual([
    'Pods on both nodes are no longer NATed out of interfaces other than up-b: they keep their own address. The default route of a leaves there (up-a).',
    'Pods on both nodes use source ports 30000–40000 instead of any source port for tcp and udp, out of up-b.',
  ]);
  expect(said(2, group(['b'], lost))[0]).toContain('No default route leaves there.');
});

it('nodes’ addresses, and nothing at all', () => {
  expect(said(1, group(['a'], region({ nodes: true, after: null })))).toEqual([
    'Pods on a reach the nodes’ addresses with their own address: no longer NATed.',
  ]);
  expect(said(2)).toEqual(['No connection is NATed differently.']);
  expect(verdictsOf({ equal: true, nodes: 2, groups: [], contested: [{ object: 'default' }], deleted: [] })).toEqual([
    'No connection changes: what others hold is not written.',
  ]);
  expect(verdictsOf({ equal: true, nodes: 2, groups: [], contested: [], deleted: ['default'] })).toEqual([
    'No connection changes: what others deleted is not written.',
  ]);
});
