import { expect, it } from 'vitest';
import { parseAddress } from '../net/address.ts';
import { rangeOf } from '../net/prefix.ts';
import type { Pool } from '../pool/spec.ts';
import { prefixOfPool } from './counted-pools.ts';
import { decide, makeDecider } from './decide.ts';
import { randomFrom, randomPools } from './fixtures/random.ts';
import { sharedSource, sharedSources } from './shared-source.ts';
import { keyOf } from './table.ts';

const pool = (name: string, cidr: string, natOutgoing = false): Pool => ({ name, spec: { cidr, natOutgoing } });
const off = pool('m', '10.1.0.0/16');
const on = pool('m', '10.1.0.0/16', true);

it.each([
  ['alone', off, [], null],
  ['beside another', off, [pool('a', '10.2.0.0/16', true)], null],
  ['in a pool that NATs', off, [pool('a', '10.0.0.0/8', true)], { nats: 'all', by: ['a'] }],
  ['in two of them', off, [pool('a', '10.0.0.0/8', true), pool('b', '10.0.0.0/12', true)], { nats: 'all', by: ['b'] }],
  ['that NATs, in a pool that does not', on, [pool('a', '10.0.0.0/8')], null],
  [
    'around pools that NAT',
    off,
    [pool('a', '10.1.2.0/24', true), pool('b', '10.1.3.0/24', true)],
    { nats: 'part', by: ['a', 'b'] },
  ],
  ['that NATs, around one that does not', on, [pool('a', '10.1.2.0/24')], null],
  ['hidden by one of the same CIDR that NATs', off, [pool('a', '10.1.0.0/16', true)], { nats: 'all', by: ['a'] }],
  ['that NATs, hidden by one that does not', on, [pool('a', '10.1.0.0/16')], { nats: 'none', by: ['a'] }],
  ['that hides one of the same CIDR', off, [pool('z', '10.1.0.0/16', true)], null],
])('a pool %s', (_, one, beside, expected) => expect(sharedSource(one, beside)).toEqual(expected));

it('is what the decision says of every address', () => {
  const random = randomFrom(7);
  const outside = parseAddress('198.18.0.1');
  for (let round = 0; round < 300; round++) {
    const pools = randomPools(random, 12).filter(({ spec }) => !spec.cidr.includes(':'));
    const decider = makeDecider({ pools, settings: {}, hosts: [] });
    for (const one of pools) {
      const prefix = prefixOfPool(one);
      if (prefix === undefined || !outside.ok) continue;
      const { first, last } = rangeOf(prefix);
      const edges = [
        first,
        last,
        ...pools.flatMap((other) => {
          const inner = prefixOfPool(other);
          return inner === undefined ? [] : [rangeOf(inner).first, rangeOf(inner).last];
        }),
      ].filter((value) => value >= first && value <= last);
      const nats = edges.map((value) => {
        const code = decide(decider, keyOf({ family: 4, value }), keyOf(outside.value));
        return code !== 'NO_SNAT_POOL_NAT_OFF' && code !== 'NO_SNAT_SOURCE_NOT_IN_POOL';
      });
      const said = sharedSource(one, pools)?.nats ?? (one.spec.natOutgoing ? 'all' : 'none');
      if (said === 'part') expect(nats).toContain(true);
      else expect(new Set(nats)).toEqual(new Set([said === 'all']));
    }
  }
});

it('of a whole set is that of each beside the others', () => {
  const random = randomFrom(11);
  for (let round = 0; round < 300; round++) {
    const pools = randomPools(random, 12);
    const told = sharedSources(pools);
    for (const one of pools) expect(told.get(one.name) ?? null).toEqual(sharedSource(one, pools));
  }
});

it('of ten thousand takes no look at each pair, also where each shares addresses with all others', () => {
  const name = (at: number) => `p${String(at).padStart(5, '0')}`;
  const same = Array.from({ length: 5_000 }, (_, at) => pool(name(at), '10.0.0.0/8'));
  const inside = Array.from({ length: 5_000 }, (_, at) =>
    pool(name(5_000 + at), `10.${at >> 8}.${at & 255}.0/24`, true),
  );
  const began = performance.now();
  const told = sharedSources([...same, ...inside]);
  expect(performance.now() - began).toBeLessThan(2_000);
  expect([told.size, told.get(name(4_999))?.nats, told.get(name(4_999))?.by.length]).toEqual([5_000, 'part', 5_000]);
});
