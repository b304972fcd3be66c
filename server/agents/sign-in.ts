/** Who an agent is: by the credential that it bought with a join token, or as the pod that its service-account token is bound to. */
import type { ErrorReason } from '../../core/wire/reasons.ts';
import type { Database } from '../db/client.ts';
import type { Request } from '../http/edge.ts';
import type { Log } from '../http/log.ts';
import { problem, sendProblem, sendTooMany } from '../http/problem.ts';
import { nodeOf, replacedBy } from '../services/agents/credential.ts';
import { podSeen, podStands } from '../services/agents/pod.ts';
import { type AccountTokens, isJwt, type TokenVerdict } from './account-tokens.ts';

export interface Agent {
  /** what it speaks for, whatever it says itself */
  readonly node: string;
  /** milliseconds since 1970 after which it must sign in again; null: never */
  readonly expires: number | null;
  /** looked at again while its stream is open; null: it goes on, else why not */
  readonly refusal: () => Promise<string | null>;
}

export interface SignInOptions {
  readonly db: Database;
  /** null: service-account tokens are not accepted */
  readonly tokens: AccountTokens | null;
  readonly log: Log;
}

/** Also a sign of life of a pod. Null when the request was refused, and that was answered. */
export async function signIn(edge: Request, options: SignInOptions): Promise<Agent | null> {
  const credential = credentialOf(edge);
  if (credential !== null && isJwt(credential)) return signInAsPod(edge, credential, options);
  const node = credential === null ? null : await nodeOf(options.db, credential);
  if (credential === null) return refuse(edge);
  if (node === null) {
    // where no pod signs in any more, none is served beside it
    const by = options.tokens === null ? null : await replacedBy(options.db, credential);
    return by === null ? refuse(edge) : standBack(edge, besides(by.pod, by.node));
  }
  const holds = async (): Promise<boolean> => (await nodeOf(options.db, credential)) === node;
  return { node, expires: null, refusal: async () => ((await holds()) ? null : 'credential revoked') };
}

/** A credential or a service-account token; null for anything else. */
export function credentialOf({ req }: Request): string | null {
  return (
    /^Bearer ([A-Za-z0-9_-]{20,200}|[\w-]{10,}\.[\w-]{10,8000}\.[\w-]{10,})$/.exec(
      req.headers.authorization ?? '',
    )?.[1] ?? null
  );
}

/** Joined, but not (any more) with this credential. */
export function refuse({ res, path }: Request, message = NO_CREDENTIAL): null {
  res.setHeader('www-authenticate', 'Bearer');
  sendProblem(res, path, problem('agentUnauthorized', message));
  return null;
}

const NO_CREDENTIAL = "the request must carry the node's own credential: join first";
const NOT_ACCEPTED =
  'this server takes no service-account tokens: OUTGATE_AGENT_SERVICE_ACCOUNT must name the account of the agents';
/** in seconds */
const ASK_AGAIN = 5;

async function signInAsPod(edge: Request, token: string, { db, tokens, log }: SignInOptions): Promise<Agent | null> {
  if (tokens === null) return turnAway(edge, { kind: 'refused', why: NOT_ACCEPTED }, log);
  const verdict = await tokens.check(token, edge.client);
  if (verdict.kind !== 'agent') return turnAway(edge, verdict, log);
  const { node, pod, expires } = verdict;
  const { newer, came, replaced } = await podSeen(db, { node, pod });
  if (came) log.info({ requestId: edge.id, access: 'node.signIn', node, pod: pod.name, replaced }, 'access');
  if (newer !== null) {
    return standBack(edge, besides(newer, node));
  }
  return {
    node,
    expires,
    refusal: async () => {
      const again = await tokens.check(token, edge.client);
      // nobody can say: the stream was good, and NAT does not depend on the API server
      if (again.kind === 'refused') return `token refused: ${again.why}`;
      const stands = await podStands(db, { node, pod });
      if (stands === null) return 'the node was forgotten';
      return stands.newer === null ? null : besides(stands.newer, node);
    },
  };
}

/** Another agent is served for this node; this one writes nothing until that is over. */
function standBack({ res, path }: Request, message: string): null {
  res.setHeader('retry-after', String(ASK_AGAIN));
  sendProblem(res, path, problem('nameTaken', message));
  return null;
}

const besides = (newer: string, node: string): string =>
  `the pod ${newer} is the agent of ${node}: it came later and lives; this one is served when nothing is heard from it for 30 s`;

function turnAway(edge: Request, verdict: Exclude<TokenVerdict, { kind: 'agent' }>, log: Log): null {
  const { res, path, id } = edge;
  const told = (reason: ErrorReason, why: string): void =>
    log.warn({ requestId: id, access: 'node.signIn.refused', reason, why }, 'access');
  if (verdict.kind === 'limited') {
    sendTooMany(res, path, verdict.seconds, 'too many tokens from this address were refused');
  } else if (verdict.kind === 'away') {
    told('NOT_READY', verdict.why);
    res.setHeader('retry-after', String(ASK_AGAIN));
    const message = 'the cluster does not say whose token this is: ask again in a moment';
    sendProblem(res, path, problem('notReady', message));
  } else if (verdict.kind === 'refused') {
    told('AGENT_REFUSED', verdict.why);
    return refuse(edge, `the service-account token is refused: ${verdict.why}`);
  }
  return null;
}
