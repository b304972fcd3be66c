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
 * Warnings of one pool. `nodes` and `services` are addresses or CIDRs of the cluster, canonical or not; one that
 * cannot be read is left out: it is checked where it is entered.
 */
export function warningsFor(
  pool: Pool,
  ranges: { nodes?: readonly string[]; services?: readonly string[] },
): Warning[] {
  const { prefix } = subjectOf(pool);
  if (prefix === undefined) return [];
  const all = [
    ...reserved.map(({ code, what, range }) => ({ code, range, text: `the ${what} range ${formatPrefix(range)}` })),
    ...read(ranges.nodes).map((range) => ({
      code: 'W_NODE_RANGE',
      range,
      text: `the node range ${formatPrefix(range)}`,
    })),
    ...read(ranges.services).map((range) => ({
      code: 'W_SERVICE_RANGE',
      range,
      text: `the service range ${formatPrefix(range)}`,
    })),
  ];
  return all
    .filter(({ range }) => overlaps(prefix, range))
    .map(({ code, text }) => ({
      code,
      field: 'spec.cidr',
      message: `IPPool CIDR ${quote(formatPrefix(prefix))} overlaps with ${text}`,
    }));
}

function read(texts: readonly string[] = []): Prefix[] {
  return texts.flatMap((text) => {
    const parsed = parseInterface(text);
    if (parsed.ok) return [prefixOf(parsed.value.address, parsed.value.length)];
    const address = parseAddress(text);
    return address.ok ? [prefixOf(address.value, address.value.family === 4 ? 32 : 128)] : [];
  });
}
