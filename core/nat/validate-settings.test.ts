import { describe, expect, test } from 'vitest';
import type { Pool } from '../pool/spec.ts';
import { makeDecider } from './decide.ts';
import { randomFrom, randomSettings } from './fixtures/random.ts';
import type { NatSettings } from './settings.ts';
import { validateSettings } from './validate-settings.ts';

const rulesOf = (global: NatSettings, pools: Pool[] = []) =>
  validateSettings({ global, nodes: {} }, pools).map(({ rule }) => rule);
const messageOf = (global: NatSettings) => validateSettings({ global, nodes: {} }, []).map(({ message }) => message);

describe('what is refused', () => {
  test.each<[keyof NatSettings, string, string]>([
    ['natOutgoingAddress', '2001:db8::1', 'N1'],
    ['natOutgoingAddress', '192.0.2.1/32', 'N1'],
    ['natOutgoingAddress', '192.0.2.001', 'N1'],
    ['natOutgoingAddress', '0.0.0.0', 'N1'],
    ['natOutgoingAddress', '127.0.0.1', 'N1'],
    ['natOutgoingAddress', '224.0.0.1', 'N1'],
    ['natOutgoingAddress', '255.255.255.255', 'N1'],
    ['natOutgoingAddress', 'localhost', 'N1'],
    ['natOutgoingAddressV6', '192.0.2.1', 'N2'],
    ['natOutgoingAddressV6', '::', 'N2'],
    ['natOutgoingAddressV6', '::1', 'N2'],
    ['natOutgoingAddressV6', 'ff02::1', 'N2'],
    ['natOutgoingAddressV6', 'fe80::1', 'N2'],
    ['natOutgoingAddressV6', '2001:db8::1%eth0', 'N2'],
    ['natPortRange', '30000-40000', 'N3'],
    ['natPortRange', '0:70000', 'N3'],
    ['natPortRange', '0', 'N3'],
    ['natPortRange', '1:65536', 'N3'],
    ['natPortRange', '40000:30000', 'N3'],
    ['natPortRange', '1:2:3', 'N3'],
    ['natPortRange', ' 1:2', 'N3'],
    ['natPortRange', '1e3', 'N3'],
    ['natPortRange', '010', 'N7'],
    ['natPortRange', '01:02', 'N7'],
    ['natPortRange', '1:02', 'N7'],
    ['natPortRange', '02:01', 'N3'],
    ['iptablesNATOutgoingInterfaceFilter', 'eth 0', 'N4'],
    ['iptablesNATOutgoingInterfaceFilter', 'e+h', 'N4'],
    ['iptablesNATOutgoingInterfaceFilter', 'eth++', 'N4'],
    ['iptablesNATOutgoingInterfaceFilter', 'abcdefghijklmnop', 'N4'],
    ['iptablesNATOutgoingInterfaceFilter', '!eth0', 'N4'],
    ['iptablesNATOutgoingInterfaceFilter', '-o', 'N8'],
    ['iptablesNATOutgoingInterfaceFilter', '-eth+', 'N8'],
    ['iptablesNATOutgoingInterfaceFilter', '-e+h', 'N4'],
    ['natOutgoingExclusions', 'None', 'N5'],
  ])('%s %s', (field, value, rule) => {
    const found = validateSettings({ global: { [field]: value } as NatSettings, nodes: {} }, []);
    expect(found.map((one) => [one.rule, one.field])).toEqual([[rule, `global.${field}`]]);
    expect(found[0]?.message).toContain(`'${value}'`);
    expect(found[0]?.message).toContain(' must ');
  });

  test('the fix is named', () => {
    expect(messageOf({ natPortRange: '30000-40000' })).toEqual([
      "natPortRange must be two ports joined by a colon (n:m), or one port: '30000-40000'; write 30000:40000",
    ]);
    expect(messageOf({ natPortRange: '40000:30000' })).toEqual([
      "natPortRange must have its lower port first: '40000:30000'; write 30000:40000",
    ]);
  });

  test('everything at once, global first, then nodes by name', () => {
    const bad = { natPortRange: 'x', natOutgoingAddress: 'y' };
    const found = validateSettings({ global: bad, nodes: { b: { natPortRange: 'z' }, a: bad } }, []);
    expect(found.map(({ field }) => field)).toEqual([
      'global.natOutgoingAddress',
      'global.natPortRange',
      'nodes.a.natOutgoingAddress',
      'nodes.a.natPortRange',
      'nodes.b.natPortRange',
    ]);
  });

  test('a fixed address that pods could be given', () => {
    const pool = (spec: object): Pool[] => [{ name: 'a', spec: { cidr: '192.0.2.0/24', ...spec } }];
    const settings = { natOutgoingAddress: '192.0.2.77' };
    expect(rulesOf(settings, pool({ natOutgoing: true }))).toEqual(['N6']);
    expect(rulesOf(settings, pool({ natOutgoing: true, disabled: true }))).toEqual([]);
    expect(rulesOf(settings, pool({}))).toEqual([]);
  });
});

test('what is accepted can be decided with', () => {
  const good: NatSettings[] = [
    {},
    { natOutgoingAddress: '', natPortRange: '', iptablesNATOutgoingInterfaceFilter: '' },
    { natOutgoingAddress: '192.0.2.77', natOutgoingAddressV6: '2001:DB8::1' },
    { natPortRange: '1:65535' },
    { natPortRange: '40000' },
    { iptablesNATOutgoingInterfaceFilter: 'a.b:c_d-e12345+' },
    { natOutgoingExclusions: 'IPPoolsAndHostIPs' },
  ];
  const random = randomFrom(5);
  for (let i = 0; i < 200; i++) good.push(randomSettings(random));
  for (const settings of good) {
    expect(rulesOf(settings)).toEqual([]);
    expect(() => makeDecider({ pools: [], settings, hosts: [] })).not.toThrow();
  }
});
