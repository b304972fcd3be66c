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

/** Throws NO_CLUSTER, NOT_FOUND. What the cluster refuses is an answer: the pool can be deleted without it. */
export async function addressesInUse(deps: Deps, name: string): Promise<AddressesInUse> {
  const cluster = clusterOf(deps);
  const { changes } = await previewDelete(deps, [name]);
  const range = parsePrefix(deps.state.pool(name)?.spec.cidr ?? '');
  if (!range.ok) return { known: false, message: range.reason, missing: null };
  try {
    const { addresses, complete } = await cluster.usedAddresses(range.value);
    return { known: true, complete, ...summaryOf(addresses, changes) };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const { message, missing } = error.failure;
    const right = missing === null ? null : `${missing.verb} ${missing.resource}.${missing.group}`;
    return { known: false, message, missing: right };
  }
}

function summaryOf(addresses: readonly UsedAddress[], changes: readonly Region[]) {
  const sorted = addresses.toSorted((a, b) => (a.address.value < b.address.value ? -1 : 1));
  const losing = spansOf(changes.flatMap(({ before, from }) => (before === 'SNAT' ? from : [])));
  const gaining = spansOf(changes.flatMap(({ after, to }) => (after === 'SNAT' ? to : [])));
  const within = (spans: readonly Span[]): number =>
    sorted.filter(({ address }) => spans.some((span) => holds(span, address))).length;
  const known = (names: readonly (string | null)[]): number => new Set(names.filter((one) => one !== null)).size;
  const listed = sorted.map(({ address, pod, node, purpose }) => ({
    address: formatAddress(address),
    pod: pod === null ? null : `${pod.namespace}/${pod.name}`,
    node,
    purpose,
  }));
  return {
    total: listed.length,
    pods: known(listed.map(({ pod }) => pod)),
    nodes: known(listed.map(({ node }) => node)),
    losing: within(losing),
    gaining: within(gaining),
    addresses: listed.slice(0, SHOWN),
  };
}

interface Span {
  readonly first: Address;
  readonly last: Address;
}

/** `10.0.0.0-10.0.0.255`, or one address, as a region has them. */
const spansOf = (texts: readonly string[]): Span[] =>
  texts.flatMap((text) => {
    const [from = '', to = from] = text.split('-');
    const [first, last] = [parseAddress(from), parseAddress(to)];
    return first.ok && last.ok ? [{ first: first.value, last: last.value }] : [];
  });

const holds = ({ first, last }: Span, { family, value }: Address): boolean =>
  family === first.family && value >= first.value && value <= last.value;
