import { expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../net/address.ts';
import type { Pool } from '../pool/spec.ts';
import { decide, makeDecider, withSettings } from './decide.ts';
import { effectiveSettings } from './effective-settings.ts';
import { filterParts, passesFilter } from './interface-filter.ts';
import type { NatSettings } from './settings.ts';
import { type SettingsRegion, settingsDifferences } from './settings-difference.ts';
import { keyOf } from './table.ts';

const pool = (name: string, cidr: string, natOutgoing = true): Pool => ({ name, spec: { cidr, natOutgoing } });
const pools = [pool('pods', '10.0.0.0/24'), pool('quiet', '10.0.1.0/24', false), pool('six', 'fd00::/64')];
const hosts = ['192.0.2.11', '192.0.2.12', '2001:db8::11'];
const decider = makeDecider({ pools, settings: {}, hosts });
const difference = (before: NatSettings, after: NatSettings, by = decider): readonly SettingsRegion[] => {
  const [group] = settingsDifferences(by, { global: before, nodes: {} }, { global: after, nodes: {} }, ['n']);
  return group?.regions ?? [];
};

it('a fixed address stands instead of the node’s, in its own family alone', () => {
  const regions = difference({}, { natOutgoingAddress: '203.0.113.7' });
  expect(regions).toMatchObject([
    {
      family: 4,
      from: ['10.0.0.0-10.0.0.255'],
      nodes: false,
      out: { only: null, not: null },
      before: { address: null, ports: null },
      after: { address: '203.0.113.7', ports: null },
    },
  ]);
  const without = makeDecider({ pools: [pool('quiet', '10.0.1.0/24', false)], settings: {}, hosts });
  expect(difference({}, { natOutgoingAddress: '203.0.113.7' }, without)).toEqual([]);
});

it('exclusions move the nodes’ addresses alone, and a filter the interfaces that it shuts out', () => {
  const exclusions = difference({}, { natOutgoingExclusions: 'IPPoolsAndHostIPs' });
  expect(exclusions.map(({ family, to, nodes, after }) => [family, to, nodes, after])).toEqual([
    [4, ['192.0.2.11-192.0.2.12'], true, null],
    [6, ['2001:db8::11'], true, null],
  ]);
  const filter = difference({}, { iptablesNATOutgoingInterfaceFilter: 'eth+' });
  expect(filter.map(({ out, after }) => [out, after])).toEqual([
    [{ only: null, not: 'eth+' }, null],
    [{ only: null, not: 'eth+' }, null],
  ]);
  expect(difference({ natPortRange: '' }, { iptablesNATOutgoingInterfaceFilter: '+' })).toEqual([]);
});

it('says for every pair of addresses and every interface what decide says before and after, and no more', () => {
  const values = {
    natOutgoingExclusions: [undefined, 'IPPoolsAndHostIPs'],
    natOutgoingAddress: [undefined, '203.0.113.7'],
    natPortRange: [undefined, '30000:40000'],
    iptablesNATOutgoingInterfaceFilter: [undefined, 'eth+', 'eth0', 'eth1+', 'ens5'],
  } as const;
  const all: NatSettings[] = [{}];
  for (const [field, options] of Object.entries(values)) {
    all.push(...all.splice(0).flatMap((one) => options.map((value) => ({ ...one, [field]: value }))));
  }
  const points = [
    '10.0.0.7',
    '10.0.1.7',
    '192.0.2.11',
    '192.0.2.13',
    '198.51.100.1',
    '127.0.0.1',
    'fd00::7',
    '2001:db8::11',
  ];
  let differing = 0;
  for (const [i, before] of all.entries()) {
    // every eleventh: all of them would be 1,600 pairs of settings
    for (const after of all.filter((_, j) => (i + j) % 11 === 0)) {
      const regions = difference(before, after);
      for (const from of points) {
        for (const to of points.filter((one) => one.includes(':') === from.includes(':'))) {
          for (const out of ['eth0', 'eth1', 'eth10', 'ens5', 'lo']) {
            const [was, is] = [sourceOf(before, from, to, out), sourceOf(after, from, to, out)];
            const found = regions.filter((one) => covers(one, from, to, out));
            const expected = was === is ? [] : [[was, is]];
            expect(
              found.map((one) => [JSON.stringify(one.before), JSON.stringify(one.after)]),
              `${from} to ${to} by ${out}: ${JSON.stringify([before, after])}`,
            ).toEqual(expected);
            differing += expected.length;
          }
        }
      }
    }
  }
  expect(differing).toBeGreaterThan(1_000);
});

it('nodes for which it is the same stand together, and those without a difference not at all', () => {
  const own = { natOutgoingAddress: '203.0.113.9' };
  const groups = settingsDifferences(
    decider,
    { global: {}, nodes: { c: own } },
    { global: { natOutgoingAddress: '203.0.113.7' }, nodes: { c: own, d: { natOutgoingAddress: '203.0.113.8' } } },
    ['b', 'a', 'c', 'd'],
  );
  expect(groups.map(({ nodes, regions }) => [nodes, regions[0]?.after?.address])).toEqual([
    [['a', 'b'], '203.0.113.7'],
    [['d'], '203.0.113.8'],
  ]);
});

it('is worked out once for thousands of nodes with addresses of their own, and thousands of pools', () => {
  const pools = Array.from({ length: 2000 }, (_, i) => ({
    name: `p-${i}`,
    spec: { cidr: `10.${i >> 6}.${(i & 63) * 4}.0/23`, natOutgoing: true },
  }));
  const names = Array.from({ length: 2000 }, (_, i) => `n-${i}`);
  const nodes = Object.fromEntries(
    names.map((name, i) => [name, { natOutgoingAddress: `192.0.${i >> 8}.${i & 255}` }]),
  );
  const groups = settingsDifferences(
    makeDecider({ pools, settings: {}, hosts: [] }),
    { global: {}, nodes },
    { global: { natPortRange: '30000:40000' }, nodes },
    names,
  );
  expect(groups).toHaveLength(2000);
  // one list for all of them: each by itself took a minute and a half
  expect(new Set(groups.map(({ regions }) => regions[0]?.from)).size).toBe(1);
});

it.each([
  [null, 'eth0'],
  ['eth+', 'eth0'],
  ['eth1', 'eth+'],
  ['eth0', 'eth1'],
  ['eth+', 'eth1+'],
  ['eth+', 'ens+'],
])('filters %s and %s part all interfaces', (before, after) => {
  const passes = (filter: string | null, name: string): boolean => filter === null || passesFilter(filter, name);
  for (const name of ['eth', 'eth0', 'eth1', 'eth10', 'ens5', 'lo']) {
    const parts = filterParts(before, after).filter(
      ({ out: { only, not } }) => passes(only, name) && (not === null || !passesFilter(not, name)),
    );
    const expected = passes(before, name) || passes(after, name) ? [[passes(before, name), passes(after, name)]] : [];
    expect(parts.map(({ inBefore, inAfter }) => [inBefore, inAfter])).toEqual(expected);
  }
});

/** What decide and the settings say of a connection, as a region says it. */
function sourceOf(settings: NatSettings, from: string, to: string, out: string): string {
  const [source, destination] = [parseAddress(from), parseAddress(to)];
  if (!source.ok || !destination.ok) throw new Error('addresses');
  const verdict = decide(withSettings(decider, settings), keyOf(source.value), keyOf(destination.value), out);
  if (!verdict.startsWith('SNAT')) return 'null';
  const { fixed, ports } = effectiveSettings(settings);
  const address = fixed[source.value.family];
  return JSON.stringify({ address: address === null ? null : formatAddress(address), ports });
}

function covers({ family, from, to, out }: SettingsRegion, source: string, destination: string, name: string): boolean {
  const within = (ranges: readonly string[], text: string): boolean => {
    const asked = parseAddress(text);
    return ranges.some((range) => {
      const [first = '', last = first] = range.split('-');
      const [low, high] = [parseAddress(first), parseAddress(last)];
      if (!asked.ok || !low.ok || !high.ok || asked.value.family !== family) return false;
      return low.value.value <= asked.value.value && asked.value.value <= high.value.value;
    });
  };
  const byWay =
    (out.only === null || passesFilter(out.only, name)) && (out.not === null || !passesFilter(out.not, name));
  return byWay && within(from, source) && within(to, destination);
}
