/**
 * What files mean to whoever decides by them: the command line and the agent take the same files and refuse the same ones.
 *
 * A file is somebody's input, and each of its CIDRs must name one range. A missing or unreadable one names none. Host bits leave open
 * whether the address or the length is wrong: ipset and Calico would mask them in silence, and NAT what nobody wrote. All other rules
 * leave no doubt about the kernel, and what a cluster holds may break them: such pools are judged as the kernel judges them, and named.
 */
import { type ClusterSettings, noSettings } from '../nat/settings.ts';
import { formatPrefix, parseInterface, prefixOf } from '../net/prefix.ts';
import { quote } from '../net/quote.ts';
import type { Pool, Violation } from '../pool/spec.ts';
import { validatePools } from '../pool/validate.ts';
import type { Manifests, ReadError } from './read.ts';
import { settingsErrors } from './settings-errors.ts';

export type BrokenRule = ReadError & Pick<Violation, 'rule'>;

export interface UsableState {
  readonly pools: readonly Pool[];
  readonly settings: ClusterSettings;
  /** addresses of the Node objects, each once, sorted */
  readonly hosts: readonly string[];
  readonly nodes: readonly string[];
  /** rules that pools break which are taken all the same */
  readonly broken: readonly BrokenRule[];
}

/** The state; or every problem that makes the files unusable, in the words of the rules, with its place. */
export function usableState(
  manifests: Manifests,
): { readonly ok: true; readonly state: UsableState } | { readonly ok: false; readonly errors: readonly ReadError[] } {
  const pools = manifests.pools.map(({ pool }) => pool);
  const violations = validatePools(pools);
  const refused: ReadError[] = [];
  const broken: BrokenRule[] = [];
  for (const { pool, file, document, line } of manifests.pools) {
    for (const violation of violations.get(pool.name) ?? []) {
      const place = { file, document, line };
      if (!isUnusable(violation)) broken.push({ ...place, ...violation });
      else refused.push({ ...place, field: violation.field, message: whyUnusable(violation, pool.spec.cidr) });
    }
  }
  const errors = [...manifests.errors, ...refused, ...settingsErrors(manifests)];
  if (errors.length > 0) return { ok: false, errors };
  const hosts = [...new Set(manifests.nodes.flatMap(({ addresses }) => addresses))].sort();
  const nodes = manifests.nodes.map(({ name }) => name);
  return { ok: true, state: { pools, settings: manifests.settings ?? noSettings, hosts, nodes, broken } };
}

const isUnusable = ({ rule }: Violation): boolean => rule === '-' || rule === 'C10';

function whyUnusable({ message }: Violation, cidr: string): string {
  if (cidr === '') return message;
  const parsed = parseInterface(cidr);
  if (!parsed.ok) return `${message}: ${quote(cidr)}`;
  const { address, length } = parsed.value;
  const one = formatPrefix(prefixOf(address, address.family === 4 ? 32 : 128));
  return `${message}: ${quote(cidr)}; write ${formatPrefix(prefixOf(address, length))}, or ${one}`;
}
