import { describe, expect, test } from 'vitest';
import { parseAddress } from '../net/address.ts';
import { contains } from '../net/prefix.ts';
import type { Pool, PoolSpec } from '../pool/spec.ts';
import { prefixOfPool } from './counted-pools.ts';
import { decide, makeDecider } from './decide.ts';
import { randomAddress, randomFrom, randomHosts, randomPools } from './fixtures/random.ts';
import type { NatSettings } from './settings.ts';
import { keyOf } from './table.ts';

const pool = (name: string, cidr: string, rest: Partial<PoolSpec> = {}): Pool => ({ name, spec: { cidr, ...rest } });
const nat = { natOutgoing: true };

function ask(
  pools: Pool[],
  from: string,
  to: string,
  settings: NatSettings = {},
  hosts: string[] = [],
  outInterface?: string,
) {
  const [source, destination] = [parseAddress(from), parseAddress(to)];
  if (!source.ok || !destination.ok) throw new Error('bad address in the test');
  return decide(makeDecider({ pools, settings, hosts }), keyOf(source.value), keyOf(destination.value), outInterface);
}

describe('who is NATed', () => {
  const pools = [
    pool('a', '10.10.0.0/16', nat),
    pool('b', '10.20.0.0/16'),
    pool('c', '203.0.113.0/24', { disabled: true }),
  ];
  test.each([
    ['10.10.0.2', '8.8.8.8', 'SNAT_MASQUERADE', 'to the outside'],
    ['10.10.0.2', '203.0.113.9', 'NO_SNAT_DESTINATION_IN_POOL', 'a disabled pool exempts too'],
    ['10.10.0.2', '10.20.0.9', 'NO_SNAT_DESTINATION_IN_POOL', 'a pool without NAT exempts'],
    ['10.10.0.2', '10.10.9.9', 'NO_SNAT_DESTINATION_IN_POOL', 'a NATed pool exempts'],
    ['10.20.0.2', '8.8.8.8', 'NO_SNAT_POOL_NAT_OFF', 'the pool has no natOutgoing'],
    ['192.0.2.9', '8.8.8.8', 'NO_SNAT_SOURCE_NOT_IN_POOL', 'no pool'],
    ['10.10.0.2', '127.0.0.1', 'NO_SNAT_DESTINATION_IS_LOCAL', 'loopback'],
  ])('%s -> %s: %s (%s)', (from, to, code) => expect(ask(pools, from, to)).toBe(code));

  test('nested pools are a union: the outer one is enough', () => {
    const nested = [pool('outer', '10.0.0.0/8', nat), pool('inner', '10.10.0.0/16', { natOutgoing: false })];
    expect(ask(nested, '10.10.0.2', '8.8.8.8')).toBe('SNAT_MASQUERADE');
  });

  test('a disabled 10.0.0.0/8 exempts all of it, also around the source pool', () => {
    const all = [...pools, pool('all', '10.0.0.0/8', { disabled: true })];
    expect(ask(all, '10.10.0.2', '10.99.0.1')).toBe('NO_SNAT_DESTINATION_IN_POOL');
    expect(ask(all, '10.10.0.2', '8.8.8.8')).toBe('SNAT_MASQUERADE');
    expect(ask(all, '10.99.0.1', '8.8.8.8')).toBe('NO_SNAT_POOL_NAT_OFF');
  });

  test('a pool for load balancers alone does not exempt', () => {
    expect(
      ask([...pools, pool('lb', '198.51.100.0/24', { allowedUses: ['LoadBalancer'] })], '10.10.0.2', '198.51.100.7'),
    ).toBe('SNAT_MASQUERADE');
    expect(
      ask(
        [...pools, pool('lb', '198.51.100.0/24', { allowedUses: ['LoadBalancer', 'Workload'] })],
        '10.10.0.2',
        '198.51.100.7',
      ),
    ).toBe('NO_SNAT_DESTINATION_IN_POOL');
  });

  test('of identical CIDRs only the lowest name counts, in whatever order they come', () => {
    const off = pool('a-off', '10.10.0.0/16');
    const on = pool('b-on', '10.10.0.0/16', nat);
    expect(ask([on, off], '10.10.0.2', '8.8.8.8')).toBe('NO_SNAT_POOL_NAT_OFF');
    expect(ask([off, on], '10.10.0.2', '8.8.8.8')).toBe('NO_SNAT_POOL_NAT_OFF');
    expect(ask([{ ...off, name: 'c-off' }, on], '10.10.0.2', '8.8.8.8')).toBe('SNAT_MASQUERADE');
    const typed = [pool('a', 'FD00:0::/64'), pool('b', 'fd00::/64', nat)];
    expect(ask(typed, 'fd00::2', '2001:db8::1')).toBe('NO_SNAT_POOL_NAT_OFF');
  });

  test('host bits are masked and an unreadable CIDR decides nothing', () => {
    expect(ask([pool('a', '10.10.3.4/16', nat), pool('x', 'nonsense', nat)], '10.10.0.2', '8.8.8.8')).toBe(
      'SNAT_MASQUERADE',
    );
  });

  test('IPv6 has its own pools', () => {
    const both = [...pools, pool('v6', 'fd00:10::/64', nat), pool('v6-off', 'fd00:11::/64')];
    expect(ask(both, 'fd00:10::2', '2001:db8::1')).toBe('SNAT_MASQUERADE');
    expect(ask(both, 'fd00:10::2', 'fd00:11::1')).toBe('NO_SNAT_DESTINATION_IN_POOL');
    expect(ask(both, 'fd00:11::2', '2001:db8::1')).toBe('NO_SNAT_POOL_NAT_OFF');
    expect(ask(both, 'fd00:10::2', '::1')).toBe('NO_SNAT_DESTINATION_IS_LOCAL');
  });
});

describe('settings', () => {
  const pools = [pool('a', '10.10.0.0/16', nat), pool('v6', 'fd00:10::/64', nat)];

  test('nodes are exempt with IPPoolsAndHostIPs alone', () => {
    const hosts = ['192.0.2.12', '2001:db8::12'];
    const exempt = { natOutgoingExclusions: 'IPPoolsAndHostIPs' } as const;
    expect(ask(pools, '10.10.0.2', '192.0.2.12', {}, hosts)).toBe('SNAT_MASQUERADE');
    expect(ask(pools, '10.10.0.2', '192.0.2.12', exempt, hosts)).toBe('NO_SNAT_DESTINATION_IS_NODE');
    expect(ask(pools, '10.10.0.2', '192.0.2.13', exempt, hosts)).toBe('SNAT_MASQUERADE');
    expect(ask(pools, 'fd00:10::2', '2001:db8::12', exempt, hosts)).toBe('NO_SNAT_DESTINATION_IS_NODE');
  });

  test('a fixed address holds for its own family', () => {
    const fixed = { natOutgoingAddress: '192.0.2.77' };
    expect(ask(pools, '10.10.0.2', '8.8.8.8', fixed)).toBe('SNAT_FIXED_ADDRESS');
    expect(ask(pools, 'fd00:10::2', '2001:db8::1', fixed)).toBe('SNAT_MASQUERADE');
    expect(ask(pools, 'fd00:10::2', '2001:db8::1', { natOutgoingAddressV6: '2001:db8::77' })).toBe(
      'SNAT_FIXED_ADDRESS',
    );
  });

  test.each([
    ['eth+', 'eth0', 'SNAT_MASQUERADE'],
    ['eth+', 'up0', 'NO_SNAT_INTERFACE_FILTER'],
    ['eth0', 'eth0', 'SNAT_MASQUERADE'],
    ['eth0', 'eth01', 'NO_SNAT_INTERFACE_FILTER'],
    ['eth0', undefined, 'INDETERMINATE_NODE_STALE'],
    ['+', undefined, 'SNAT_MASQUERADE'],
    ['', undefined, 'SNAT_MASQUERADE'],
  ])('filter %s, out of %s: %s', (filter, outInterface, code) => {
    const settings = { iptablesNATOutgoingInterfaceFilter: filter };
    expect(ask(pools, '10.10.0.2', '8.8.8.8', settings, [], outInterface)).toBe(code);
  });

  test('an unknown out-interface leaves open only what hangs on it', () => {
    const settings = { iptablesNATOutgoingInterfaceFilter: 'eth0' };
    expect(ask(pools, '10.10.0.2', '10.10.0.3', settings)).toBe('NO_SNAT_DESTINATION_IN_POOL');
    expect(ask(pools, '192.0.2.1', '8.8.8.8', settings)).toBe('NO_SNAT_SOURCE_NOT_IN_POOL');
  });
});

test('random pools: the same code as asking every pool one by one', () => {
  const random = randomFrom(2);
  const seen = new Map<string, number>();
  for (let round = 0; round < 80; round++) {
    const pools = randomPools(random, random.below(50));
    const hosts = randomHosts(random);
    const settings: NatSettings = random.chance(0.5) ? { natOutgoingExclusions: 'IPPoolsAndHostIPs' } : {};
    const decider = makeDecider({ pools, settings, hosts });
    for (let i = 0; i < 100; i++) {
      const family = random.pick([4, 6] as const);
      const [from, to] = [randomAddress(random, family), randomAddress(random, family)];
      const code = decide(decider, keyOf(from), keyOf(to));
      expect(code).toBe(byHand(pools, settings, hosts, from, to));
      seen.set(code, (seen.get(code) ?? 0) + 1);
    }
  }
  expect([...seen.keys()].sort()).toEqual([
    'NO_SNAT_DESTINATION_IN_POOL',
    'NO_SNAT_DESTINATION_IS_LOCAL',
    'NO_SNAT_DESTINATION_IS_NODE',
    'NO_SNAT_POOL_NAT_OFF',
    'NO_SNAT_SOURCE_NOT_IN_POOL',
    'SNAT_MASQUERADE',
  ]);
});

function byHand(
  all: Pool[],
  settings: NatSettings,
  hosts: string[],
  from: ReturnType<typeof randomAddress>,
  to: typeof from,
): string {
  const counting = all.filter(
    ({ name, spec }) => !all.some((other) => other.spec.cidr === spec.cidr && other.name < name),
  );
  const holding = (address: typeof from) =>
    counting.filter((one) => {
      const prefix = prefixOfPool(one);
      return prefix !== undefined && contains(prefix, address);
    });
  const exempts = ({ spec }: Pool) => !(spec.allowedUses?.length === 1 && spec.allowedUses[0] === 'LoadBalancer');
  if (to.family === 4 ? to.value >> 24n === 127n : to.value === 1n) return 'NO_SNAT_DESTINATION_IS_LOCAL';
  if (!holding(from).some(({ spec }) => spec.natOutgoing))
    return holding(from).some(exempts) ? 'NO_SNAT_POOL_NAT_OFF' : 'NO_SNAT_SOURCE_NOT_IN_POOL';
  if (holding(to).some(exempts)) return 'NO_SNAT_DESTINATION_IN_POOL';
  const isNode = hosts.some((host) => {
    const parsed = parseAddress(host);
    return parsed.ok && parsed.value.family === to.family && parsed.value.value === to.value;
  });
  return isNode && settings.natOutgoingExclusions ? 'NO_SNAT_DESTINATION_IS_NODE' : 'SNAT_MASQUERADE';
}
