import { type Address, bitsOf, type Family, formatAddress, type Parsed, parseAddress } from './address.ts';
import { quote } from './quote.ts';

/** A CIDR prefix: `value` is its first address, host bits zero. */
export interface Prefix {
  readonly family: Family;
  readonly value: bigint;
  readonly length: number;
}

/** First and last address of a range, both inside it. */
export interface Range {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** Parses `address/length`; host bits must be zero. See {@link parseInterface} for addresses with a prefix length. */
export function parsePrefix(text: string): Parsed<Prefix> {
  const parsed = parseInterface(text);
  if (!parsed.ok) return parsed;
  const { address, length } = parsed.value;
  const prefix = prefixOf(address, length);
  if (prefix.value !== address.value) {
    return { ok: false, reason: `CIDR must have no host bits set: ${quote(text)} lies in ${formatPrefix(prefix)}` };
  }
  return { ok: true, value: prefix };
}

/** Parses `address/length` where host bits are allowed, as on an interface. */
export function parseInterface(text: string): Parsed<{ address: Address; length: number }> {
  const slash = text.indexOf('/');
  if (slash < 0) return { ok: false, reason: `CIDR must have a prefix length: ${quote(text)}` };
  const address = parseAddress(text.slice(0, slash));
  if (!address.ok) return address;
  const digits = text.slice(slash + 1);
  const bits = bitsOf(address.value.family);
  if (!/^(0|[1-9]\d{0,2})$/.test(digits) || Number(digits) > bits) {
    return { ok: false, reason: `prefix length must be a number from 0 to ${bits}: ${quote(text)}` };
  }
  return { ok: true, value: { address: address.value, length: Number(digits) } };
}

/** The prefix of that length that holds the address. */
export function prefixOf(address: Address, length: number): Prefix {
  const shift = BigInt(bitsOf(address.family) - length);
  return { family: address.family, value: (address.value >> shift) << shift, length };
}

export const formatPrefix = (prefix: Prefix): string => `${formatAddress(prefix)}/${prefix.length}`;

export function rangeOf({ family, value, length }: Prefix): Range {
  return { family, first: value, last: value + (1n << BigInt(bitsOf(family) - length)) - 1n };
}

export function contains(prefix: Prefix, address: Address): boolean {
  if (prefix.family !== address.family) return false;
  const shift = BigInt(bitsOf(prefix.family) - prefix.length);
  return address.value >> shift === prefix.value >> shift;
}

/** True if they share an address: prefixes overlap only when one holds the other. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  return contains(a.length <= b.length ? a : b, a.length <= b.length ? b : a);
}

/** Order by family, first address, then shorter prefix first. */
export function comparePrefix(a: Prefix, b: Prefix): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return a.length - b.length;
}
