/**
 * Who asks the API: the one place where a session or an API token becomes somebody. A request that carries a token is
 * judged by the token alone: its cookies are not looked at, so that what a program may do never depends on what a browser
 * left beside it, and no page can lend a token somebody's session.
 */
import type { Database } from '../db/client.ts';
import type { Request } from '../http/edge.ts';
import type { Log } from '../http/log.ts';
import { makeQuota } from '../http/quota.ts';
import { toHeaders } from '../http/to-headers.ts';
import { redeemApiToken } from '../services/access/api-token-use.ts';
import { hashOf } from '../services/access/secret-text.ts';
import type { SessionUser } from '../services/actor.ts';
import type { Auth } from './auth.ts';
import { readBearer } from './bearer.ts';

export type Identity =
  /** null: nobody is signed in */
  | { readonly kind: 'user'; readonly user: SessionUser | null }
  | { readonly kind: 'refused'; readonly message: string }
  /** too many refusals: nothing was looked up */
  | { readonly kind: 'limited'; readonly seconds: number };

export type Identify = (edge: Pick<Request, 'req' | 'client' | 'id'>) => Promise<Identity>;

/** Refusals a minute of one address, whatever it sent. */
const MOST_REFUSED = 50;
/** Of the same token from one address: a forgotten job must not close the door to the others behind its address. */
const MOST_OF_ONE = 10;

const UNREADABLE = 'the header must be `Authorization: Bearer` with one API token, which begins with outgate_';

export interface IdentifyOptions {
  readonly auth: Auth;
  readonly db: Database;
  readonly log: Log;
}

export function makeIdentify({ auth, db, log }: IdentifyOptions): Identify {
  const ofAddress = makeQuota(MOST_REFUSED, 60, () => performance.now());
  const ofOne = makeQuota(MOST_OF_ONE, 60, () => performance.now());
  return async ({ req, client, id }) => {
    const bearer = readBearer(req);
    if (bearer === null) return { kind: 'user', user: await auth.userOf(toHeaders(req.headers)) };
    const one = `${client} ${bearer.kind === 'token' ? hashOf(bearer.secret) : bearer.kind}`;
    const seconds = ofAddress.wait(client) ?? ofOne.wait(one);
    if (seconds !== null) return { kind: 'limited', seconds };
    const use =
      bearer.kind === 'token' ? await redeemApiToken(db, bearer.secret) : { ok: false as const, message: UNREADABLE };
    if (use.ok) return { kind: 'user', user: use.user };
    ofAddress.take(client);
    ofOne.take(one);
    log.warn({ requestId: id, access: 'apiToken.refused', reason: use.message }, 'access');
    return { kind: 'refused', message: use.message };
  };
}
