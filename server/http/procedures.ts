/** `/api/trpc`: procedures over HTTP. Who asks is known by an API token where the request carries one, else by the session cookie. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TRPCError } from '@trpc/server';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import { readBearer } from '../auth/bearer.ts';
import type { Identify, Identity } from '../auth/identify.ts';
import { AppError } from '../services/app-error.ts';
import type { Deps } from '../services/deps.ts';
import type { Asked } from '../trpc/context.ts';
import { appRouter } from '../trpc/router.ts';
import { readBody } from './body.ts';
import type { Request, Room } from './edge.ts';
import type { Log } from './log.ts';
import { problem, sendProblem, sendTooMany } from './problem.ts';
import { makePlaces } from './quota.ts';

const PREFIX = '/api/trpc/';
const BODY_LIMIT = 8 * 1024 * 1024;
/** what nobody in particular may send: more than any form, and too little to fill the memory with */
const STRANGERS_LIMIT = 64 * 1024;
/** long texts of one account that are held on one server at a time; shorter ones are not counted */
const MOST_LONG = 4;
const LONG = 1024 * 1024;
/** more calls in one request than any page makes */
const MOST_CALLS = 50;
/** live streams of one account on one server: more than anybody has windows */
const MOST_STREAMS = 32;
const STREAM = 'events.subscribe';
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);

/** Whoever sends a body for longer may have lost their role, or their account, when it is whole: it is looked up again. */
const FRESH_MS = 500;

export function proceduresRoom(deps: Deps, identify: Identify, log: Log): Room {
  const streams = makePlaces(MOST_STREAMS);
  const long = makePlaces(MOST_LONG);
  const call = async (
    { req, res, id }: Request,
    calls: string,
    body: string | null,
    who: Asked['who'],
  ): Promise<void> => {
    const context: Asked = { deps, who, requestId: id, log };
    res.setHeader('cache-control', 'no-store');
    await nodeHTTPRequestHandler({
      router: appRouter,
      path: calls,
      req: body === null ? req : Object.assign(req, { body }),
      res,
      createContext: () => Promise.resolve(context),
      responseMeta: ({ errors }) => ({ headers: retryAfter(errors) }),
      // a query with ten thousand flows or a whole manifest fits into no URL; a mutation is never asked by GET
      allowMethodOverride: true,
    });
  };
  return {
    path: PREFIX,
    ignoresCookies: (req) => readBearer(req) !== null,
    handle: async (edge) => {
      const { req, res, path } = edge;
      // A comma may come as %2C. tRPC decodes once more: what still holds a percent sign would be counted as other calls than are made.
      const calls = decodeURIComponent(path.slice(PREFIX.length));
      if (!/^[\w.,]*$/.test(calls)) {
        return sendProblem(res, path, problem('notFound', 'the path must be names of procedures joined by commas'));
      }
      if (calls.split(',').length > MOST_CALLS) {
        return sendProblem(res, path, problem('badRequest', `a request must hold at most ${MOST_CALLS} calls`));
      }
      if (!methods.has(req.method ?? '')) {
        return sendProblem(res, path, problem('methodNotAllowed', 'the method must be GET or POST'));
      }
      if (req.method === 'POST' && !/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? '')) {
        return sendProblem(res, path, problem('unsupported', 'the content-type of the body must be application/json'));
      }
      const asking = identify(edge);
      /** `began`: when the body did; null: there is none. */
      const onceRead = (began: number | null): Promise<Identity> =>
        began === null || performance.now() - began < FRESH_MS ? asking : identify(edge);
      const isStream = calls.split(',').includes(STREAM);
      if (readBearer(req) === null && isShort(req) && !isStream) {
        asking.catch(() => {}); // the procedure tells it
        const began = req.method === 'POST' ? performance.now() : null;
        const posted = began === null ? null : await readBody(req, STRANGERS_LIMIT);
        if (posted?.ok === false) return refuseBody(res, path, STRANGERS_LIMIT);
        // the call is taken apart while it is looked up whose it is
        const who = onceRead(began).then((identity) => (identity.kind === 'user' ? identity.user : null));
        who.catch(() => {});
        return call(edge, calls, posted?.text ?? null, who);
      }
      const who = await asking;
      if (who.kind !== 'user') return refuseToken(res, path, who);
      const { user } = who;
      // a text is read only when it is known whose it is: whoever is nobody fills no memory
      const limit = user === null ? STRANGERS_LIMIT : BODY_LIMIT;
      if (user !== null && mayBeLong(req)) {
        const end = long.take(user.id);
        if (end === null) return sendTooMany(res, path, 5, `an account may send ${MOST_LONG} long texts at a time`);
        res.once('close', end);
        if (res.destroyed) return end();
      }
      const began = req.method === 'POST' ? performance.now() : null;
      const posted = began === null ? null : await readBody(req, limit);
      if (posted?.ok === false) {
        return user === null && posted.reason === 'TOO_LARGE'
          ? sendProblem(res, path, problem('unauthorized', `to send more than ${limit} bytes you must sign in`))
          : refuseBody(res, path, limit);
      }
      const now = await onceRead(began);
      if (now.kind !== 'user') return refuseToken(res, path, now);
      if (now.user !== null && isStream) {
        const leave = streams.take(now.user.id);
        if (leave === null) return sendTooMany(res, path, 10, `an account may hold ${MOST_STREAMS} live streams open`);
        res.once('close', leave);
        // who left while it was looked up who they are
        if (res.destroyed) return leave();
      }
      await call(edge, calls, posted?.text ?? null, Promise.resolve(now.user));
    },
  };
}

function refuseToken(res: ServerResponse, path: string, who: Exclude<Identity, { kind: 'user' }>): void {
  if (who.kind === 'limited') {
    sendTooMany(res, path, who.seconds, `too many refused API tokens: the next one may come in ${who.seconds} s`);
  } else {
    res.setHeader('www-authenticate', 'Bearer error="invalid_token"');
    sendProblem(res, path, problem('tokenRefused', who.message));
  }
}

const refuseBody = (res: ServerResponse, path: string, limit: number): void =>
  sendProblem(res, path, problem('tooLarge', `the body must be complete and at most ${limit} bytes`));

/** What nobody in particular may send. */
const isShort = ({ method, headers }: IncomingMessage): boolean =>
  method !== 'POST' || Number(headers['content-length'] ?? Number.POSITIVE_INFINITY) <= STRANGERS_LIMIT;

/** Or of a length that it does not say. */
function mayBeLong({ method, headers }: IncomingMessage): boolean {
  if (method !== 'POST') return false;
  const length = headers['content-length'];
  return length === undefined || Number(length) > LONG;
}

function retryAfter(errors: readonly TRPCError[]): Record<string, string> {
  const seconds = errors.flatMap(({ cause }) => (cause instanceof AppError ? (cause.details.retryAfter ?? []) : []));
  return seconds.length === 0 ? {} : { 'retry-after': String(Math.max(...seconds)) };
}
