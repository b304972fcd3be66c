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

/** What becomes different once the pool is gone, in the order of the facets. `natting`: names of the other pools that NAT. */
export function deletionSentences(name: string, spec: PoolSpec, facets: Facets, natting: readonly string[]): string[] {
  const out: string[] = [];
  if (facets.allocates) out.push(`No pod gets a new address from ${spec.cidr}. Addresses in use are not taken back.`);
  if (facets.nats) out.push(`What pods in ${spec.cidr} send keeps the pod’s address; today it is NATed.`);
  if (facets.exempt && natting.length > 0) {
    const named = natting.slice(0, 3).join(', ');
    const more = natting.length > 3 ? ` and ${natting.length - 3} more` : '';
    out.push(`What pods of ${named}${more} send to ${spec.cidr} is NATed; today it keeps the pod’s address.`);
  }
  if (out.length === 0) out.push(`No verdict changes: no other pool NATs, and ${name} hands out no address.`);
  return out;
}

/** "65,536", "2^72" above a trillion. */
export function addressCount(length: number, bits: 32 | 128): string {
  const power = bits - length;
  return power > 40 ? `2^${power}` : (2 ** power).toLocaleString('en-US');
}
