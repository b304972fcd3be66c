/** Who asks. Behind a reverse proxy the peer is the proxy: it is believed about whom it speaks for, and nobody else is. */
import type { IncomingMessage } from 'node:http';
import { type Address, formatAddress, parseAddress } from '../../core/net/address.ts';
import { contains, type Prefix } from '../../core/net/prefix.ts';

/**
 * The peer's address; if that is a trusted proxy, the right-most address of X-Forwarded-For that is none: everything left
 * of it was written by somebody who could write anything. An entry that is no address ends the search at the hop before.
 */
export function clientAddress(
  { socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>,
  trusted: readonly Prefix[],
): string {
  let hop = readHop(socket.remoteAddress ?? '');
  if (hop === null) return 'unknown';
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').reverse();
  for (const text of forwarded) {
    const isProxy: boolean = trusted.some((prefix) => hop !== null && contains(prefix, hop));
    const next = isProxy ? readHop(text.trim()) : null;
    if (next === null) break;
    hop = next;
  }
  return formatAddress(hop);
}

/** A socket that listens on both families names IPv4 peers as `::ffff:192.0.2.1`. */
function readHop(text: string): Address | null {
  const parsed = parseAddress(text.replace(/^::ffff:(?=\d+\.)/i, ''));
  return parsed.ok ? parsed.value : null;
}
