/** What a name that is being typed may become: the best few of all that the cluster has, in one pass. */
import type { Directory } from './find.ts';
import type { EndKind } from './read-end.ts';

export interface Suggestion {
  readonly kind: EndKind;
  /** what stands in the question when it is taken: `pod/shop/web-1` */
  readonly value: string;
  readonly name: string;
  /** null: of a node */
  readonly namespace: string | null;
  readonly node: string | null;
  readonly addresses: string[];
  readonly hostNetwork: boolean;
}

/** Smaller is better. Equal ranks: shorter names first (so a whole name comes before longer ones), then by text. */
const BEGINS = 0;
const BEGINS_WITH_NAMESPACE = 1;
const BEGINS_A_PART = 2;
const ANYWHERE = 3;
const ADDRESS = 4;

interface Match {
  readonly rank: number;
  readonly length: number;
  /** `namespace/name` */
  readonly key: string;
  readonly kind: EndKind;
}

/**
 * At most `limit`, best first. `typed` may begin with a kind (`pod/`, `service/`, `svc/`, `node/`) and may be the beginning or any
 * part of a name, of `namespace/name`, or the beginning of an address. Nothing typed: the first of each kind, by name.
 */
export function complete(directory: Directory, typed: string, limit: number, kinds: readonly EndKind[]): Suggestion[] {
  const { wanted, kind } = read(typed);
  const open = kind === null ? kinds : kinds.filter((one) => one === kind);
  const best = bestOf(limit);
  const digits = /^[\da-f]*[.:\d][\da-f.:]*$/.test(wanted);
  if (open.includes('pod')) {
    for (const [key, pod] of directory.pods) {
      const rank = rankOf(wanted, key, pod.name) ?? (digits ? byAddress(wanted, pod.addresses) : null);
      if (rank !== null) best.take(rank, pod.name.length, key, 'pod');
    }
  }
  if (open.includes('service')) {
    for (const [key, service] of directory.services) {
      const rank =
        rankOf(wanted, key, service.name) ??
        (digits ? (byAddress(wanted, service.clusterIps) ?? byAddress(wanted, service.externalIps)) : null);
      if (rank !== null) best.take(rank, service.name.length, key, 'service');
    }
  }
  if (open.includes('node')) {
    for (const [key, node] of directory.nodes) {
      const rank = rankOf(wanted, key, node.name) ?? (digits ? byAddress(wanted, node.addresses) : null);
      if (rank !== null) best.take(rank, node.name.length, key, 'node');
    }
  }
  return best.sorted().flatMap((match) => suggestionOf(directory, match));
}

function read(typed: string): { wanted: string; kind: EndKind | null } {
  const text = typed.trim().toLowerCase();
  const [, word = '', rest = ''] = /^(pod|service|svc|node)\/(.*)$/s.exec(text) ?? [];
  if (word === '') return { wanted: text, kind: null };
  return { wanted: rest, kind: word === 'svc' ? 'service' : (word as EndKind) };
}

/** Names are lower case in Kubernetes. */
function rankOf(wanted: string, key: string, name: string): number | null {
  const at = key.indexOf(wanted);
  if (at === -1) return null;
  if (name.startsWith(wanted)) return BEGINS;
  if (at === 0) return BEGINS_WITH_NAMESPACE;
  const before = key.charCodeAt(at - 1);
  return before === 45 || before === 46 || before === 47 ? BEGINS_A_PART : ANYWHERE;
}

const byAddress = (wanted: string, addresses: readonly string[]): number | null =>
  addresses.some((address) => address.startsWith(wanted)) ? ADDRESS : null;

/** The best `limit` of any number: what is worse than all of them is let go at once. */
function bestOf(limit: number): {
  take(rank: number, length: number, key: string, kind: EndKind): void;
  sorted(): readonly Match[];
} {
  let kept: Match[] = [];
  let worst: Match | null = null;
  const shrink = (): void => {
    kept = kept.sort(compare).slice(0, limit);
    worst = kept.length === limit ? (kept.at(-1) ?? null) : null;
  };
  return {
    take(rank, length, key, kind) {
      if (worst !== null && (rank > worst.rank || (rank === worst.rank && length > worst.length))) return;
      kept.push({ rank, length, key, kind });
      if (kept.length >= limit * 4) shrink();
    },
    sorted() {
      shrink();
      return kept;
    },
  };
}

const compare = (a: Match, b: Match): number =>
  a.rank - b.rank || a.length - b.length || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.kind < b.kind ? -1 : 1);

function suggestionOf(directory: Directory, { kind, key }: Match): Suggestion[] {
  if (kind === 'pod') {
    const pod = directory.pods.get(key);
    if (pod === undefined) return [];
    const { name, namespace, node, addresses, hostNetwork } = pod;
    return [{ kind, value: `pod/${key}`, name, namespace, node, addresses: [...addresses], hostNetwork }];
  }
  if (kind === 'service') {
    const service = directory.services.get(key);
    if (service === undefined) return [];
    const { name, namespace, clusterIps, externalIps } = service;
    const addresses = [...clusterIps, ...externalIps];
    return [{ kind, value: `service/${key}`, name, namespace, node: null, addresses, hostNetwork: false }];
  }
  const node = directory.nodes.get(key);
  if (node === undefined) return [];
  const addresses = [...node.addresses];
  return [{ kind, value: `node/${key}`, name: node.name, namespace: null, node: key, addresses, hostNetwork: false }];
}
