/** The three facets in words. Never one on/off. */
import { withDefaults } from '../../core/pool/defaults.ts';
import type { Facets, PoolSpec } from '../../core/pool/spec.ts';

/** What sort of pool it is, for the tag beside its name; null for an ordinary one. */
export function poolKind(facets: Facets, spec: PoolSpec): 'exemption' | 'load balancer' | null {
  if (withDefaults(spec).allowedUses.join() === 'LoadBalancer') return 'load balancer';
  return !facets.allocates && !facets.nats && facets.exempt ? 'exemption' : null;
}

/** What the pool does, one sentence a facet. */
export function facetSentences(facets: Facets): string[] {
  return [
    facets.allocates
      ? 'Pods get addresses from it.'
      : 'disabled: no pod gets an address from it; this stops allocation only.',
    facets.nats
      ? 'What pods in it send to an address outside all pools is NATed.'
      : 'What pods in it send keeps the pod’s address.',
    facets.exempt
      ? 'What pods of any pool send to it keeps the pod’s address.'
      : 'It serves load balancers alone, so traffic to it is not exempt from NAT.',
  ];
}

/** What becomes of traffic from a pool where others that share its addresses decide, behind their names. */
export const decidedWords = {
  all: 'shares its addresses and NATs: what pods in it send to an address outside all pools is NATed.',
  part: 'inside it NATs: what pods in that range send to an address outside all pools is NATed, the rest keeps the pod’s address.',
  none: 'has the same CIDR and comes first by name, so it counts alone: what pods in it send keeps the pod’s address.',
} as const;

/** "65,536", "2^72" above a trillion. */
export function addressCount(length: number, bits: 32 | 128): string {
  const power = bits - length;
  return power > 40 ? `2^${power}` : (2 ** power).toLocaleString('en-US');
}
