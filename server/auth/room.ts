/** `/api/auth`: the four things a browser needs. Everything else the library offers is closed. */
import { z } from 'zod';
import type { Database } from '../db/client.ts';
import { readBody } from '../http/body.ts';
import type { Request as EdgeRequest, Room } from '../http/edge.ts';
import type { Log } from '../http/log.ts';
import { problem, sendProblem, sendTooMany } from '../http/problem.ts';
import { toHeaders } from '../http/to-headers.ts';
import { hasSessionFrom } from '../services/access/account.ts';
import { countAttempt, forgetAttempts, type Limit, takeBackAttempt } from '../services/access/attempts.ts';
import { notify } from '../services/notify.ts';
import { unstorable } from '../services/text.ts';
import { type Auth, CLIENT_HEADER } from './auth.ts';
import { readBearer } from './bearer.ts';

const open: Readonly<Record<string, 'GET' | 'POST'>> = {
  '/api/auth/sign-in/email': 'POST',
  '/api/auth/change-password': 'POST',
  '/api/auth/sign-out': 'POST',
  '/api/auth/get-session': 'GET',
};
const BODY_LIMIT = 64 * 1024;

/** Failures only. */
const PER_ACCOUNT: Limit = { attempts: 5, seconds: 60 };
/** wide: many people share one address */
const PER_ADDRESS: Limit = { attempts: 50, seconds: 60 };
/** from wherever: what many addresses together may guess at one account */
const PER_ACCOUNT_ANYWHERE: Limit = { attempts: 50, seconds: 600 };

export interface AuthRoomOptions {
  readonly auth: Auth;
  readonly db: Database;
  readonly url: string;
  readonly log: Log;
}

export function authRoom(options: AuthRoomOptions): Room {
  return {
    path: '/api/auth/',
    handle: async (edge) => {
      const { req, res, path } = edge;
      const method = open[path];
      if (method === undefined) return sendProblem(res, path, problem('notFound', `there is nothing at ${path}`));
      if (req.method !== method) {
        return sendProblem(res, path, problem('methodNotAllowed', `the method of ${path} must be ${method}`));
      }
      if (readBearer(req) !== null) {
        const message = 'an API token may not do this: signing in and passwords go without an Authorization header';
        return sendProblem(res, path, problem('sessionNeeded', message));
      }
      const body = await readBody(req, BODY_LIMIT);
      if (!body.ok) return sendProblem(res, path, problem('tooLarge', `the body must be at most ${BODY_LIMIT} bytes`));
      if (path === '/api/auth/sign-in/email') return signIn(edge, body.text, options);
      if (path === '/api/auth/change-password') return changePassword(edge, body.text, options);
      const answer = await ask(edge, body.text, options);
      // streams of a session end with it
      if (answer.ok && path === '/api/auth/sign-out') await notify(options.db, { kind: 'access' });
      await send(edge, answer);
    },
  };
}

const signInSchema = z.object({ email: z.string(), password: z.string(), rememberMe: z.boolean().optional() });

async function signIn(edge: EdgeRequest, text: string, options: AuthRoomOptions): Promise<void> {
  const parsed = parse(signInSchema, text);
  if (parsed === null) {
    return sendProblem(edge.res, edge.path, problem('badRequest', 'the body must be JSON with email and password'));
  }
  const email = parsed.email.toLowerCase();
  const subjects: Subject[] = [
    { name: `sign-in ${edge.client} ${email}`, limit: PER_ACCOUNT, own: true },
    { name: `sign-in ${edge.client}`, limit: PER_ADDRESS },
  ];
  // who guesses from everywhere must not close the door to the one who was in already
  if (!(await hasSessionFrom(options.db, email, edge.client))) {
    subjects.push({ name: `sign-in to ${email}`, limit: PER_ACCOUNT_ANYWHERE });
  }
  const answer = await limited(edge, options, subjects, () => ask(edge, JSON.stringify(parsed), options));
  if (answer === null) return;
  // a refused one names nobody: people type passwords into the wrong field
  if (answer.ok) options.log.info({ requestId: edge.id, access: 'session.signIn', actor: parsed.email }, 'access');
  else options.log.warn({ requestId: edge.id, access: 'session.refused' }, 'access');
  await send(edge, answer);
}

const changeSchema = z.object({ currentPassword: z.string(), newPassword: z.string() });

/** Sessions elsewhere end: whoever knew the old password may hold one. */
async function changePassword(edge: EdgeRequest, text: string, options: AuthRoomOptions): Promise<void> {
  const parsed = parse(changeSchema, text);
  if (parsed === null) {
    const message = 'the body must be JSON with currentPassword and newPassword';
    return sendProblem(edge.res, edge.path, problem('badRequest', message));
  }
  const user = await options.auth.userOf(edge.req.headers);
  if (user === null) return sendProblem(edge.res, edge.path, problem('unauthorized', 'sign in first'));
  const answer = await limited(edge, options, [{ name: `password ${user.id}`, limit: PER_ACCOUNT, own: true }], () =>
    ask(edge, JSON.stringify({ ...parsed, revokeOtherSessions: true }), options),
  );
  if (answer === null) return;
  if (answer.ok) {
    options.log.info({ requestId: edge.id, access: 'password.change', actor: user.email }, 'access');
    await notify(options.db, { kind: 'access' });
  }
  await send(edge, answer);
}

interface Subject {
  readonly name: string;
  readonly limit: Limit;
  /** nobody else's: a success forgets its failures */
  readonly own?: true;
}

/** Null when it was refused, and answered so. */
async function limited(
  edge: EdgeRequest,
  { db, log }: AuthRoomOptions,
  subjects: readonly Subject[],
  attempt: () => Promise<Response>,
): Promise<Response | null> {
  for (const { name, limit } of subjects) {
    const wait = await countAttempt(db, name, limit);
    if (wait === null) continue;
    log.warn({ requestId: edge.id, access: 'attempts.limited' }, 'access');
    sendTooMany(edge.res, edge.path, wait, `too many attempts: the next one may come in ${wait} s`);
    return null;
  }
  const answer = await attempt();
  if (answer.ok) for (const { name, own } of subjects) await (own ? forgetAttempts : takeBackAttempt)(db, name);
  return answer;
}

/** The origin was checked at the edge; the library asks for one again where a cookie came without. */
function ask({ req, path, client }: EdgeRequest, body: string, { auth, url }: AuthRoomOptions): Promise<Response> {
  const headers = toHeaders(req.headers);
  headers.set(CLIENT_HEADER, client);
  headers.set('origin', req.headers.origin ?? url);
  headers.delete('content-length');
  if (req.method === 'POST') headers.set('content-type', 'application/json');
  return auth.handle(
    new Request(new URL(path, url), {
      method: req.method ?? 'GET',
      headers,
      ...(req.method === 'POST' ? { body: body === '' ? '{}' : body } : {}),
    }),
  );
}

async function send({ res }: EdgeRequest, answer: Response): Promise<void> {
  res.statusCode = answer.status;
  for (const [name, value] of answer.headers) if (name !== 'set-cookie') res.setHeader(name, value);
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader('set-cookie', cookies);
  res.setHeader('cache-control', 'no-store');
  res.end(withoutTokens(await answer.text()));
}

/** The session's token belongs in the cookie, where no script can read it. */
function withoutTokens(text: string): string {
  const hide = (key: string, value: unknown): unknown => (key === 'token' ? undefined : value);
  try {
    return JSON.stringify(JSON.parse(text), hide);
  } catch {
    return text;
  }
}

function parse<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    const value: unknown = JSON.parse(text);
    return unstorable(value).length > 0 ? null : schema.parse(value);
  } catch {
    return null;
  }
}
