import { describe, expect, test } from 'vitest';
import type { NatSettings } from '../nat/settings.ts';
import type { Pool, PoolSpec } from '../pool/spec.ts';
import { compile } from './compile.ts';
import { maxElements, renderRules, renderSet, renderSets } from './render.ts';
import { jumpText, ruleHash, ruleText } from './rule-text.ts';

const pool = (name: string, cidr: string, rest: Partial<PoolSpec> = {}): Pool => ({ name, spec: { cidr, ...rest } });
const pools = [
  pool('b', '10.20.0.0/16', { natOutgoing: true, disabled: true }),
  pool('a', '10.10.0.0/24', { natOutgoing: true }),
  pool('c', '203.0.113.0/24'),
  pool('lb', '198.51.100.0/24', { allowedUses: ['LoadBalancer'] }),
  pool('six', 'FD10:0::/64', { natOutgoing: true }),
];
const compiled = (settings: NatSettings = {}, family: 4 | 6 = 4, hosts: string[] = [], all = pools) =>
  compile({ pools: all, settings, hosts, family, randomFully: true });
const texts = (settings: NatSettings, family: 4 | 6 = 4): string[] =>
  compiled(settings, family).rules.map((rule) =>
    ruleText(rule).replace(/-m comment --comment "outgate:[0-9a-f]{16}" /, ''),
  );

describe('sets', () => {
  test('sources, exempt ranges and counters', () => {
    expect(compiled().sets).toEqual([
      { name: 'outgate-src-v4', family: 4, counters: true, members: ['10.10.0.0/24', '10.20.0.0/16'] },
      {
        name: 'outgate-exempt-v4',
        family: 4,
        counters: false,
        members: ['10.10.0.0/24', '10.20.0.0/16', '203.0.113.0/24'],
      },
    ]);
    expect(compiled({}, 6).sets.map(({ members }) => members)).toEqual([['fd10::/64'], ['fd10::/64']]);
  });
  test('nodes, of the family, each once, only where the settings exempt them', () => {
    const hosts = ['192.0.2.12', '2001:db8::1', '192.0.2.3', '192.0.2.12', 'no address'];
    const [, , nodes] = compiled({ natOutgoingExclusions: 'IPPoolsAndHostIPs' }, 4, hosts).sets;
    expect(nodes).toEqual({
      name: 'outgate-nodes-v4',
      family: 4,
      counters: false,
      members: ['192.0.2.3/32', '192.0.2.12/32'],
    });
    expect(compiled({ natOutgoingExclusions: 'IPPoolsOnly' }, 4, hosts).sets).toHaveLength(2);
  });
  test('/0 becomes two halves', () => {
    const whole = [pool('all', '0.0.0.0/0', { natOutgoing: true }), pool('half', '0.0.0.0/1'), pool('six', '::/0')];
    expect(compiled({}, 4, [], whole).sets[0]?.members).toEqual(['0.0.0.0/1', '128.0.0.0/1']);
    expect(compiled({}, 4, [], whole).sets[1]?.members).toEqual(['0.0.0.0/1', '128.0.0.0/1']);
    expect(compiled({}, 6, [], whole).sets[1]?.members).toEqual(['::/1', '8000::/1']);
  });
  test('the order of pools and hosts does not matter', () => {
    const hosts = ['192.0.2.1', '192.0.2.2'];
    const settings: NatSettings = { natOutgoingExclusions: 'IPPoolsAndHostIPs' };
    expect(compiled(settings, 4, hosts.toReversed(), pools.toReversed())).toEqual(compiled(settings, 4, hosts));
  });
});

const sets4 = '-m set ! --match-set outgate-exempt-v4 dst -m set --match-set outgate-src-v4 src';
const sets6 = sets4.replaceAll('v4', 'v6');
const chain = '-A OUTGATE-POSTROUTING';

describe('rules', () => {
  test.each<[NatSettings, 4 | 6, string[]]>([
    [{}, 4, [`${chain} ${sets4} -j MASQUERADE --random-fully`]],
    [
      { natOutgoingExclusions: 'IPPoolsAndHostIPs' },
      4,
      [
        `${chain} ${sets4.replace(' -m set --match', ' -m set ! --match-set outgate-nodes-v4 dst -m set --match')} -j MASQUERADE --random-fully`,
      ],
    ],
    [{ natOutgoingAddress: '192.0.2.77' }, 4, [`${chain} ${sets4} -j SNAT --to-source 192.0.2.77 --random-fully`]],
    [{ natOutgoingAddress: '192.0.2.77' }, 6, [`${chain} ${sets6} -j MASQUERADE --random-fully`]],
    [
      { natOutgoingAddressV6: '2001:DB8:0::77' },
      6,
      [`${chain} ${sets6} -j SNAT --to-source 2001:db8::77 --random-fully`],
    ],
    [{ iptablesNATOutgoingInterfaceFilter: 'eth+' }, 4, [`${chain} -o eth+ ${sets4} -j MASQUERADE --random-fully`]],
    [{ iptablesNATOutgoingInterfaceFilter: '+' }, 4, [`${chain} ${sets4} -j MASQUERADE --random-fully`]],
    [
      { natPortRange: '40000:50000' },
      4,
      [
        `${chain} -p tcp ${sets4} -j MASQUERADE --to-ports 40000-50000 --random-fully`,
        `${chain} -p udp ${sets4} -j MASQUERADE --to-ports 40000-50000 --random-fully`,
        `${chain} ${sets4} -j MASQUERADE --random-fully`,
      ],
    ],
    [
      { natPortRange: '4000', natOutgoingAddressV6: '2001:db8::77', iptablesNATOutgoingInterfaceFilter: 'up0' },
      6,
      [
        `${chain} -o up0 -p tcp ${sets6} -j SNAT --to-source [2001:db8::77]:4000 --random-fully`,
        `${chain} -o up0 -p udp ${sets6} -j SNAT --to-source [2001:db8::77]:4000 --random-fully`,
        `${chain} -o up0 ${sets6} -j SNAT --to-source 2001:db8::77 --random-fully`,
      ],
    ],
  ])('%o, IPv%i', (settings, family, expected) => expect(texts(settings, family)).toEqual(expected));

  test('no NAT pool: the rule stays, its source set is empty', () => {
    const none = compiled({}, 6, [], [pool('c', '203.0.113.0/24')]);
    expect(none.rules).toEqual(compiled({}, 6).rules);
    expect(none.sets.map(({ members }) => members)).toEqual([[], []]);
  });
  test('their number does not grow with the pools', () => {
    const many = Array.from({ length: 5000 }, (_, i) =>
      pool(`p${i}`, `10.${i >> 8}.${i & 255}.0/24`, { natOutgoing: true }),
    );
    expect(compiled({}, 4, [], many).rules).toHaveLength(1);
  });
  test('without --random-fully where the tools lack it', () => {
    const [rule] = compile({ pools, settings: {}, hosts: [], family: 4, randomFully: false }).rules;
    expect(rule && ruleText(rule)).not.toContain('random');
  });
  test('settings that cannot be programmed throw instead of programming something else', () => {
    expect(() => compiled({ natPortRange: '30000-40000' })).toThrow('write 30000:40000');
    expect(() => compiled({ natOutgoingAddress: '::1' })).toThrow('IPv4');
  });
});

describe('text', () => {
  test('one transaction: our chain, the jumps to go, ours last', () => {
    const program = compiled();
    const [rule] = program.rules;
    const old = '-A POSTROUTING -m comment --comment "outgate:0000000000000000" -j OUTGATE-POSTROUTING';
    expect(renderRules(program, { remove: [old, old], append: true }).split('\n')).toEqual([
      '*nat',
      ':OUTGATE-POSTROUTING - [0:0]',
      rule && ruleText(rule),
      old.replace('-A', '-D'),
      old.replace('-A', '-D'),
      jumpText,
      'COMMIT',
      '',
    ]);
    expect(renderRules(program, { remove: [], append: false })).not.toContain('POSTROUTING -j');
  });
  test('the hash follows the rule and nothing else', () => {
    const [a] = compiled().rules;
    const [b] = compiled({ natOutgoingAddress: '192.0.2.77' }).rules;
    const [c] = compiled({}, 4, [], []).rules;
    if (!a || !b || !c) throw new Error('no rule');
    expect(ruleHash(a)).toMatch(/^[0-9a-f]{16}$/);
    expect(ruleHash(a)).toBe(ruleHash(c));
    expect(ruleHash(a)).not.toBe(ruleHash(b));
  });
  test('a set under another name, with room to grow', () => {
    const [set] = compiled().sets;
    if (!set) throw new Error('no set');
    expect(renderSet(set, 'outgate-tmp-1')).toBe(
      'create outgate-tmp-1 hash:net family inet hashsize 1024 maxelem 65536 counters\nadd outgate-tmp-1 10.10.0.0/24\nadd outgate-tmp-1 10.20.0.0/16\n',
    );
    expect(renderSets(compiled())).toMatch(
      /^create outgate-src-v4 .*\n(add .*\n){2}create outgate-exempt-v4 .*\n(add .*\n){3}$/,
    );
    expect([0, 32768, 32769, 100_000].map(maxElements)).toEqual([65536, 65536, 131072, 262144]);
  });
});
