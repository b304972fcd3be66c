import { describe, expect, it } from 'vitest';
import { facetsOf, isLoadBalancerOnly, withDefaults } from './defaults.ts';

describe('withDefaults', () => {
  it('fills in what Calico would read', () => {
    expect(withDefaults({ cidr: '10.0.0.0/8' })).toEqual({
      cidr: '10.0.0.0/8',
      natOutgoing: false,
      disabled: false,
      blockSize: 26,
      ipipMode: 'Never',
      vxlanMode: 'Never',
      nodeSelector: 'all()',
      namespaceSelector: '',
      allowedUses: ['Tunnel', 'Workload'],
      disableBGPExport: false,
      assignmentMode: 'Automatic',
    });
  });

  it('knows the default block of IPv6, and that 0 means the default', () => {
    expect(withDefaults({ cidr: 'fd00::/64' }).blockSize).toBe(122);
    expect(withDefaults({ cidr: '10.0.0.0/8', blockSize: 0 }).blockSize).toBe(26);
    expect(withDefaults({ cidr: '10.0.0.0/8', blockSize: 20 }).blockSize).toBe(20);
  });

  it('keeps what is given', () => {
    const spec = { cidr: '10.0.0.0/8', natOutgoing: true, disabled: true, allowedUses: ['LoadBalancer' as const] };
    expect(withDefaults(spec)).toMatchObject(spec);
  });
});

describe('facets: three questions with three answers', () => {
  it.each([
    [{}, { allocates: true, nats: false, exempt: true }],
    [{ natOutgoing: true }, { allocates: true, nats: true, exempt: true }],
    // the idiom for "do not NAT to here"
    [{ disabled: true }, { allocates: false, nats: false, exempt: true }],
    // disabled stops allocation alone: its pods' traffic is still NATed
    [
      { disabled: true, natOutgoing: true },
      { allocates: false, nats: true, exempt: true },
    ],
    [{ allowedUses: ['LoadBalancer'] as ['LoadBalancer'] }, { allocates: true, nats: false, exempt: false }],
    [{ allowedUses: ['LoadBalancer', 'Workload'] as const }, { allocates: true, nats: false, exempt: true }],
    [{ allowedUses: [] as [] }, { allocates: true, nats: false, exempt: true }],
  ])('%j', (fields, facets) => {
    const { allowedUses, ...rest } = { allowedUses: undefined, ...fields };
    const spec = { cidr: '10.0.0.0/8', ...rest, ...(allowedUses ? { allowedUses: [...allowedUses] } : {}) };
    expect(facetsOf(spec)).toEqual(facets);
    expect(isLoadBalancerOnly(spec)).toBe(!facets.exempt);
  });
});
