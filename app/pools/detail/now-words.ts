/** What nodes do with a pool now, where the cluster does not have it as desired: they follow the cluster. Pure. */
import { differingFields } from '../../../core/cluster/compare.ts';
import { facetsOf } from '../../../core/pool/defaults.ts';
import type { PoolSpec } from '../../../core/pool/spec.ts';
import { listed } from '../sync/sync-words.ts';

/** `live` null: the cluster has no such pool; its spec null: Calico cannot read it. */
export function nowWords(desired: PoolSpec, live: { spec: PoolSpec | null } | null): string {
  if (live === null) return 'No node does this now: the cluster has no such pool.';
  if (live.spec === null) return 'No node does this now: Calico cannot read what the cluster has.';
  const [wanted, held] = [facetsOf(desired), facetsOf(live.spec)];
  const otherwise = [
    ...(differingFields(desired, live.spec).includes('cidr') ? [`its range is ${live.spec.cidr}`] : []),
    ...(wanted.allocates === held.allocates
      ? []
      : [held.allocates ? 'pods get addresses from it' : 'no pod gets an address from it']),
    ...(wanted.nats === held.nats ? [] : [`traffic from it ${held.nats ? 'is NATed' : 'keeps its address'}`]),
    ...(wanted.exempt === held.exempt ? [] : [`traffic to it is ${held.exempt ? 'exempt' : 'not exempt'}`]),
  ];
  return otherwise.length === 0 ? 'Nodes do the same now.' : `Nodes do otherwise now: ${listed(otherwise)}.`;
}
