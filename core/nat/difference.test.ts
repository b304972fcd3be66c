import { expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../net/address.ts';
import type { Pool } from '../pool/spec.ts';
import { prefixOfPool } from './counted-pools.ts';
import { decide, makeDecider } from './decide.ts';
import { natDifference, type Region } from './difference.ts';
import { keyOf } from './table.ts';

const pool = (name: string, cidr: string, natOutgoing = true): Pool => ({ name, spec: { cidr, natOutgoing } });
const deciderOf = (pools: readonly Pool[], hosts: string[] = []) =>
  makeDecider({ pools, settings: { natOutgoingExclusions: 'IPPoolsAndHostIPs' }, hosts });
const without = (pools: readonly Pool[], names: readonly string[]): Pool[] =>
  pools.filter(({ name }) => !names.includes(name));
const removal = (pools: readonly Pool[], ...names: string[]): Region[] =>
  natDifference(
    deciderOf(pools),
    deciderOf(without(pools, names)),
    pools.filter(({ name }) => names.includes(name)),
  );

it('a NATed pool that goes: its sources lose NAT, and it is no exempt destination any more', () => {
  const regions = removal([pool('a', '10.0.0.0/24'), pool('b', '10.0.1.0/24')], 'b');
  expect(regions).toHaveLength(2);
  expect(regions[0]).toMatchObject({
    family: 4,
    from: ['10.0.1.0-10.0.1.255'],
    before: 'SNAT',
    after: 'NO_SNAT',
    pools: ['b'],
  });
  expect(regions[0]?.to).toEqual(['0.0.0.0-9.255.255.255', '10.0.2.0-126.255.255.255', '128.0.0.0-255.255.255.255']);
  expect(regions[1]).toEqual({
    family: 4,
    from: ['10.0.0.0-10.0.0.255'],
    to: ['10.0.1.0-10.0.1.255'],
    before: 'NO_SNAT',
    after: 'SNAT',
    pools: ['b'],
  });
});

it('a pool inside another of the same kind changes nothing when it goes', () => {
  expect(removal([pool('outer', '10.0.0.0/8'), pool('inner', '10.1.0.0/16')], 'inner')).toEqual([]);
});

it('a pool that hid another one with its CIDR leaves it in charge', () => {
  const regions = removal([pool('a', 'fd00::/64', false), pool('b', 'fd00::/64', true)], 'a');
  expect(regions).toMatchObject([
    { family: 6, from: ['fd00::-fd00::ffff:ffff:ffff:ffff'], after: 'SNAT', pools: ['a'] },
  ]);
});

it('is exactly what decide says of every pair of addresses around every border', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const some = (count: number): Pool[] =>
    Array.from({ length: count }, (_, i): Pool => {
      const length = 24 + random(8);
      const host = random(256) & (0xff << (32 - length)) & 0xff;
      const spec = { cidr: `10.0.${random(2)}.${host}/${length}`, natOutgoing: random(3) > 0 };
      return { name: `p-${i}`, spec: random(6) === 0 ? { ...spec, allowedUses: ['LoadBalancer'] } : spec };
    });
  for (let round = 0; round < 20; round++) {
    const before = some(6);
    const after = [...before.filter(() => random(3) > 0), ...some(2)];
    const [was, is] = [deciderOf(before, ['10.0.0.9']), deciderOf(after, ['10.0.0.9', '10.0.1.7'])];
    const regions = natDifference(was, is, before);
    const borders = [...before, ...after].flatMap((one) => {
      const prefix = prefixOfPool(one);
      if (prefix === undefined) return [];
      const last = prefix.value + (1n << BigInt(32 - prefix.length)) - 1n;
      return [prefix.value - 1n, prefix.value, last, last + 1n];
    });
    const points = [...new Set([...borders, 0n, 0x0a000009n, 0x0a000107n, 0x7f000001n, 0xffffffffn])];
    for (const from of points) {
      for (const to of points) {
        const key = (value: bigint) => keyOf({ family: 4, value });
        const nats = (decider: typeof was) => decide(decider, key(from), key(to)).startsWith('SNAT');
        const found = regions.filter((one) => holds(one.from, from) && holds(one.to, to));
        const expected = nats(was) === nats(is) ? [] : [nats(is) ? 'SNAT' : 'NO_SNAT'];
        expect(
          found.map((one) => one.after),
          `${formatAddress({ family: 4, value: from })} to ${formatAddress({ family: 4, value: to })}`,
        ).toEqual(expected);
      }
    }
  }
});

function holds(ranges: readonly string[], value: bigint): boolean {
  return ranges.some((text) => {
    const [first = '', last = first] = text.split('-');
    const [low, high] = [parseAddress(first), parseAddress(last)];
    return low.ok && high.ok && low.value.value <= value && value <= high.value.value;
  });
}
