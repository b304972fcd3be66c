/** Who uses addresses of a pool now, and what becomes of their traffic when the pool is deleted. */
import { z } from 'zod';
import type { UsedAddress } from '../../../core/cluster/ipam-block.ts';
import type { Region } from '../../../core/nat/difference.ts';
import { type Address, formatAddress, parseAddress } from '../../../core/net/address.ts';
import { parsePrefix } from '../../../core/net/prefix.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { Deps } from '../deps.ts';
import { previewDelete } from '../pools/preview-delete.ts';
import { clusterOf } from './cluster.ts';

const count = z.int().min(0);
export const addressesInUseSchema = z.discriminatedUnion('known', [
  z.object({
    known: z.literal(true),
    /** false: there are more than could be read, and every number is at least so much */
    complete: z.boolean(),
    total: count,
    pods: count,
    nodes: count,
    /** of `total`: new connections from them are NATed today, and will not be */
    losing: count,
    /** of `total`: new connections of others to them are not NATed today, and will be */
    gaining: count,
    /** the first ones, in their order */
    addresses: z.array(
      z.object({
        address: z.string(),
        /** `namespace/name` */
        pod: z.string().nullable(),
        node: z.string().nullable(),
        /** what it is for where no pod has it */
        purpose: z.string().nullable(),
      }),
    ),
  }),
  z.object({
    known: z.literal(false),
    /** the cluster's own words, or ours where it said none */
    message: z.string(),
    /** `list ipamblocks.crd.projectcalico.org`: the right that would tell; null: it is not for want of a right */
    missing: z.string().nullable(),
  }),
]);
export type AddressesInUse = z.infer<typeof addressesInUseSchema>;

const SHOWN = 100;

/** Throws NO_CLUSTER, NOT_FOUND, TOO_MANY_ATTEMPTS. What the cluster refuses is an answer: the pool can be deleted without it. */
export async function addressesInUse(deps: Deps, name: string): Promise<AddressesInUse> {
  const cluster = clusterOf(deps);
  const { changes } = await previewDelete(deps, [name]);
  const range = parsePrefix(deps.state.pool(name)?.spec.cidr ?? '');
  if (!range.ok) return { known: false, message: range.reason, missing: null };
  try {
    const { addresses, complete } = await cluster.usedAddresses(range.value);
    const own = changes.filter(({ family }) => family === range.value.family);
    return { known: true, complete, ...summaryOf(addresses, own) };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const { message, missing } = error.failure;
    const right = missing === null ? null : `${missing.verb} ${missing.resource}.${missing.group}`;
    return { known: false, message, missing: right };
  }
}

function summaryOf(addresses: readonly UsedAddress[], changes: readonly Region[]) {
  const losing = spansOf(changes.flatMap(({ before, from }) => (before === 'SNAT' ? from : [])));
  const gaining = spansOf(changes.flatMap(({ after, to }) => (after === 'SNAT' ? to : [])));
  const counts = { losing: 0, gaining: 0 };
  const pods = new Set<string>();
  const nodes = new Set<string>();
  for (const { address, pod, node } of addresses) {
    if (pod !== null) pods.add(podName(pod));
    if (node !== null) nodes.add(node);
    if (lies(address, losing)) counts.losing++;
    if (lies(address, gaining)) counts.gaining++;
  }
  return {
    total: addresses.length,
    pods: pods.size,
    nodes: nodes.size,
    ...counts,
    addresses: lowest(addresses, SHOWN).map(({ address, pod, node, purpose }) => ({
      address: formatAddress(address),
      pod: pod === null ? null : podName(pod),
      node,
      purpose,
    })),
  };
}

const podName = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;
const inOrder = (a: UsedAddress, b: UsedAddress): number => (a.address.value < b.address.value ? -1 : 1);

/** The first ones in their order: a hundred thousand are not sorted for a hundred of them. */
function lowest(addresses: readonly UsedAddress[], count: number): UsedAddress[] {
  let kept: UsedAddress[] = [];
  let bound: bigint | null = null;
  for (const one of addresses) {
    if (bound !== null && one.address.value > bound) continue;
    kept.push(one);
    if (kept.length < 2 * count) continue;
    kept = kept.sort(inOrder).slice(0, count);
    bound = kept.at(-1)?.address.value ?? null;
  }
  return kept.sort(inOrder).slice(0, count);
}

interface Span {
  readonly first: bigint;
  readonly last: bigint;
}

/** `10.0.0.0-10.0.0.255`, or one address, as a region has them: sorted, and merged where regions share some. */
function spansOf(texts: readonly string[]): Span[] {
  const spans = texts.flatMap((text) => {
    const [from = '', to = from] = text.split('-');
    const [first, last] = [parseAddress(from), parseAddress(to)];
    return first.ok && last.ok ? [{ first: first.value.value, last: last.value.value }] : [];
  });
  const merged: Span[] = [];
  for (const span of spans.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const before = merged.at(-1);
    if (before === undefined || before.last < span.first) merged.push(span);
    else if (before.last < span.last) merged.splice(-1, 1, { first: before.first, last: span.last });
  }
  return merged;
}

/** By halves: a cluster of thousands of pools has thousands of spans between them. */
function lies({ value }: Address, spans: readonly Span[]): boolean {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (span === undefined || value < span.first) high = middle;
    else if (value > span.last) low = middle + 1;
    else return true;
  }
  return false;
}
