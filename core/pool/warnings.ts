/** What nobody forbids and hardly anybody wants: pools in loopback or multicast, or over node and service ranges. */

import { parseAddress } from '../net/address.ts';
import { formatPrefix, overlaps, type Prefix, parseInterface, prefixOf } from '../net/prefix.ts';
import { quote } from '../net/quote.ts';
import type { Pool, Warning } from './spec.ts';
import { subjectOf } from './subject.ts';

const reserved: readonly { code: string; what: string; range: Prefix }[] = [
  { code: 'W_LOOPBACK', what: 'loopback', range: { family: 4, value: 127n << 24n, length: 8 } },
  { code: 'W_LOOPBACK', what: 'loopback', range: { family: 6, value: 1n, length: 128 } },
  { code: 'W_MULTICAST', what: 'multicast', range: { family: 4, value: 224n << 24n, length: 4 } },
  { code: 'W_MULTICAST', what: 'multicast', range: { family: 6, value: 0xffn << 120n, length: 8 } },
];

/**
 * What warns about a pool; the ranges are read once for all of them. `nodes` and `services` are addresses or CIDRs of the cluster, canonical or not; one that
 * cannot be read is left out: it is checked where it is entered.
 */
export function rangeWarnings(ranges: {
  nodes?: readonly string[];
  services?: readonly string[];
}): (pool: Pool) => Warning[] {
  const all = [
    ...reserved,
    ...read(ranges.nodes).map((range) => ({ code: 'W_NODE_RANGE', what: 'node', range })),
    ...read(ranges.services).map((range) => ({ code: 'W_SERVICE_RANGE', what: 'service', range })),
  ];
  return (pool) => {
    const { prefix } = subjectOf(pool);
    if (prefix === undefined) return [];
    return all
      .filter(({ range }) => overlaps(prefix, range))
      .map(({ code, what, range }) => ({
        code,
        field: 'spec.cidr',
        message: `IPPool CIDR ${quote(formatPrefix(prefix))} overlaps with the ${what} range ${formatPrefix(range)}`,
      }));
  };
}

function read(texts: readonly string[] = []): Prefix[] {
  return texts.flatMap((text) => {
    const parsed = parseInterface(text);
    if (parsed.ok) return [prefixOf(parsed.value.address, parsed.value.length)];
    const address = parseAddress(text);
    return address.ok ? [prefixOf(address.value, address.value.family === 4 ? 32 : 128)] : [];
  });
}
