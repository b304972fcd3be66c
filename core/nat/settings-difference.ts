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
import type { Span } from './table.ts';

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
function regionsBetween(before: Decider, after: Decider, ground: Ground): SettingsRegion[] {
  const parts = filterParts(before.settings.filter, after.settings.filter);
  return ([4, 6] as const).flatMap((family) => {
    const { from, places } = ground(family, before.exempt, after.exempt);
    return places.flatMap(({ to, was, is, nodes }) =>
      parts.flatMap(({ out, inBefore, inAfter }): SettingsRegion[] => {
        const source = was && inBefore ? sourceBy(before.settings, family) : null;
        const next = is && inAfter ? sourceBy(after.settings, family) : null;
        if (JSON.stringify(source) === JSON.stringify(next)) return [];
        return [{ family, from, to, nodes, out, before: source, after: next }];
      }),
    );
  });
}

/** What of a family is NATed whatever the ports, addresses and interfaces: where from, and where to before and after. */
type Ground = (
  family: Family,
  exemptBefore: number,
  exemptAfter: number,
) => { readonly from: readonly string[]; readonly places: readonly Place[] };

interface Place {
  /** never empty */
  readonly to: readonly string[];
  readonly was: boolean;
  readonly is: boolean;
  readonly nodes: boolean;
}

/**
 * Each is worked out once: thousands of nodes may have settings of their own, and the pools are the same for all of them.
 * Equal ranges are one list.
 */
function groundOf(decider: Decider): Ground {
  const known = new Map<string, ReturnType<Ground>>();
  const lists = new Map<string, readonly string[]>();
  const work: Ground = (family, exemptBefore, exemptAfter) => {
    const texts = (spans: readonly Span[]): readonly string[] => {
      const all = spans.map((span) => textOf(family, span));
      const found = lists.get(all.join()) ?? all;
      lists.set(all.join(), found);
      return found;
    };
    const from = texts(sources(decider, family));
    if (from.length === 0) return { from, places: [] };
    const [d0, d1] = [exemptBefore, exemptAfter].map((exempt) => destinations({ ...decider, exempt }, family));
    if (d0 === undefined || d1 === undefined) return { from, places: [] };
    const places = [
      { to: texts(intersect(d0, d1)), was: true, is: true, nodes: false },
      { to: texts(subtract(d0, d1)), was: true, is: false, nodes: true },
      { to: texts(subtract(d1, d0)), was: false, is: true, nodes: true },
    ];
    return { from, places: places.filter(({ to }) => to.length > 0) };
  };
  return (...asked) => {
    const key = asked.join();
    const found = known.get(key) ?? work(...asked);
    known.set(key, found);
    return found;
  };
}

export interface NodesDifference {
  /** sorted */
  readonly nodes: readonly string[];
  readonly regions: readonly SettingsRegion[];
}

/** For each node, those together for which it is the same; nodes for which nothing differs are left out. The settings of `decider` do not matter. */
export function settingsDifferences(
  decider: Decider,
  before: ClusterSettings,
  after: ClusterSettings,
  nodes: readonly string[],
): NodesDifference[] {
  const ground = groundOf(decider);
  const numbers = new Map<readonly string[], number>();
  const numberOf = (ranges: readonly string[]): number => {
    const number = numbers.get(ranges) ?? numbers.size;
    numbers.set(ranges, number);
    return number;
  };
  /** `key` is the same for the same regions; their ranges are long, and the same ones are one list */
  const judged = (was: Decider, is: Decider) => {
    const regions = regionsBetween(was, is, ground);
    const key = JSON.stringify(regions.map(({ from, to, ...rest }) => [numberOf(from), numberOf(to), rest]));
    return { regions, key };
  };
  const known = new Map<string, ReturnType<typeof judged>>();
  const groups = new Map<string, { nodes: string[]; regions: SettingsRegion[] }>();
  for (const node of [...nodes].sort()) {
    const [was, is] = [settingsFor(before, node), settingsFor(after, node)];
    const asked = JSON.stringify([was, is]);
    const found = known.get(asked) ?? judged(withSettings(decider, was), withSettings(decider, is));
    known.set(asked, found);
    const { regions, key } = found;
    if (regions.length === 0) continue;
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
