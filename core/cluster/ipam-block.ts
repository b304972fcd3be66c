/**
 * Calico's own list of addresses in use: an IPAMBlock holds a part of a pool, one place for each address, and each place that
 * is taken points into the block's attributes. Anything may stand in an object: nothing here throws.
 */
import { fieldsOf } from '../calico/object.ts';
import { type Address, bitsOf } from '../net/address.ts';
import { contains, overlaps, type Prefix, parsePrefix } from '../net/prefix.ts';

export interface UsedAddress {
  readonly address: Address;
  /** null: no pod has it (a tunnel, a service, a reservation) */
  readonly pod: { readonly namespace: string; readonly name: string } | null;
  readonly node: string | null;
  /** what it is for where no pod has it: `vxlanTunnelAddress`, else the handle it was taken under */
  readonly purpose: string | null;
}

/** Addresses within `pool` that the block says are taken; null: it is no block. */
export function usedAddresses(object: unknown, pool: Prefix): UsedAddress[] | null {
  const spec = fieldsOf(fieldsOf(object)['spec']);
  const { cidr, affinity, allocations, attributes, deleted } = spec;
  const block = typeof cidr === 'string' ? parsePrefix(cidr) : null;
  if (!block?.ok || !Array.isArray(allocations)) return null;
  const { family, value, length } = block.value;
  if (deleted === true || !overlaps(block.value, pool)) return [];
  const host = typeof affinity === 'string' && affinity.startsWith('host:') ? affinity.slice('host:'.length) : null;
  const whose = Array.isArray(attributes) ? attributes : [];
  const size = 1n << BigInt(bitsOf(family) - length);
  return allocations.flatMap((index: unknown, place): UsedAddress[] => {
    const address = { family, value: value + BigInt(place) };
    if (typeof index !== 'number' || BigInt(place) >= size || !contains(pool, address)) return [];
    const { handle_id: handle, secondary } = fieldsOf(whose[index]);
    const { namespace, pod, node, type } = fieldsOf(secondary);
    const ofPod = typeof pod === 'string' && typeof namespace === 'string' ? { namespace, name: pod } : null;
    const purpose = typeof type === 'string' ? type : typeof handle === 'string' ? handle : null;
    return [
      { address, pod: ofPod, node: typeof node === 'string' ? node : host, purpose: ofPod === null ? purpose : null },
    ];
  });
}
