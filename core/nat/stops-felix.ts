/**
 * What Calico accepts and Felix then stops on, seen on the real Felix: it panics again and again, and a fresh node gets no
 * NAT. Outgate's own agents program all of it, so these are warnings; texts that mean nothing are refused elsewhere
 * (validate-settings.ts). Both sides are asked: the settings for pools that are there, a pool for settings that are there.
 */
import { comparePrefix } from '../net/prefix.ts';
import { quote } from '../net/quote.ts';
import { indexOverlaps } from '../pool/overlap.ts';
import type { Pool, Warning } from '../pool/spec.ts';
import { type Subject, subjectOf } from '../pool/subject.ts';
import { countedPools, prefixOfPool } from './counted-pools.ts';
import type { ClusterSettings, NatSettings } from './settings.ts';
import { isSet } from './validate-settings.ts';

export const nftablesWords = ['Enabled', 'Disabled', 'Auto'] as const;
export type NftablesMode = (typeof nftablesWords)[number];

/** FelixConfiguration's `nftablesMode`: of all nodes, and of single ones. Absent: Felix decides as its version does. */
export interface NftablesModes {
  readonly global?: NftablesMode | undefined;
  readonly nodes: Readonly<Record<string, NftablesMode>>;
}
export const noModes: NftablesModes = { nodes: {} };

/** `field` is `global.<setting>` or `nodes.<name>.<setting>`; global settings first, then nodes by name. */
export function warnAboutSettings(
  settings: ClusterSettings,
  pools: readonly Pool[],
  modes: NftablesModes = noModes,
): Warning[] {
  const places = placesOf(settings, modes);
  const nft = places.some(({ ownMode }) => usesNftables(ownMode));
  const fixed = places.some(({ own }) => isSet(own.natOutgoingAddress));
  // what Calico hides from Felix cannot stop it
  const counted = nft || fixed ? countedPools(pools).map(({ pool }) => pool) : [];
  const v6 = counted.find(natsIPv6);
  const crossing = nft ? firstOverlap(counted) : null;
  return places.flatMap((place) => [
    ...(v6 === undefined || !isSet(place.own.natOutgoingAddress) ? [] : [addressWarning(place.name, v6)]),
    ...filterWarnings(place),
    ...(crossing === null || !usesNftables(place.ownMode) ? [] : [overlapWarning(place, crossing)]),
  ]);
}

/**
 * The same from the side of pools: what each would stop, with the settings as they are. `overlapping` finds those of another name
 * that share addresses with one; it is asked only where the mode makes that matter.
 */
export function poolWarnings({
  settings,
  modes,
  overlapping,
}: {
  settings: ClusterSettings;
  modes: NftablesModes;
  overlapping: (pool: Subject) => Iterable<Subject>;
}): (pool: Pool) => Warning[] {
  const places = placesOf(settings, modes);
  const fixed = places.find(({ own }) => isSet(own.natOutgoingAddress));
  const nft = places.find(({ ownMode }) => usesNftables(ownMode));
  return (pool) => [
    ...addressWarnings(pool, fixed),
    ...(nft === undefined ? [] : overlapWarnings(subjectOf(pool), nft, overlapping)),
  ];
}

function addressWarnings(pool: Pool, fixed: Place | undefined): Warning[] {
  if (!natsIPv6(pool) || fixed === undefined) return [];
  const message = `Felix stops on an IPv6 pool with natOutgoing while ${fixed.name}.natOutgoingAddress is set: ${quote(fixed.own.natOutgoingAddress)}`;
  return [{ code: 'W_FELIX_IPV6_POOL', field: 'spec.natOutgoing', message }];
}

function overlapWarnings(own: Subject, nft: Place, overlapping: (pool: Subject) => Iterable<Subject>): Warning[] {
  for (const other of overlapping(own)) {
    // of pools with the same CIDR Felix is given one alone
    if (isSameRange(own, other)) continue;
    const message = `Felix stops on overlapping pools while ${nft.name}.nftablesMode is ${nft.ownMode}: ${quote(other.name)} is ${quote(other.spec.cidr)}`;
    return [{ code: 'W_FELIX_NFTABLES_OVERLAP', field: 'spec.cidr', message }];
  }
  return [];
}

/** Of port ranges that mean nothing Felix never starts on `40000:30000` and `0:70000`; `30000-40000` it ignores in silence. */
export const stopsFelix = (natPortRange: string): boolean => /^\d+:\d+$/.test(natPortRange);

interface Place {
  /** `global`, or `nodes.<name>` */
  readonly name: string;
  readonly own: NatSettings;
  readonly ownMode: NftablesMode | undefined;
  /** with what holds for all nodes */
  readonly filter: string | undefined;
  readonly mode: NftablesMode | undefined;
}

function placesOf({ global, nodes }: ClusterSettings, modes: NftablesModes): Place[] {
  const filterOfAll = global.iptablesNATOutgoingInterfaceFilter;
  const names = [...new Set([...Object.keys(nodes), ...Object.keys(modes.nodes)])].sort();
  return [
    { name: 'global', own: global, ownMode: modes.global, filter: filterOfAll, mode: modes.global },
    ...names.map((name) => {
      const own = nodes[name] ?? {};
      const ownMode = modes.nodes[name];
      const filter = own.iptablesNATOutgoingInterfaceFilter ?? filterOfAll;
      return { name: `nodes.${name}`, own, ownMode, filter, mode: ownMode ?? modes.global };
    }),
  ];
}

/** `Auto` may come out as nftables on a node: what would stop it is worth the same look. */
const usesNftables = (mode: NftablesMode | undefined): boolean => mode === 'Enabled' || mode === 'Auto';

const natsIPv6 = (pool: Pool): boolean => pool.spec.natOutgoing === true && prefixOfPool(pool)?.family === 6;

const addressWarning = (place: string, v6: Pool): Warning => ({
  code: 'W_FELIX_IPV6_POOL',
  field: `${place}.natOutgoingAddress`,
  message: `natOutgoingAddress is for IPv4 alone; Felix stops on nodes where it runs, because pool ${quote(v6.name)} NATs IPv6`,
});

/** A node that has neither of its own is covered by what is said of all nodes. */
function filterWarnings({ name, own, ownMode, filter, mode }: Place): Warning[] {
  const ownFilter = own.iptablesNATOutgoingInterfaceFilter;
  if (!usesNftables(mode) || !isSet(filter) || !filter.endsWith('+') || filter === '+') return [];
  if (name !== 'global' && !isSet(ownFilter) && ownMode === undefined) return [];
  const field = isSet(ownFilter) ? 'iptablesNATOutgoingInterfaceFilter' : 'nftablesMode';
  const message = `with nftablesMode ${mode} the interface filter must be a whole name: Felix stops on ${quote(filter)}, and a fresh node gets no NAT`;
  return [{ code: 'W_FELIX_NFTABLES_FILTER', field: `${name}.${field}`, message }];
}

function overlapWarning({ name, ownMode }: Place, [a, b]: readonly [Subject, Subject]): Warning {
  const message = `with nftablesMode ${ownMode} no pools may overlap: Felix stops because ${quote(a.name)} (${a.spec.cidr}) overlaps ${quote(b.name)} (${b.spec.cidr}), and a fresh node gets no NAT`;
  return { code: 'W_FELIX_NFTABLES_OVERLAP', field: `${name}.nftablesMode`, message };
}

const isSameRange = ({ prefix: a }: Subject, { prefix: b }: Subject): boolean =>
  a !== undefined && b !== undefined && comparePrefix(a, b) === 0;

function firstOverlap(pools: readonly Pool[]): readonly [Subject, Subject] | null {
  const subjects = pools.map(subjectOf);
  const index = indexOverlaps(subjects);
  for (const subject of subjects) for (const other of index.of(subject)) return [subject, other];
  return null;
}
