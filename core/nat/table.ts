/**
 * Prefixes as sorted disjoint ranges: one look-up says everything that holds for an address.
 *
 * Prefixes are nested or disjoint, so cutting the whole address space at their borders gives at most 2n + 1 ranges, each with
 * one innermost prefix. A range carries the flags of that prefix and of all around it (a union, as the kernel's sets judge).
 * IPv4 keys are numbers; the upper 16 bits lead to the few ranges worth a binary search. IPv6 keys are four 32-bit words.
 */
import type { Address, Family } from '../net/address.ts';
import { comparePrefix, type Prefix, rangeOf } from '../net/prefix.ts';

/** An address as the table wants it: an unsigned number for IPv4, four words for IPv6. */
export type Key = number | Uint32Array;

export interface Entry<T> {
  readonly prefix: Prefix;
  readonly flags: number;
  readonly value: T;
}

export interface Table<T> {
  readonly family: Family;
  readonly entries: readonly Entry<T>[];
  /** entry that directly holds each entry, -1 for none */
  readonly parents: Int32Array;
  /** first address of each range: one word for IPv4, four for IPv6 */
  readonly starts: Uint32Array;
  /** innermost entry of each range, -1 for none */
  readonly owners: Int32Array;
  readonly flags: Uint8Array;
  /** IPv4: the range that holds each address x.y.0.0 */
  readonly top: Uint32Array | null;
}

export function keyOf({ family, value }: Address): Key {
  return family === 4 ? Number(value) : Uint32Array.from(words(value));
}

export function buildTable<T>(family: Family, given: readonly Entry<T>[]): Table<T> {
  const entries = [...given].sort((a, b) => comparePrefix(a.prefix, b.prefix));
  const parents = new Int32Array(entries.length).fill(-1);
  const all = new Uint8Array(entries.length);
  const cuts: { start: bigint; owner: number }[] = [{ start: 0n, owner: -1 }];
  const cut = (start: bigint, owner: number): void => {
    if (cuts.at(-1)?.start === start) cuts.pop(); // an empty range between two borders at one place
    cuts.push({ start, owner });
  };
  const open: { last: bigint; entry: number }[] = [];
  const close = (before: bigint | null): void => {
    for (let top = open.at(-1); top !== undefined && (before === null || top.last < before); top = open.at(-1)) {
      open.pop();
      if (top.last < limit(family)) cut(top.last + 1n, open.at(-1)?.entry ?? -1);
    }
  };
  for (const [i, { prefix, flags }] of entries.entries()) {
    const { first, last } = rangeOf(prefix);
    close(first);
    const parent = open.at(-1)?.entry ?? -1;
    parents[i] = parent;
    all[i] = flags | (all[parent] ?? 0);
    open.push({ last, entry: i });
    cut(first, i);
  }
  close(null);
  const owners = Int32Array.from(cuts, ({ owner }) => owner);
  const starts = Uint32Array.from(
    family === 4 ? cuts.map(({ start }) => Number(start)) : cuts.flatMap(({ start }) => words(start)),
  );
  const flags = Uint8Array.from(cuts, ({ owner }) => all[owner] ?? 0);
  return { family, entries, parents, starts, owners, flags, top: family === 4 ? topOf(starts) : null };
}

/** Index of the range that holds the address. */
export function rangeAt<T>(table: Table<T>, key: Key): number {
  return typeof key === 'number' ? rangeOfV4(table, key) : rangeOfV6(table.starts, key);
}

/** Flags of every entry that holds the address, or-ed. */
export function flagsAt<T>(table: Table<T>, key: Key): number {
  return table.flags[rangeAt(table, key)] ?? 0;
}

/** Addresses from `first` to `last`, both included. */
export interface Span {
  readonly first: bigint;
  readonly last: bigint;
}

/** All addresses whose flags the test accepts: sorted, disjoint, neighbours merged. */
export function rangesWhere<T>({ family, starts, flags }: Table<T>, accept: (flags: number) => boolean): Span[] {
  const found: { first: bigint; last: bigint }[] = [];
  const startOf = (range: number): bigint =>
    family === 4 ? BigInt(starts[range] ?? 0) : joined(starts.subarray(4 * range, 4 * range + 4));
  for (const [range, own] of flags.entries()) {
    if (!accept(own)) continue;
    const first = startOf(range);
    const last = range + 1 < flags.length ? startOf(range + 1) - 1n : limit(family);
    const before = found.at(-1);
    if (before !== undefined && before.last + 1n === first) before.last = last;
    else found.push({ first, last });
  }
  return found;
}

/** Every entry that holds the address, innermost first. */
export function entriesAt<T>(table: Table<T>, key: Key): Entry<T>[] {
  const found: Entry<T>[] = [];
  for (let i = table.owners[rangeAt(table, key)] ?? -1; i >= 0; i = table.parents[i] ?? -1) {
    const entry = table.entries[i];
    if (entry !== undefined) found.push(entry);
  }
  return found;
}

const limit = (family: Family): bigint => (family === 4 ? 0xffffffffn : (1n << 128n) - 1n);

const words = (value: bigint): number[] => [96n, 64n, 32n, 0n].map((shift) => Number((value >> shift) & 0xffffffffn));

const joined = (four: Uint32Array): bigint => four.reduce((value, word) => (value << 32n) | BigInt(word), 0n);

function topOf(starts: Uint32Array): Uint32Array {
  const top = new Uint32Array(65537);
  let range = 0;
  for (let high = 0; high < 65536; high++) {
    while (range + 1 < starts.length && (starts[range + 1] ?? 0) <= high * 65536) range++;
    top[high] = range;
  }
  top[65536] = starts.length - 1;
  return top;
}

function rangeOfV4<T>({ starts, top }: Table<T>, key: number): number {
  const high = key >>> 16;
  let low = top?.[high] ?? 0;
  let up = top?.[high + 1] ?? 0;
  while (low < up) {
    const middle = (low + up + 1) >>> 1;
    if ((starts[middle] ?? 0) <= key) low = middle;
    else up = middle - 1;
  }
  return low;
}

function rangeOfV6(starts: Uint32Array, key: Uint32Array): number {
  let low = 0;
  let up = starts.length / 4 - 1;
  while (low < up) {
    const middle = (low + up + 1) >>> 1;
    if (startsAtOrBefore(starts, 4 * middle, key)) low = middle;
    else up = middle - 1;
  }
  return low;
}

function startsAtOrBefore(starts: Uint32Array, at: number, key: Uint32Array): boolean {
  for (let i = 0; i < 4; i++) {
    const a = starts[at + i] ?? 0;
    const b = key[i] ?? 0;
    if (a !== b) return a < b;
  }
  return true;
}
