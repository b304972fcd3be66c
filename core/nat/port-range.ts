/** `natPortRange`: the one text form, `n:m`, or `n` for the single port n. */
import type { Parsed } from '../net/address.ts';
import { quote } from '../net/quote.ts';

export type Ports = readonly [first: number, last: number];

/** Parses `30000:40000` or `30000`. Felix ignores `30000-40000` in silence and dies of `0:70000`: both are refused here. */
export function parsePortRange(text: string): Parsed<Ports> {
  const match = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text);
  if (match === null) {
    const dashed = /^(\d{1,5})-(\d{1,5})$/.exec(text);
    const hint = dashed === null ? '' : `; write ${dashed[1]}:${dashed[2]}`;
    return {
      ok: false,
      reason: `natPortRange must be two ports joined by a colon (n:m), or one port: ${quote(text)}${hint}`,
    };
  }
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last < 1 || first > 65535 || last > 65535) {
    return { ok: false, reason: `natPortRange must lie between 1 and 65535: ${quote(text)}` };
  }
  if (first > last) {
    return { ok: false, reason: `natPortRange must have its lower port first: ${quote(text)}; write ${last}:${first}` };
  }
  return { ok: true, value: [first, last] };
}

/**
 * Why a range that can be read may not be written so: `010` is 10 to Felix and 8 to others. What an older version stored is read all
 * the same, as Felix reads it. Undefined: there is no such reason.
 */
export const leadingZeros = (text: string): string | undefined =>
  parsePortRange(text).ok && /^0\d|:0\d/.test(text)
    ? `natPortRange must have no leading zeros: ${quote(text)}`
    : undefined;
