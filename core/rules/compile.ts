/**
 * From desired state to what one family of a node's kernel must hold.
 *
 * Two or three sets and one rule (three with a port range), whatever the number of pools:
 * - the negated destination sets stand before the source set, so that a member of the source set counts a packet only when
 *   the rule fires: its counter is exactly the number of new connections NATed for that pool;
 * - `-p` and `-o` are evaluated before all sets, so a port range or a filter does not break that;
 * - the rules stay when a family has no NAT pool, and its source set is empty then: where nobody else uses conntrack,
 *   adding the first nat rule or deleting the last one resets live TCP connections.
 */

import { countedPools } from '../nat/counted-pools.ts';
import { effectiveSettings } from '../nat/effective-settings.ts';
import type { NatSettings } from '../nat/settings.ts';
import { type Family, formatAddress, parseAddress } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import { isLoadBalancerOnly } from '../pool/defaults.ts';
import type { Pool } from '../pool/spec.ts';
import { memberTexts } from './members.ts';
import { type NetSet, type Program, type Rule, setName } from './model.ts';

export interface CompileInput {
  readonly pools: readonly Pool[];
  /** of this node (`settingsFor`), valid by `validateSettings` */
  readonly settings: NatSettings;
  /** addresses of the nodes; those that are no address of the family are left out */
  readonly hosts: readonly string[];
  readonly family: Family;
  /** MASQUERADE and SNAT can pick ports at random here (iptables >= 1.6.2) */
  readonly randomFully: boolean;
}

/** The Program of one family. The same input gives the same Program, in whatever order pools and hosts come. */
export function compile({ pools, settings, hosts, family, randomFully }: CompileInput): Program {
  const counted = countedPools(pools, family);
  const wanted = effectiveSettings(settings);
  const prefixes = (keep: (pool: Pool) => boolean): Prefix[] =>
    counted.filter(({ pool }) => keep(pool)).map(({ prefix }) => prefix);
  const sets: NetSet[] = [
    set(
      'src',
      family,
      true,
      prefixes((pool) => pool.spec.natOutgoing ?? false),
    ),
    set(
      'exempt',
      family,
      false,
      prefixes((pool) => !isLoadBalancerOnly(pool.spec)),
    ),
  ];
  if (wanted.exemptHosts) sets.push(set('nodes', family, false, hostPrefixes(hosts, family)));
  return { family, sets, rules: rules(family, wanted, randomFully) };
}

function set(role: 'src' | 'exempt' | 'nodes', family: Family, counters: boolean, prefixes: readonly Prefix[]): NetSet {
  return { name: setName(role, family), family, counters, members: memberTexts(prefixes) };
}

function hostPrefixes(hosts: readonly string[], family: Family): Prefix[] {
  return hosts.flatMap((text) => {
    const parsed = parseAddress(text);
    return parsed.ok && parsed.value.family === family ? [{ ...parsed.value, length: family === 4 ? 32 : 128 }] : [];
  });
}

function rules(family: Family, wanted: ReturnType<typeof effectiveSettings>, randomFully: boolean): Rule[] {
  const sets: Rule['sets'] = [
    { name: setName('exempt', family), direction: 'dst', negated: true },
    ...(wanted.exemptHosts ? [{ name: setName('nodes', family), direction: 'dst', negated: true } as const] : []),
    { name: setName('src', family), direction: 'src', negated: false },
  ];
  const fixed = wanted.fixed[family];
  const rest: Rule = {
    sets,
    ...(wanted.filter === null ? {} : { outInterface: wanted.filter }),
    target: fixed === null ? { kind: 'MASQUERADE' } : { kind: 'SNAT', address: formatAddress(fixed) },
    randomFully,
  };
  const ports = wanted.ports;
  if (ports === null) return [rest];
  // only tcp and udp may carry a range; the target ends the walk, so no RETURN is needed after them
  const ranged = (protocol: 'tcp' | 'udp'): Rule => ({ ...rest, protocol, target: { ...rest.target, ports } });
  return [ranged('tcp'), ranged('udp'), rest];
}
