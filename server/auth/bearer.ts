/** `Authorization: Bearer TOKEN`, as a request carries it. */
import type { IncomingMessage } from 'node:http';
import { isApiTokenSecret } from '../services/access/api-token-secret.ts';

/**
 * What a browser or a proxy says to whoever stands in front of us. Everything else in the header, also an empty or a
 * doubled one, is meant for us: then its sender is known by it or not at all, never by a cookie.
 */
const FOR_OTHERS = /^(basic|digest|negotiate|ntlm) /i;

export type Bearer = { readonly kind: 'token'; readonly secret: string } | { readonly kind: 'unreadable' };

/** Null when the request carries none. */
export function readBearer({ headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>): Bearer | null {
  const values = (headersDistinct['authorization'] ?? []).filter((value) => !FOR_OTHERS.test(value));
  const [value, ...more] = values;
  if (value === undefined) return null;
  const secret = more.length === 0 ? /^bearer +(\S+)$/i.exec(value)?.[1] : undefined;
  return secret !== undefined && isApiTokenSecret(secret) ? { kind: 'token', secret } : { kind: 'unreadable' };
}
