import { describe, expect, it } from 'vitest';
import { readManifests } from './read.ts';

const felix = (spec: string, name = 'default', apiVersion = 'projectcalico.org/v3'): string =>
  `apiVersion: ${apiVersion}\nkind: FelixConfiguration\nmetadata:\n  name: ${name}\nspec:\n${spec}`;
const read = (text: string) => readManifests([{ name: 'f.yaml', text }]);
const settings = (text: string) => {
  const found = read(text);
  expect(found.errors).toEqual([]);
  return found.settings;
};
const errors = (text: string): string[] =>
  read(text).errors.map(({ line, field, message }) => `${line} ${field}: ${message}`);

describe('FelixConfiguration', () => {
  it('gives the NAT fields alone, global and per node', () => {
    const text = [
      felix(
        '  bpfEnabled: false\n  logSeverityScreen: Info\n  natOutgoingAddress: 192.0.2.1\n  natOutgoingExclusions: IPPoolsAndHostIPs\n',
      ),
      felix(
        '  natOutgoingAddressV6: 2001:db8::1\n  iptablesNATOutgoingInterfaceFilter: eth+\n',
        'node.node-1',
        'crd.projectcalico.org/v1',
      ),
    ].join('---\n');
    expect(settings(text)).toEqual({
      global: { natOutgoingAddress: '192.0.2.1', natOutgoingExclusions: 'IPPoolsAndHostIPs' },
      nodes: { 'node-1': { natOutgoingAddressV6: '2001:db8::1', iptablesNATOutgoingInterfaceFilter: 'eth+' } },
    });
  });

  it.each([
    ['40000', '40000'],
    ['"40000"', '40000'],
    ['30000:40000', '30000:40000'],
    ['"0:70000"', '0:70000'], // judged by the rules of settings, not here
  ])('natPortRange %s', (text, range) => {
    expect(settings(felix(`  natPortRange: ${text}\n`))).toEqual({ global: { natPortRange: range }, nodes: {} });
  });

  it('takes empty and null values for absent ones', () => {
    expect(settings(felix('  natOutgoingAddress: ""\n  natPortRange:\n'))).toEqual({ global: {}, nodes: {} });
    expect(settings(felix('').replace('spec:\n', ''))).toEqual({ global: {}, nodes: {} });
  });

  it('a file for one node alone is not the global settings', () => {
    expect(settings(felix('  natPortRange: 1:2\n', 'node.a'))).toEqual({
      global: {},
      nodes: { a: { natPortRange: '1:2' } },
    });
  });

  it.each([
    [
      felix('  natOutgoingExclusions: All\n'),
      "6 spec.natOutgoingExclusions: natOutgoingExclusions must be one of 'IPPoolsOnly', 'IPPoolsAndHostIPs': 'All'",
    ],
    [felix('  natPortRange: 1.5\n'), "6 spec.natPortRange: natPortRange must be a port or a range 'first:last': 1.5"],
    [felix('  natPortRange: 040\n'), "6 spec.natPortRange: natPortRange must have no leading zeros: '040'"],
    [felix('  natOutgoingAddress: [a]\n'), '6 spec.natOutgoingAddress: natOutgoingAddress must be text: ["a"]'],
    [
      felix('', 'other'),
      "4 metadata.name: name of a FelixConfiguration must be 'default' or 'node.' and a node's name: 'other'",
    ],
    [
      felix('', 'node.'),
      "4 metadata.name: name of a FelixConfiguration must be 'default' or 'node.' and a node's name: 'node.'",
    ],
    [
      felix('', 'node.__proto__'),
      "4 metadata.name: name of a FelixConfiguration must be 'default' or 'node.' and a node's name: 'node.__proto__'",
    ],
    [felix('').replace('spec:', 'spec: 3'), '5 spec: spec must be an object: 3'],
    [
      `${felix('')}---\n${felix('')}`,
      "10 metadata.name: name must be given to one FelixConfiguration only: 'default' is also in f.yaml, document 1, line 1",
    ],
    [
      felix('', 'default', 'v1'),
      "1 apiVersion: apiVersion of kind FelixConfiguration must be projectcalico.org/v3 or crd.projectcalico.org/v1: 'v1'",
    ],
  ])('refuses %j', (text, message) => {
    expect(errors(text)).toEqual([message]);
  });
});

describe('Node', () => {
  const node = (rest: string): string => `apiVersion: v1\nkind: Node\nmetadata:\n  name: node-1\n${rest}`;

  it('gives its addresses, canonical, each once', () => {
    const text = node(
      [
        '  annotations:',
        '    projectcalico.org/IPv4Address: 192.0.2.11/24',
        '    projectcalico.org/IPv6Address: 2001:DB8:1::11/64',
        '    projectcalico.org/IPv4VXLANTunnelAddr: 192.168.1.1',
        'spec: {podCIDR: 192.168.1.0/24}',
        'status:',
        '  addresses:',
        '  - {type: InternalIP, address: 192.0.2.11}',
        '  - {type: ExternalIP, address: 203.0.113.11}',
        '  - {type: Hostname, address: node-1}',
        '',
      ].join('\n'),
    );
    const found = read(text);
    expect(found.errors).toEqual([]);
    expect(found.nodes).toEqual([{ name: 'node-1', addresses: ['192.0.2.11', '203.0.113.11', '2001:db8:1::11'] }]);
  });

  it('may have no address yet', () => {
    expect(read(node('')).nodes).toEqual([{ name: 'node-1', addresses: [] }]);
  });

  it.each([
    [
      node('status:\n  addresses:\n  - type: InternalIP\n    address: 010.1.1.1\n'),
      "8 status.addresses[0].address: address of a node must be an IP address: '010.1.1.1'",
    ],
    [
      node('  annotations:\n    projectcalico.org/IPv4Address: x\n'),
      "6 metadata.annotations.projectcalico.org/IPv4Address: address of a node must be an IP address: 'x'",
    ],
    [
      node('').replace('  name: node-1', '  name: Node_1'),
      "4 metadata.name: name must consist of lower case letters, digits, '-' and '.', and start and end with a letter or digit: 'Node_1'",
    ],
    [
      `${node('')}---\n${node('')}`,
      "9 metadata.name: name must be given to one Node only: 'node-1' is also in f.yaml, document 1, line 1",
    ],
  ])('refuses %j', (text, message) => {
    expect(errors(text)).toEqual([message]);
  });
});
