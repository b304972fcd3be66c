import { describe, expect, it } from 'vitest';
import cases from './fixtures/ippool.json' with { type: 'json' };
import { parsePoolSpec } from './shape.ts';
import type { PoolSpec } from './spec.ts';
import { validatePool } from './validate.ts';

const broken = (spec: PoolSpec): string[] => validatePool({ name: 'p', spec }, []).map(({ rule }) => rule);
const only = (spec: PoolSpec): unknown => {
  const found = validatePool({ name: 'p', spec }, []);
  return found.length === 1 ? found[0] : found;
};
const v4 = '10.1.0.0/16';
const v6 = 'fd00:1::/64';

describe('documented cases', () => {
  it.each(cases.create)('$spec gives $error', ({ spec, error }) => {
    const shaped = parsePoolSpec(spec);
    if (!shaped.ok) throw new Error(JSON.stringify(shaped.errors));
    const messages = validatePool({ name: 'p', spec: shaped.value }, []).map(({ message }) => message);
    if (error === null) expect(messages).toEqual([]);
    else expect(messages).toContain(error);
  });
});

describe.each([
  [
    'C1',
    'spec.ipipMode',
    'ipipMode and vxlanMode cannot both be enabled',
    { cidr: v4, ipipMode: 'Always', vxlanMode: 'CrossSubnet' },
  ],
  [
    'C2',
    'spec.ipipMode',
    'LoadBalancer IP pool cannot have IPIP or VXLAN enabled',
    { cidr: v4, ipipMode: 'CrossSubnet', allowedUses: ['LoadBalancer'] },
  ],
  [
    'C2',
    'spec.vxlanMode',
    'LoadBalancer IP pool cannot have IPIP or VXLAN enabled',
    { cidr: v4, vxlanMode: 'Always', allowedUses: ['LoadBalancer'] },
  ],
  [
    'C3',
    'spec.allowedUses',
    'LoadBalancer cannot be combined with Workload or Tunnel allowed uses',
    { cidr: v4, allowedUses: ['LoadBalancer', 'Workload'] },
  ],
  [
    'C3',
    'spec.allowedUses',
    'LoadBalancer cannot be combined with Workload or Tunnel allowed uses',
    { cidr: v4, allowedUses: ['Tunnel', 'LoadBalancer'] },
  ],
  ['C4', 'spec.ipipMode', 'IPIP is not supported on IPv6 pools', { cidr: v6, ipipMode: 'Always' }],
  [
    'C5',
    'spec.disableBGPExport',
    'LoadBalancer IP pools cannot disable BGP export',
    { cidr: v4, allowedUses: ['LoadBalancer'], disableBGPExport: true },
  ],
  [
    'C6',
    'spec.nodeSelector',
    'IP Pool with AllowedUse LoadBalancer must have nodeSelector set to all()',
    { cidr: v4, allowedUses: ['LoadBalancer'], nodeSelector: 'has(x)' },
  ],
  [
    'C7',
    'spec.namespaceSelector',
    'IP Pool with AllowedUse Tunnel cannot have namespaceSelector',
    { cidr: v4, allowedUses: ['Tunnel'], namespaceSelector: 'all()' },
  ],
  // the default uses hold Tunnel
  [
    'C7',
    'spec.namespaceSelector',
    'IP Pool with AllowedUse Tunnel cannot have namespaceSelector',
    { cidr: v4, namespaceSelector: 'all()' },
  ],
  [
    'C8',
    'spec.nodeSelector',
    'global() selector is not valid for IPPool nodeSelector',
    { cidr: v4, nodeSelector: 'global() || has(x)' },
  ],
  [
    'C9',
    'spec.namespaceSelector',
    'global() selector is not valid for IPPool namespaceSelector',
    { cidr: v4, allowedUses: ['Workload'], namespaceSelector: 'global()' },
  ],
  [
    'S1',
    'spec.nodeSelector',
    "nodeSelector must be a selector of Calico's: at character 5 a label must follow 'has(': 'has('",
    { cidr: v4, nodeSelector: 'has(' },
  ],
  [
    'S2',
    'spec.namespaceSelector',
    "namespaceSelector must be a selector of Calico's: at character 5 a text in quotes must stand here: 'a =='",
    { cidr: v4, allowedUses: ['Workload'], namespaceSelector: 'a ==' },
  ],
  ['C10', 'spec.cidr', 'IPPool CIDR must be strictly masked', { cidr: '10.1.0.1/16' }],
  ['C10', 'spec.cidr', 'IPPool CIDR must be strictly masked', { cidr: 'fd00:1::1/64' }],
  ['C11', 'spec.cidr', 'IPPool CIDR overlaps with IPv4 link local range 169.254.0.0/16', { cidr: '169.254.7.0/24' }],
  ['C11', 'spec.cidr', 'IPPool CIDR overlaps with IPv4 link local range 169.254.0.0/16', { cidr: '0.0.0.0/0' }],
  ['C12', 'spec.cidr', 'IPPool CIDR overlaps with IPv6 link local range fe80::/10', { cidr: 'fe80::/10' }],
  ['C12', 'spec.cidr', 'IPPool CIDR overlaps with IPv6 link local range fe80::/10', { cidr: '::/0' }],
  ['C12', 'spec.cidr', 'IPPool CIDR overlaps with IPv6 link local range fe80::/10', { cidr: 'febf::/112' }],
  [
    'C13',
    'spec.blockSize',
    'blockSize must be between 20 and 32 for IPv4 pools, and between 116 and 128 for IPv6 pools',
    { cidr: v4, blockSize: 33 },
  ],
  [
    'C13',
    'spec.blockSize',
    'blockSize must be between 20 and 32 for IPv4 pools, and between 116 and 128 for IPv6 pools',
    { cidr: v4, blockSize: 122 },
  ],
  [
    'C13',
    'spec.blockSize',
    'blockSize must be between 20 and 32 for IPv4 pools, and between 116 and 128 for IPv6 pools',
    { cidr: v6, blockSize: 115 },
  ],
  [
    'C13',
    'spec.blockSize',
    'blockSize must be between 20 and 32 for IPv4 pools, and between 116 and 128 for IPv6 pools',
    { cidr: v4, blockSize: -1, disabled: true },
  ],
  [
    'C14',
    'spec.cidr',
    'IP pool size is too small for use with Calico IPAM. It must be equal to or greater than the block size.',
    { cidr: '10.1.0.0/27' },
  ],
  [
    'C14',
    'spec.cidr',
    'IP pool size is too small for use with Calico IPAM. It must be equal to or greater than the block size.',
    { cidr: '10.1.0.0/24', blockSize: 23 },
  ],
  [
    'C14',
    'spec.cidr',
    'IP pool size is too small for use with Calico IPAM. It must be equal to or greater than the block size.',
    { cidr: 'fd00:1::/123' },
  ],
  ['-', 'spec.cidr', 'IPPool CIDR must be specified', { cidr: '' }],
  ['-', 'spec.cidr', 'IPPool CIDR must be a valid subnet', { cidr: '010.1.2.0/24' }],
  ['-', 'spec.cidr', 'IPPool CIDR must be a valid subnet', { cidr: '10.1.2.3' }],
  ['-', 'spec.cidr', 'IPPool CIDR must be a valid subnet', { cidr: '::ffff:10.0.0.0/112' }],
] as const)('%s of %s', (rule, field, message, spec) => {
  it(`is broken by ${JSON.stringify(spec)}`, () => {
    expect(
      only({ ...spec, ...('allowedUses' in spec ? { allowedUses: [...spec.allowedUses] } : {}) } as PoolSpec),
    ).toEqual({ rule, field, message });
  });
});

it.each<[string, PoolSpec]>([
  ['the smallest', { cidr: v4 }],
  ['one encapsulation', { cidr: v4, vxlanMode: 'Always' }],
  ['VXLAN on IPv6', { cidr: v6, vxlanMode: 'Always' }],
  ['a load balancer pool', { cidr: v4, allowedUses: ['LoadBalancer'], nodeSelector: 'all()', ipipMode: 'Never' }],
  ['workloads of a namespace', { cidr: v4, allowedUses: ['Workload'], namespaceSelector: 'has(x)' }],
  ['blockSize 0 is the default', { cidr: v4, blockSize: 0 }],
  ['exactly one block', { cidr: '10.1.0.0/26' }],
  ['exactly one IPv6 block', { cidr: 'fd00:1::/122' }],
  ['blocks of one address', { cidr: '10.1.0.7/32', blockSize: 32 }],
  ['a disabled single address', { cidr: '10.1.0.7/32', disabled: true }],
  ['beside link local', { cidr: '169.253.0.0/16' }],
  ['beside IPv6 link local', { cidr: 'fec0::/64' }],
  ['an empty node selector is all()', { cidr: v4, allowedUses: ['LoadBalancer'], nodeSelector: '' }],
  ['a selector that only sounds global', { cidr: v4, nodeSelector: "has(global) && name == 'global'" }],
])('%s is valid', (_, spec) => {
  expect(broken(spec)).toEqual([]);
});

it('says every violation at once, in the order of the rules', () => {
  const spec: PoolSpec = {
    cidr: '169.254.1.1/30',
    ipipMode: 'Always',
    vxlanMode: 'Always',
    allowedUses: ['LoadBalancer', 'Tunnel'],
    disableBGPExport: true,
    nodeSelector: 'global()',
    namespaceSelector: 'global()',
    blockSize: 19,
  };
  expect(broken(spec)).toEqual(['C1', 'C2', 'C3', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10', 'C11', 'C13', 'C14']);
});

it('judges the other fields of a pool whose CIDR cannot be read', () => {
  expect(broken({ cidr: 'fd00::/x', ipipMode: 'Always', blockSize: 26 })).toEqual(['-', 'C4', 'C13']);
});
