/**
 * Sessions by better-auth: local accounts, e-mail and password, one secure cookie. Accounts are made by an admin or by
 * setup, never by signing up, and roles are set by our own procedures alone.
 */
import { betterAuth } from 'better-auth/minimal';
import { authAdapter } from '../db/auth-adapter.ts';
import type { Database } from '../db/client.ts';
import type { SessionUser } from '../services/actor.ts';
import { roleSchema } from '../services/actor.ts';

export interface AuthOptions {
  readonly db: Database;
  readonly secret: string;
  /** the public origin */
  readonly url: string;
  readonly origins: ReadonlySet<string>;
}

/** Where the edge puts the address it saw: a caller cannot name another one. */
export const CLIENT_HEADER = 'x-outgate-client';

export interface Auth {
  /** Answers one of the paths under /api/auth. */
  readonly handle: (request: Request) => Promise<Response>;
  /** Null without a live session. */
  readonly userOf: (headers: Headers) => Promise<SessionUser | null>;
}

export function makeAuth({ db, secret, url, origins }: AuthOptions): Auth {
  const auth = betterAuth({
    appName: 'Outgate',
    baseURL: url,
    basePath: '/api/auth',
    secret,
    trustedOrigins: [...origins],
    database: authAdapter(db),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 128 },
    user: { additionalFields: { role: { type: 'string', input: false } } },
    session: { expiresIn: 7 * 24 * 3600, updateAge: 3600 },
    // attempts are counted by sign-in.ts, where only failures count
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'outgate',
      useSecureCookies: url.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: [CLIENT_HEADER] },
    },
    telemetry: { enabled: false },
    // its lines name e-mail addresses; what failed stands in our own line of the request
    logger: { disabled: true },
  });
  return {
    handle: (request) => auth.handler(request),
    userOf: async (headers) => {
      if (!headers.has('cookie')) return null;
      const session = await auth.api.getSession({ headers });
      if (session === null) return null;
      const { id, name, email, role } = session.user;
      return { id, name, email, role: roleSchema.catch('viewer').parse(role) };
    },
  };
}
