/** Ranges as a person reads them. */
import { parseAddress } from '../../core/net/address.ts';
import { formatPrefix, prefixOf } from '../../core/net/prefix.ts';

/** "10.0.0.0-10.0.0.255" is "10.0.0.0/24"; what is no prefix stays "first – last"; a lone address stays itself. */
export function rangeText(text: string): string {
  const [from = '', to = from] = text.split('-');
  const first = parseAddress(from);
  const last = parseAddress(to);
  if (from === to || !first.ok || !last.ok) return from;
  const bits = first.value.family === 4 ? 32 : 128;
  const size = last.value.value - first.value.value + 1n;
  const isPrefix = (size & (size - 1n)) === 0n && first.value.value % size === 0n;
  if (!isPrefix) return `${from} – ${to}`;
  return formatPrefix(prefixOf(first.value, bits - (size.toString(2).length - 1)));
}
