/**
 * Sessions by better-auth: local accounts, e-mail and password, one secure cookie. Accounts are made by an admin or by
 * setup, never by signing up, and roles are set by our own procedures alone.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { betterAuth } from 'better-auth/minimal';
import { authAdapter } from '../db/auth-adapter.ts';
import type { Database } from '../db/client.ts';
import { findSessionUser, type StoredUser } from '../db/session-user.ts';
import { toHeaders } from '../http/to-headers.ts';
import { hashOf } from '../services/access/secret-text.ts';
import { readRole, type SessionUser } from '../services/actor.ts';

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
  readonly userOf: (headers: IncomingHttpHeaders) => Promise<SessionUser | null>;
}

const EXPIRES_S = 7 * 24 * 3600;
const UPDATE_AGE_S = 3600;

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
    session: { expiresIn: EXPIRES_S, updateAge: UPDATE_AGE_S },
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
  const checked = makeChecked();
  return {
    handle: (request) => auth.handler(request),
    userOf: async (headers) => {
      const { cookie } = headers;
      if (cookie === undefined) return null;
      const token = checked.tokenOf(cookie);
      const known = token === null ? null : await findSessionUser(db, token, EXPIRES_S - UPDATE_AGE_S);
      if (known !== null) return userFrom(known, known.session);
      const session = await auth.api.getSession({ headers: toHeaders(headers) });
      if (session === null) return null;
      checked.add(cookie, session.session.token);
      return userFrom(session.user, session.session.id);
    },
  };
}

const userFrom = ({ id, name, email, role }: StoredUser, session: string): SessionUser => ({
  id,
  name,
  email,
  role: readRole(role),
  session: { id: session },
});

const MOST_CHECKED = 10_000;

/**
 * Cookies, by their hash, whose signature the library has checked, and the sessions that they name. It is asked again when
 * a session is not there any more, or is to be extended: its row alone is read in a tenth of the time, with each request.
 */
function makeChecked() {
  let tokens = new Map<string, string>();
  return {
    tokenOf: (cookie: string): string | null => tokens.get(hashOf(cookie)) ?? null,
    add: (cookie: string, token: string): void => {
      if (tokens.size >= MOST_CHECKED) tokens = new Map();
      tokens.set(hashOf(cookie), token);
    },
  };
}
