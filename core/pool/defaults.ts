import type { Facets, PoolSpec } from './spec.ts';

/** A spec with every default filled in, as Calico reads it; a blockSize of 0 means the default. */
export type FullPoolSpec = { [Field in keyof PoolSpec]-?: NonNullable<PoolSpec[Field]> };

export function withDefaults(spec: PoolSpec): FullPoolSpec {
  return {
    cidr: spec.cidr,
    natOutgoing: spec.natOutgoing ?? false,
    disabled: spec.disabled ?? false,
    blockSize: spec.blockSize || (spec.cidr.includes(':') ? 122 : 26),
    ipipMode: spec.ipipMode ?? 'Never',
    vxlanMode: spec.vxlanMode ?? 'Never',
    nodeSelector: spec.nodeSelector || 'all()',
    namespaceSelector: spec.namespaceSelector ?? '',
    allowedUses: spec.allowedUses?.length ? [...new Set(spec.allowedUses)].sort() : ['Tunnel', 'Workload'],
    disableBGPExport: spec.disableBGPExport ?? false,
    assignmentMode: spec.assignmentMode ?? 'Automatic',
  };
}

/** True for a pool that serves load balancers alone: Felix (>= 3.31.6, 3.32.1) leaves it out of the exempt ranges. */
export const isLoadBalancerOnly = (spec: PoolSpec): boolean => withDefaults(spec).allowedUses.join() === 'LoadBalancer';

export function facetsOf(spec: PoolSpec): Facets {
  return {
    allocates: !(spec.disabled ?? false),
    nats: spec.natOutgoing ?? false,
    exempt: !isLoadBalancerOnly(spec),
  };
}
