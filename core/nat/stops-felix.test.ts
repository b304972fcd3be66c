import { expect, test } from 'vitest';
import { indexOverlaps } from '../pool/overlap.ts';
import type { Pool } from '../pool/spec.ts';
import { subjectOf } from '../pool/subject.ts';
import { noSettings } from './settings.ts';
import { noModes, poolWarnings, warnAboutSettings } from './stops-felix.ts';

const pool = (name: string, cidr: string, natOutgoing = false): Pool => ({ name, spec: { cidr, natOutgoing } });
const told = (...given: Parameters<typeof warnAboutSettings>) =>
  warnAboutSettings(...given).map(({ code, field }) => `${code} ${field}`);
const among = (pools: readonly Pool[]) => indexOverlaps(pools.map(subjectOf)).of;
const filter = (iptablesNATOutgoingInterfaceFilter: string) => ({ iptablesNATOutgoingInterfaceFilter });

test('an IPv4 address beside an IPv6 pool that is NATed, once for each place that sets it', () => {
  const settings = {
    global: { natOutgoingAddress: '192.0.2.1' },
    nodes: { a: { natOutgoingAddress: '192.0.2.2' }, b: {} },
  };
  const six = pool('six', 'fd00::/64', true);
  expect(told(settings, [six])).toEqual([
    'W_FELIX_IPV6_POOL global.natOutgoingAddress',
    'W_FELIX_IPV6_POOL nodes.a.natOutgoingAddress',
  ]);
  expect(told(settings, [pool('six', 'fd00::/64'), pool('four', '10.0.0.0/8', true)])).toEqual([]);
});

test('with nftables the beginning of names is no filter, wherever mode and filter come from', () => {
  const modes = { global: 'Enabled', nodes: {} } as const;
  expect(told({ global: filter('eth+'), nodes: {} }, [], modes)).toEqual([
    'W_FELIX_NFTABLES_FILTER global.iptablesNATOutgoingInterfaceFilter',
  ]);
  expect(told({ global: {}, nodes: { a: filter('eth+') } }, [], modes)).toEqual([
    'W_FELIX_NFTABLES_FILTER nodes.a.iptablesNATOutgoingInterfaceFilter',
  ]);
  expect(told({ global: filter('eth+'), nodes: {} }, [], { nodes: { a: 'Auto' } })).toEqual([
    'W_FELIX_NFTABLES_FILTER nodes.a.nftablesMode',
  ]);
  for (const good of ['eth0', '+']) expect(told({ global: filter(good), nodes: {} }, [], modes)).toEqual([]);
  expect(told({ global: filter('eth+'), nodes: {} }, [], { global: 'Disabled', nodes: {} })).toEqual([]);
  expect(told({ global: filter('eth+'), nodes: {} }, [])).toEqual([]);
  // a node of its own mode is spared
  const spared = { global: 'Enabled', nodes: { a: 'Disabled' } } as const;
  expect(told({ global: {}, nodes: { a: filter('eth+') } }, [], spared)).toEqual([]);
});

test('with nftables no pools may overlap', () => {
  const overlapping = [pool('in', '10.1.0.0/16'), pool('out', '10.0.0.0/8')];
  expect(told(noSettings, overlapping, { nodes: { a: 'Enabled' } })).toEqual([
    'W_FELIX_NFTABLES_OVERLAP nodes.a.nftablesMode',
  ]);
  expect(
    told(noSettings, [pool('a', '10.1.0.0/16'), pool('b', '10.2.0.0/16')], { global: 'Enabled', nodes: {} }),
  ).toEqual([]);
});

test('of pools with the same CIDR Felix is given the lowest name alone: they stop nothing', () => {
  const same = [pool('b', '10.1.0.0/16'), pool('a', '10.1.0.5/16')];
  const modes = { global: 'Enabled', nodes: {} } as const;
  expect(told(noSettings, same, modes)).toEqual([]);
  const settings = { global: { natOutgoingAddress: '192.0.2.1' }, nodes: {} };
  expect(told(settings, [pool('six-a', 'fd00::/64'), pool('six-b', 'FD00::/64', true)])).toEqual([]);
  const draft = pool('c', '10.1.0.0/16');
  expect(poolWarnings({ settings: noSettings, modes, overlapping: among([...same, draft]) })(draft)).toEqual([]);
});

test('the same is said of a pool before it is saved', () => {
  const settings = { global: {}, nodes: { a: { natOutgoingAddress: '192.0.2.1' } } };
  const others = [pool('out', '10.0.0.0/8')];
  const codes = (draft: Pool, modes: Parameters<typeof poolWarnings>[0]['modes'] = noModes) =>
    poolWarnings({ settings, modes, overlapping: among(others) })(draft).map(({ code, field }) => `${code} ${field}`);
  expect(codes(pool('six', 'fd00::/64', true))).toEqual(['W_FELIX_IPV6_POOL spec.natOutgoing']);
  expect(codes(pool('six', 'fd00::/64'))).toEqual([]);
  const inside = pool('in', '10.1.0.0/16');
  expect(codes(inside)).toEqual([]);
  expect(codes(inside, { global: 'Enabled', nodes: {} })).toEqual(['W_FELIX_NFTABLES_OVERLAP spec.cidr']);
  // its own stored form is no other pool
  expect(codes(pool('out', '10.0.0.0/8'), { global: 'Enabled', nodes: {} })).toEqual([]);
});
