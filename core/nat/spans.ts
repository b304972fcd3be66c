/** Sets of addresses as sorted disjoint ranges, and their algebra. */
import { type Family, formatAddress } from '../net/address.ts';
import { type Decider, LOOPBACK, NATS } from './decide.ts';
import { rangesWhere, type Span } from './table.ts';

/** Addresses whose connections are NATed. */
export const sources = ({ tables }: Decider, family: Family): Span[] =>
  rangesWhere(tables[family], (flags) => (flags & NATS) !== 0);

/** Addresses to which they are. */
export const destinations = ({ tables, exempt }: Decider, family: Family): Span[] =>
  rangesWhere(tables[family], (flags) => (flags & (exempt | LOOPBACK)) === 0);

/** Both lists are sorted and disjoint, here and below. */
export function intersect(a: readonly Span[], b: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (let i = 0, j = 0; ; ) {
    const one = a[i];
    const other = b[j];
    if (one === undefined || other === undefined) return found;
    const first = one.first > other.first ? one.first : other.first;
    const last = one.last < other.last ? one.last : other.last;
    if (first <= last) found.push({ first, last });
    if (one.last < other.last) i++;
    else j++;
  }
}

export function subtract(a: readonly Span[], b: readonly Span[]): Span[] {
  const found: Span[] = [];
  let j = 0;
  for (const { first, last } of a) {
    let from = first;
    for (; (b[j]?.last ?? last) < from; j++);
    for (let k = j; from <= last; k++) {
      const cut = b[k];
      if (cut === undefined || cut.first > last) {
        found.push({ first: from, last });
        break;
      }
      if (cut.first > from) found.push({ first: from, last: cut.first - 1n });
      from = cut.last + 1n;
    }
  }
  return found;
}

/** `10.0.0.0-10.0.0.255`, or one address. */
export function textOf(family: Family, { first, last }: Span): string {
  const start = formatAddress({ family, value: first });
  return first === last ? start : `${start}-${formatAddress({ family, value: last })}`;
}
