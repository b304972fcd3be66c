/**
 * Service-account tokens of agents, reviewed by the cluster. A good answer counts for a minute, or until the token expires:
 * the answer itself holds no expiry, so it is read from the token, once the review has said that its claims are true. While nobody
 * can say, what was said last holds: an API server that is away must not make every node look as if its agent were.
 */
import { createHash } from 'node:crypto';
import { makeQuota } from '../http/quota.ts';
import { makeTurns } from '../http/turns.ts';
import { readTokenReview, type TokenPod } from '../kube/token-review.ts';

export interface AccountTokensOptions {
  /** the body of the cluster's answer; rejects when there is none */
  readonly review: (token: string, signal: AbortSignal) => Promise<unknown>;
  readonly account: { readonly namespace: string; readonly name: string };
  /** milliseconds since 1970 */
  readonly now: () => number;
}

export type TokenVerdict =
  /** `expires` in milliseconds since 1970 */
  | ({ readonly kind: 'agent'; readonly expires: number } & TokenPod)
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'limited'; readonly seconds: number }
  /** nobody could say */
  | { readonly kind: 'away'; readonly why: string };

export interface AccountTokens {
  /** Never rejects. `client`: the address that refusals are counted by. */
  check(token: string, client: string): Promise<TokenVerdict>;
}

/** how long a good answer counts */
export const KEEP_MS = 60_000;
/** a token that was refused is not asked for again at once, nor is one that nobody could say anything new of */
const KEEP_REFUSED_MS = 5_000;
const PATIENCE_MS = 5_000;
/** a minute from one address, with those that nobody could answer for */
const MOST_REFUSED = 300;
/** reviews of strangers at a time: whoever sends many tokens at once must not reach the API server with all of them */
const STRANGERS = { most: 8, waiting: 1000, patienceMs: 2_000 };
/** more than any cluster has nodes */
const MOST_KEPT = 20_000;

interface Kept {
  readonly verdict: TokenVerdict;
  readonly until: number;
}

export function accountTokens({ review, account, now }: AccountTokensOptions): AccountTokens {
  /** by SHA-256 of the token, the oldest first */
  const kept = new Map<string, Kept>();
  const asked = new Map<string, Promise<TokenVerdict>>();
  const refusals = makeQuota(MOST_REFUSED, 60, () => performance.now());
  const turns = makeTurns(STRANGERS);

  const keep = (hash: string, verdict: TokenVerdict, until: number): void => {
    kept.delete(hash);
    kept.set(hash, { verdict, until });
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
  };
  const ask = async (hash: string, token: string): Promise<TokenVerdict> => {
    let answer: unknown;
    try {
      answer = await review(token, AbortSignal.timeout(PATIENCE_MS));
    } catch (error) {
      const last = kept.get(hash)?.verdict;
      if (last?.kind === 'agent' && now() < last.expires) {
        keep(hash, last, Math.min(now() + KEEP_REFUSED_MS, last.expires));
        return last;
      }
      return { kind: 'away', why: error instanceof Error ? error.message : String(error) };
    }
    const read = readTokenReview(answer, account);
    const expires = expiryOf(token);
    if (read.ok && expires !== null && now() < expires) {
      const verdict: TokenVerdict = { kind: 'agent', node: read.node, pod: read.pod, expires };
      keep(hash, verdict, Math.min(now() + KEEP_MS, expires));
      return verdict;
    }
    const why = !read.ok ? read.why : expires === null ? 'it must have an expiry' : 'it has expired';
    const verdict: TokenVerdict = { kind: 'refused', why };
    keep(hash, verdict, now() + KEEP_REFUSED_MS);
    return verdict;
  };
  /** Counted before it is asked for, because many come before the first answer does; a good one is then not counted. */
  const askForStranger = async (hash: string, token: string, client: string): Promise<TokenVerdict> => {
    const end = await turns.take();
    if (end === null) return { kind: 'away', why: 'too many tokens wait for their review' };
    try {
      const wait = refusals.take(client);
      if (wait !== null) return { kind: 'limited', seconds: wait };
      const verdict = await ask(hash, token);
      if (verdict.kind === 'agent') refusals.giveBack(client);
      return verdict;
    } finally {
      end();
    }
  };

  return {
    check(token, client) {
      const hash = createHash('sha256').update(token).digest('base64');
      const known = kept.get(hash);
      if (known !== undefined && now() < known.until) return Promise.resolve(known.verdict);
      // a token that was good once is asked for whatever others at its address, or anywhere, do
      const stranger = known?.verdict.kind !== 'agent';
      const wait = stranger ? refusals.wait(client) : null;
      if (wait !== null) return Promise.resolve({ kind: 'limited', seconds: wait });
      const running = asked.get(hash);
      if (running !== undefined) return running;
      const started = (stranger ? askForStranger(hash, token, client) : ask(hash, token)).finally(() =>
        asked.delete(hash),
      );
      asked.set(hash, started);
      return started;
    },
  };
}

/** Of a JWT: header, claims and signature. */
export const isJwt = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);

function expiryOf(token: string): number | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const exp = (claims as { exp?: unknown } | null)?.exp;
    return typeof exp === 'number' ? exp * 1000 : null;
  } catch {
    return null;
  }
}
