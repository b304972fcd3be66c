/**
 * What other settings do to connections, exactly: the pools and nodes are the same, so the sources of NAT are. What differs is
 * whether a node's address is exempt, out of which interfaces there is NAT, and what the source becomes.
 */
import { type Family, formatAddress } from '../net/address.ts';
import { type Decider, withSettings } from './decide.ts';
import type { EffectiveSettings } from './effective-settings.ts';
import { filterParts } from './interface-filter.ts';
import { type ClusterSettings, settingsFor } from './settings.ts';
import { destinations, intersect, sources, subtract, textOf } from './spans.ts';

/** What the source becomes. */
export interface NatSource {
  /** null: the node's own, as the route out says */
  readonly address: string | null;
  /** of tcp and udp; null: any */
  readonly ports: readonly [first: number, last: number] | null;
}

export interface SettingsRegion {
  readonly family: Family;
  /** `10.0.0.0-10.0.0.255`, or one address: sorted, disjoint, merged */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** `to` are addresses of nodes that one of the two exempts, and the other does not */
  readonly nodes: boolean;
  /** the interfaces that it leaves by: those that `only` lets through (null: all) and `not` does not (null: none) */
  readonly out: { readonly only: string | null; readonly not: string | null };
  /** null: the connection keeps its source */
  readonly before: NatSource | null;
  readonly after: NatSource | null;
}

/** Disjoint regions that together hold every connection that differs; empty: none does. Both know the same pools and nodes. */
export function settingsDifference(before: Decider, after: Decider): SettingsRegion[] {
  const parts = filterParts(before.settings.filter, after.settings.filter);
  return ([4, 6] as const).flatMap((family) => {
    const from = sources(before, family);
    if (from.length === 0) return [];
    const [d0, d1] = [destinations(before, family), destinations(after, family)];
    const places = [
      { to: intersect(d0, d1), was: true, is: true, nodes: false },
      { to: subtract(d0, d1), was: true, is: false, nodes: true },
      { to: subtract(d1, d0), was: false, is: true, nodes: true },
    ];
    return places.flatMap(({ to, was, is, nodes }) =>
      parts.flatMap(({ out, inBefore, inAfter }): SettingsRegion[] => {
        const source = was && inBefore ? sourceBy(before.settings, family) : null;
        const next = is && inAfter ? sourceBy(after.settings, family) : null;
        if (to.length === 0 || JSON.stringify(source) === JSON.stringify(next)) return [];
        const texts = { from: from.map((span) => textOf(family, span)), to: to.map((span) => textOf(family, span)) };
        return [{ family, ...texts, nodes, out, before: source, after: next }];
      }),
    );
  });
}

export interface NodesDifference {
  /** sorted */
  readonly nodes: readonly string[];
  readonly regions: readonly SettingsRegion[];
}

/** The same for each node, those together for which it is the same; nodes for which nothing differs are left out. */
export function settingsDifferences(
  decider: Decider,
  before: ClusterSettings,
  after: ClusterSettings,
  nodes: readonly string[],
): NodesDifference[] {
  const known = new Map<string, SettingsRegion[]>();
  const groups = new Map<string, { nodes: string[]; regions: SettingsRegion[] }>();
  for (const node of [...nodes].sort()) {
    const [was, is] = [settingsFor(before, node), settingsFor(after, node)];
    const asked = JSON.stringify([was, is]);
    const regions = known.get(asked) ?? settingsDifference(withSettings(decider, was), withSettings(decider, is));
    known.set(asked, regions);
    if (regions.length === 0) continue;
    const key = JSON.stringify(regions);
    const group = groups.get(key) ?? { nodes: [], regions };
    group.nodes.push(node);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function sourceBy({ fixed, ports }: EffectiveSettings, family: Family): NatSource {
  const address = fixed[family];
  return { address: address === null ? null : formatAddress(address), ports };
}
