/**
 * Who asks the API: the one place where a session or an API token becomes somebody. A request that carries a token is
 * judged by the token alone: its cookies are not looked at, so that what a program may do never depends on what a browser
 * left beside it, and no page can lend a token somebody's session.
 */
import type { Database } from '../db/client.ts';
import type { Request } from '../http/edge.ts';
import type { Log } from '../http/log.ts';
import { makeQuota } from '../http/quota.ts';
import { type ApiTokenUse, redeemApiToken } from '../services/access/api-token-use.ts';
import { hashOf } from '../services/access/secret-text.ts';
import type { SessionUser } from '../services/actor.ts';
import type { Auth } from './auth.ts';
import { type Bearer, readBearer } from './bearer.ts';

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
/** tokens that were good; more than all accounts together have in use */
const MOST_KNOWN = 10_000;

const UNREADABLE = 'the header must be `Authorization: Bearer` with one API token, which begins with outgate_';

export interface IdentifyOptions {
  readonly auth: Auth;
  readonly db: Database;
  readonly log: Log;
}

export function makeIdentify({ auth, db, log }: IdentifyOptions): Identify {
  const strangers = makeStrangers();
  /** hashes of tokens that this server took, the oldest first: what others at their address send holds none of them up */
  const known = new Set<string>();
  /** looked up right now for the first time */
  const asked = new Map<string, Promise<ApiTokenUse>>();

  const redeem = async (secret: string, hash: string): Promise<ApiTokenUse> => {
    const use = await redeemApiToken(db, secret);
    known.delete(hash);
    if (use.ok) known.add(hash);
    for (const oldest of known) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
    return use;
  };
  const use = async (bearer: Bearer, client: string): Promise<ApiTokenUse | { readonly wait: number }> => {
    if (bearer.kind !== 'token') {
      const wait = strangers.take(client, bearer.kind);
      return wait === null ? { ok: false, message: UNREADABLE } : { wait };
    }
    const { secret } = bearer;
    const hash = hashOf(secret);
    // many at once with the same new token: one says whether it is good, and each is looked up for itself after that
    for (let looking = asked.get(hash); looking !== undefined; looking = asked.get(hash)) await looking;
    if (known.has(hash)) {
      const again = await redeem(secret, hash);
      if (!again.ok) strangers.take(client, hash);
      return again;
    }
    // counted before it is looked up, because many come before the first answer does
    const wait = strangers.take(client, hash);
    if (wait !== null) return { wait };
    const looking = redeem(secret, hash);
    asked.set(hash, looking);
    let refused = false;
    try {
      const found = await looking;
      refused = !found.ok;
      return found;
    } finally {
      asked.delete(hash);
      if (!refused) strangers.giveBack(client, hash);
    }
  };

  return async ({ req, client, id }) => {
    const bearer = readBearer(req);
    if (bearer === null) return { kind: 'user', user: await auth.userOf(req.headers) };
    const used = await use(bearer, client);
    if ('wait' in used) return { kind: 'limited', seconds: used.wait };
    if (used.ok) return { kind: 'user', user: used.user };
    log.warn({ requestId: id, access: 'apiToken.refused', reason: used.message }, 'access');
    return { kind: 'refused', message: used.message };
  };
}

/** What is refused is counted for the address, and for the same token from it. */
function makeStrangers() {
  const ofAddress = makeQuota(MOST_REFUSED, 60, () => performance.now());
  const ofOne = makeQuota(MOST_OF_ONE, 60, () => performance.now());
  const one = (client: string, what: string): string => `${client} ${what}`;
  return {
    /** Null when it may be looked up, else the seconds to wait. */
    take: (client: string, what: string): number | null => {
      const wait = ofOne.wait(one(client, what)) ?? ofAddress.take(client);
      return wait ?? ofOne.take(one(client, what));
    },
    giveBack: (client: string, what: string): void => {
      ofAddress.giveBack(client);
      ofOne.giveBack(one(client, what));
    },
  };
}
