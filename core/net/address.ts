/**
 * IP addresses: strict parsing and the one canonical text.
 *
 * iptables and ipset read `010.1.2.3` as octal, resolve `localhost` and take `1` for 0.0.0.1, so nothing a user typed
 * is ever handed to them: it is parsed here, and only canonical text (RFC 5952 for IPv6) leaves.
 */
import { quote } from './quote.ts';

export type Family = 4 | 6;

/** An address: `value` is the unsigned 32 or 128 bit number. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export const bitsOf = (family: Family): number => (family === 4 ? 32 : 128);

const fail = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });

/** Parses an address strictly; `reason` says what must hold and quotes the text. {@link formatAddress} makes it canonical. */
export function parseAddress(text: string): Parsed<Address> {
  if (text.length === 0) return fail('address must not be empty');
  if (text.length > 45) return fail(`address must be at most 45 characters: ${quote(text)}`);
  if (text.includes('%')) return fail(`address must have no zone: ${quote(text)}`);
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Parsed<Address> {
  const value = v4Value(text);
  if (value === undefined) {
    return fail(`address must be four decimal numbers from 0 to 255 without leading zeros: ${quote(text)}`);
  }
  return { ok: true, value: { family: 4, value: BigInt(value) } };
}

/** The unsigned 32-bit number of a dotted quad, undefined if it is not exactly one. */
export function v4Value(text: string): number | undefined {
  let value = 0;
  let octet = -1;
  let octets = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : 46;
    if (c === 46) {
      if (octet < 0 || ++octets > 4) return undefined;
      value = value * 256 + octet;
      octet = -1;
    } else if (c >= 48 && c <= 57) {
      if (octet === 0) return undefined; // a leading zero: octal to the kernel's tools
      octet = octet < 0 ? c - 48 : octet * 10 + c - 48;
      if (octet > 255) return undefined;
    } else return undefined;
  }
  return octets === 4 ? value : undefined;
}

function parseV6(text: string): Parsed<Address> {
  const bad = fail(`address must be a valid IPv6 address: ${quote(text)}`);
  const halves = text.split('::');
  if (halves.length > 2) return bad;
  const head = groups(halves[0] ?? '', halves.length === 1);
  const tail = groups(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return bad;
  const count = head.length + tail.length;
  if (halves.length === 2 ? count > 7 : count !== 8) return bad;
  const all = [...head, ...new Array<number>(8 - count).fill(0), ...tail];
  const value = all.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
  if (value >> 32n === 0xffffn) return fail(`address must not be an IPv4-mapped IPv6 address: ${quote(text)}`);
  return { ok: true, value: { family: 6, value } };
}

/** 16-bit groups of one side of `::`. At the end of the address the last may be a dotted quad, which counts as two. */
function groups(text: string, atEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const out: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (atEnd && i === parts.length - 1 && part.includes('.')) {
      const quad = v4Value(part);
      if (quad === undefined) return undefined;
      out.push(Math.floor(quad / 65536), quad % 65536);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) out.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return out;
}

/** Canonical text: dotted quad, or RFC 5952 (lower case, the longest run of zeros compressed). */
export function formatAddress({ family, value }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const parts = Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 0xffffn));
  const run = longestZeroRun(parts);
  const hex = (list: number[]): string => list.map((group) => group.toString(16)).join(':');
  if (run.length < 2) return hex(parts);
  return `${hex(parts.slice(0, run.start))}::${hex(parts.slice(run.start + run.length))}`;
}

function longestZeroRun(parts: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < parts.length; start++) {
    let length = 0;
    while (parts[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
