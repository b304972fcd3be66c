import { type Address, bitsOf } from '../net/address.ts';
import { formatPrefix, prefixOf } from '../net/prefix.ts';

/**
 * Looks an address up in sets by name: the longest member that holds it, null if none does, undefined if there is no such set.
 * It writes out the 33 (129) prefixes that could hold the address and goes through the members once, without parsing them.
 */
export function memberFinder(
  sets: readonly { readonly name: string; readonly members: readonly { readonly cidr: string }[] }[],
  address: Address,
): (set: string) => string | null | undefined {
  const bits = bitsOf(address.family);
  const holders = new Map<string, number>();
  for (let length = 0; length <= bits; length++) holders.set(formatPrefix(prefixOf(address, length)), length);
  return (name) => {
    const set = sets.find((one) => one.name === name);
    if (set === undefined) return undefined;
    let best: string | null = null;
    let longest = -1;
    for (const { cidr } of set.members) {
      const length = holders.get(cidr);
      if (length !== undefined && length > longest) [best, longest] = [cidr, length];
    }
    return best;
  };
}
