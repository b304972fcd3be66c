/** Which pages may ask a browser to change something here: our own, and no other site's. */
import type { IncomingHttpHeaders } from 'node:http';

/** The public address and, beside it, the listen address (with the names of loopback when it is one). */
export function allowedOrigins(url: string | null, listen: { host: string; port: number }): ReadonlySet<string> {
  const hosts = isWildcard(listen.host) || isLoopback(listen.host) ? ['127.0.0.1', 'localhost', '[::1]'] : [];
  const origins = [reachableHost(listen.host), ...hosts].map((host) => new URL(`http://${host}:${listen.port}`).origin);
  return new Set(url === null ? origins : [url, ...origins]);
}

/**
 * Null when the request may change something, else why not. A browser always sends Origin with such a request, or at least
 * Sec-Fetch-Site; a client that sends neither is no browser, and carries no cookie it was not given on purpose.
 */
export function originRefusal(
  method: string,
  headers: IncomingHttpHeaders,
  allowed: ReadonlySet<string>,
): string | null {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return null;
  const origin = headers.origin;
  if (origin !== undefined) {
    return allowed.has(origin)
      ? null
      : `the origin must be ${[...allowed][0]} (OUTGATE_URL says which), not ${quoted(origin)}`;
  }
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin') return null;
  return `a change must come from Outgate's own pages, not from a ${quoted(String(site))} page`;
}

/** A wildcard address can be listened on and not be gone to. */
export function reachableHost(host: string): string {
  if (host === '' || host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 100));
const isWildcard = (host: string): boolean => host === '' || host === '0.0.0.0' || host === '::';
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');
