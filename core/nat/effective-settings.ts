/** NAT settings ready to decide with: texts parsed, defaults filled in. */
import { type Address, type Family, parseAddress } from '../net/address.ts';
import { filterOf } from './interface-filter.ts';
import { type Ports, parsePortRange } from './port-range.ts';
import type { NatSettings } from './settings.ts';

export interface EffectiveSettings {
  readonly exemptHosts: boolean;
  /** by family: an IPv4 address never reaches an IPv6 rule (Felix panics of that) */
  readonly fixed: Readonly<Record<Family, Address | null>>;
  readonly ports: Ports | null;
  /** null: every interface */
  readonly filter: string | null;
}

/**
 * Reads settings that passed `validateSettings`; an empty text means not set, as in Calico.
 *
 * @throws Error for a setting that did not: programming something else than was asked in silence is Felix's defect.
 */
export function effectiveSettings(settings: NatSettings): EffectiveSettings {
  return {
    exemptHosts: settings.natOutgoingExclusions === 'IPPoolsAndHostIPs',
    fixed: { 4: address(settings.natOutgoingAddress, 4), 6: address(settings.natOutgoingAddressV6, 6) },
    ports: ports(settings.natPortRange),
    filter: filterOf(settings.iptablesNATOutgoingInterfaceFilter),
  };
}

function address(text: string | undefined, family: Family): Address | null {
  if (text === undefined || text === '') return null;
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  if (parsed.value.family !== family) throw new Error(`address must be IPv${family}: '${text}'`);
  return parsed.value;
}

function ports(text: string | undefined): Ports | null {
  if (text === undefined || text === '') return null;
  const parsed = parsePortRange(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}
