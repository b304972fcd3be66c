import { type Address, bitsOf } from '../net/address.ts';
import { formatPrefix, prefixOf } from '../net/prefix.ts';

export interface ListedSet {
  readonly name: string;
  readonly members: readonly { readonly cidr: string }[];
}

/** Looks an address up in sets by name: the longest member that holds it, null if none does, undefined if there is no such set. */
export type MemberFinder = (address: Address) => (set: string) => string | null | undefined;

/**
 * For one address or two: it writes out the 33 (129) prefixes that could hold the address and goes through the members once,
 * without parsing them.
 */
export const scanSets =
  (sets: readonly ListedSet[]): MemberFinder =>
  (address) => {
    const holders = new Map(holdersOf(address).map((text, i) => [text, -i]));
    return (name) => {
      const set = sets.find((one) => one.name === name);
      if (set === undefined) return undefined;
      let best: string | null = null;
      let longest = Number.NEGATIVE_INFINITY;
      for (const { cidr } of set.members) {
        const rank = holders.get(cidr);
        if (rank !== undefined && rank > longest) [best, longest] = [cidr, rank];
      }
      return best;
    };
  };

/** For many addresses: the members are gone through when a set is asked for first, and never again. */
export function indexSets(sets: readonly ListedSet[]): MemberFinder {
  const indexed = new Map<string, ReadonlySet<string>>();
  const indexOf = (name: string): ReadonlySet<string> | undefined => {
    const set = sets.find((one) => one.name === name);
    if (set === undefined) return undefined;
    const found = indexed.get(name) ?? new Set(set.members.map(({ cidr }) => cidr));
    indexed.set(name, found);
    return found;
  };
  return (address) => {
    const holders = holdersOf(address);
    return (name) => {
      const members = indexOf(name);
      return members === undefined ? undefined : (holders.find((text) => members.has(text)) ?? null);
    };
  };
}

/** The prefixes that hold the address, the longest first. */
function holdersOf(address: Address): string[] {
  const bits = bitsOf(address.family);
  return Array.from({ length: bits + 1 }, (_, i) => formatPrefix(prefixOf(address, bits - i)));
}
