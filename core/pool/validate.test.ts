import { describe, expect, it } from 'vitest';
import { seeded } from '../net/fixtures/seeded.ts';
import { formatPrefix } from '../net/prefix.ts';
import type { Pool, PoolSpec } from './spec.ts';
import { subjectOf } from './subject.ts';
import { addedViolations, addedViolationsOfSet, MANY, MOST_OVERLAPS, validatePool, validatePools } from './validate.ts';

const pool = (name: string, cidr: string, rest: Omit<PoolSpec, 'cidr'> = {}): Pool => ({
  name,
  spec: { cidr, ...rest },
});
const cidrOf = (one: Pool): string => {
  const { prefix } = subjectOf(one);
  return prefix === undefined ? '' : formatPrefix(prefix);
};
const messages = (list: { message: string }[] | undefined): string[] => (list ?? []).map(({ message }) => message);

describe('C17', () => {
  it('names every other pool, disabled ones too, containing ones first', () => {
    const others = [
      pool('inner', '10.1.2.0/24', { disabled: true }),
      pool('beside', '10.2.0.0/16'),
      pool('outer', '10.0.0.0/8'),
      pool('v6', 'fd00::/64'),
      pool('unreadable', '10.1.0.0'),
      pool('new', '10.1.0.0/16'),
    ];
    expect(validatePool(pool('new', '10.1.0.0/16'), others)).toEqual([
      { rule: 'C17', field: 'spec.cidr', message: 'IPPool(new) CIDR overlaps with IPPool(outer) CIDR 10.0.0.0/8' },
      { rule: 'C17', field: 'spec.cidr', message: 'IPPool(new) CIDR overlaps with IPPool(inner) CIDR 10.1.2.0/24' },
    ]);
  });

  it('sees an overlap behind host bits and another spelling', () => {
    expect(messages(validatePool(pool('a', 'FD00::/64'), [pool('b', 'fd00:0::1/96')]))).toEqual([
      'IPPool(a) CIDR overlaps with IPPool(b) CIDR fd00:0::1/96',
    ]);
  });

  it('sees equal CIDRs', () => {
    const found = validatePools([pool('b', '10.0.0.0/8'), pool('a', '10.0.0.0/8')]);
    expect(messages(found.get('a'))).toEqual(['IPPool(a) CIDR overlaps with IPPool(b) CIDR 10.0.0.0/8']);
    expect(messages(found.get('b'))).toEqual(['IPPool(b) CIDR overlaps with IPPool(a) CIDR 10.0.0.0/8']);
  });
});

describe('updates', () => {
  const before = pool('a', '10.1.0.0/16');
  it('C15: the CIDR stays', () => {
    expect(validatePool(pool('a', '10.2.0.0/16'), [], before)).toEqual([
      {
        rule: 'C15',
        field: 'spec.cidr',
        message: 'CIDR cannot be changed; follow IP pool migration guide to avoid corruption.',
      },
    ]);
    expect(messages(validatePool(pool('a', 'fd00:0::/64'), [], pool('a', 'FD00::/64')))).toEqual([]);
  });

  it('C16: the block size stays, and the default is a size', () => {
    const message = 'Block size cannot be changed; follow IP pool migration guide to avoid corruption.';
    expect(validatePool(pool('a', '10.1.0.0/16', { blockSize: 28 }), [], before)).toEqual([
      { rule: 'C16', field: 'spec.blockSize', message },
    ]);
    expect(validatePool(pool('a', '10.1.0.0/16', { blockSize: 26 }), [], before)).toEqual([]);
    expect(validatePool(pool('a', '10.1.0.0/16', { blockSize: 0 }), [], before)).toEqual([]);
  });

  it('checks a set against the stored pools', () => {
    const found = validatePools([pool('a', '10.2.0.0/16'), pool('new', '10.3.0.0/16')], [before]);
    expect([...found].map(([name, list]) => [name, list.map(({ rule }) => rule)])).toEqual([
      ['a', ['C15']],
      ['new', []],
    ]);
  });

  it('C14 comes back when a small disabled pool is enabled', () => {
    const small = pool('a', '10.1.0.7/32', { disabled: true });
    const enabled = pool('a', '10.1.0.7/32', { disabled: false });
    expect(validatePool(small, [])).toEqual([]);
    expect(validatePool(enabled, [], small).map(({ rule }) => rule)).toEqual(['C14']);
  });
});

describe('validatePools', () => {
  it('says the same as validatePool for each pool', () => {
    const random = seeded(3);
    for (let round = 0; round < 60; round++) {
      const pools = Array.from({ length: 25 }, (_, i) => pool(`p${i}`, someCidr(random)));
      const all = validatePools(pools);
      for (const one of pools) expect(all.get(one.name)).toEqual(validatePool(one, pools));
    }
  });

  it('judges 10,000 pools in well under a second', () => {
    const pools = Array.from({ length: 10_000 }, (_, i) => pool(`p${i}`, `10.${i >> 8}.${i & 255}.0/24`));
    pools.push(pool('around', '10.0.0.0/8'));
    const times: number[] = [];
    let found = validatePools([]);
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      found = validatePools(pools);
      times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeLessThan(1000);
    expect(found.size).toBe(10_001);
    expect(messages(found.get('p300'))).toEqual(['IPPool(p300) CIDR overlaps with IPPool(around) CIDR 10.0.0.0/8']);
  });

  it('judges those that are wanted, and stops where that is enough', () => {
    const same = Array.from({ length: 300 }, (_, i) => pool(`p${i}`, '10.0.0.0/8'));
    const names = ['p7', 'unknown', 'p3', 'p1', 'p2'];
    for (const found of [
      validatePools(same, [], { names, most: 150 }),
      addedViolationsOfSet([], same, { names, most: 150 }),
    ]) {
      expect([...found].map(([name, violations]) => [name, violations.length])).toEqual([
        ['p7', MOST_OVERLAPS + 1],
        ['p3', MOST_OVERLAPS + 1],
      ]);
    }
  });

  it('cuts the list of a pool that overlaps very many, and says how many', () => {
    const pools = Array.from({ length: 300 }, (_, i) => pool(`p${String(i).padStart(3, '0')}`, '10.0.0.0/8'));
    const found = messages(validatePools(pools).get('p000'));
    expect(found).toHaveLength(MOST_OVERLAPS + 1);
    expect(found.at(-1)).toBe('IPPool(p000) CIDR overlaps with more IP pools: 299 in all');
    expect(messages(validatePool(pool('p000', '10.0.0.0/8'), pools))).toEqual(found);
  });

  it('stays small for a set in which everything overlaps: each pool still names another, and how many there are', () => {
    const pools = Array.from({ length: 20_000 }, (_, i) => pool(`p${i}`, i % 100 === 0 ? '10.0.0.0/8' : '10.1.0.0/16'));
    const found = validatePools(pools);
    const total = [...found.values()].reduce((sum, violations) => sum + violations.length, 0);
    expect(total).toBeLessThan(MANY + MOST_OVERLAPS + 2 * pools.length);
    for (const [name, violations] of found) {
      expect(violations.length).toBeGreaterThan(1);
      if (violations.at(-1)?.message !== `IPPool(${name}) CIDR overlaps with more IP pools: 19999 in all`)
        expect([name, violations.at(-1)]).toBe('a count');
    }
  });
});

describe('a change adds', () => {
  const broken = pool('a', '10.1.0.0/16', { ipipMode: 'Always', vxlanMode: 'Always' });
  const others = [pool('b', '10.1.2.0/24')];

  it('nothing when a pool from a cluster that breaks rules is edited and stays as bad', () => {
    expect(addedViolations({ ...broken, spec: { ...broken.spec, natOutgoing: true } }, others, broken)).toEqual([]);
  });

  it('what gets worse', () => {
    const worse = { ...broken, spec: { ...broken.spec, nodeSelector: 'global()' } };
    expect(addedViolations(worse, others, broken).map(({ rule }) => rule)).toEqual(['C8']);
  });

  it('everything when the pool is new', () => {
    expect(addedViolations(broken, others).map(({ rule }) => rule)).toEqual(['C1', 'C17']);
  });

  it('for a set: only new overlaps, by pool', () => {
    const before = [broken, ...others];
    expect(addedViolationsOfSet(before, before)).toEqual(new Map());
    expect(addedViolationsOfSet(before, [...before, pool('c', '10.1.3.0/24')])).toEqual(
      new Map([
        [
          'a',
          [{ rule: 'C17', field: 'spec.cidr', message: 'IPPool(a) CIDR overlaps with IPPool(c) CIDR 10.1.3.0/24' }],
        ],
        [
          'c',
          [{ rule: 'C17', field: 'spec.cidr', message: 'IPPool(c) CIDR overlaps with IPPool(a) CIDR 10.1.0.0/16' }],
        ],
      ]),
    );
  });

  it('for a set: what asking each pool by itself says, for random sets', () => {
    const random = seeded(5);
    for (let round = 0; round < 60; round++) {
      const before = Array.from({ length: 12 }, (_, i) => pool(`p${i}`, someCidr(random)));
      const after = before.map((one) => (random() < 0.3 ? pool(one.name, someCidr(random)) : one)).slice(round % 3);
      after.push(pool('new', someCidr(random)));
      const added = addedViolationsOfSet(before, after);
      const overlapsOf = (pools: typeof before, { name }: Pool) => {
        const own = pools.find((one) => one.name === name);
        return own === undefined ? [] : validatePool(own, pools).filter(({ rule }) => rule === 'C17');
      };
      const isMoved = (name: string) => {
        const [was, now] = [before, after].map((pools) => pools.find((one) => one.name === name));
        return was === undefined || now === undefined || cidrOf(was) !== cidrOf(now);
      };
      for (const one of after) {
        const expected = overlapsOf(after, one).filter(
          ({ message }) => isMoved(one.name) || isMoved(/with IPPool\((\w+)\)/.exec(message)?.[1] ?? ''),
        );
        expect(added.get(one.name)?.filter(({ rule }) => rule === 'C17') ?? []).toEqual(expected);
      }
    }
  });

  it('for a set: C15 although the new CIDR is free', () => {
    const found = addedViolationsOfSet([pool('a', '10.1.0.0/16')], [pool('a', '10.2.0.0/16')]);
    expect(messages(found.get('a'))).toEqual([
      'CIDR cannot be changed; follow IP pool migration guide to avoid corruption.',
    ]);
  });

  it('for a set: nothing when an overlap goes away', () => {
    expect(addedViolationsOfSet([broken, ...others], [broken])).toEqual(new Map());
  });
});

/** Few bits, so that pools of a set often overlap or are equal; sometimes unreadable, with host bits, IPv6. */
function someCidr(random: () => number): string {
  const below = (n: number): number => Math.floor(random() * n);
  if (random() < 0.05) return '10.0.0.0';
  if (random() < 0.3) return `fd00:${below(3)}:${below(2)}::/${32 + below(30)}`;
  return `10.${below(4)}.${below(3) * 64}.0/${8 + below(20)}`;
}
