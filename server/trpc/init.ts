/**
 * The one place of tRPC's rules: who may call what, and what an error looks like from outside.
 *
 * 4xx are answers (logged as warnings); 5xx are defects: they are logged whole and shown as nothing but a request id.
 */
import { initTRPC, TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { makeTurnsEach } from '../http/turns.ts';
import { atLeast, type Role } from '../services/actor.ts';
import { AppError } from '../services/app-error.ts';
import { asShown } from '../services/pools/get-pool.ts';
import { unstorable } from '../services/text.ts';
import type { Asked } from './context.ts';
import { codeOf, errorDataOf, UnstorableText } from './error-data.ts';
import { speakPlainly } from './input-words.ts';

speakPlainly();

const t = initTRPC.context<Asked>().create({
  isDev: false, // never a stack to the user
  // a stream that is silent is indistinguishable from one that was cut on the way: both ends must be able to tell
  sse: { ping: { enabled: true, intervalMs: 5_000 }, client: { reconnectAfterInactivityMs: 15_000 } },
  errorFormatter: ({ shape, error, ctx }) => {
    const data = errorDataOf(error, ctx?.requestId ?? '');
    const { code, httpStatus, path } = shape.data;
    return {
      ...shape,
      message: data.message,
      data: { code, httpStatus, ...(path === undefined ? {} : { path }), ...data.fields },
    };
  },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** What a service threw becomes tRPC's code, here alone; and every error leaves one line in the log. */
const errors = t.middleware(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const { code: given, cause = result.error } = result.error;
  const thrown = new TRPCError({ code: given, cause: await asShown(ctx.deps, cause) });
  const code = codeOf(thrown);
  const { message, fields } = errorDataOf(thrown, ctx.requestId);
  const error = new TRPCError({ code, message, cause: thrown.cause });
  const status = getHTTPStatusCodeFromError(error);
  const line = { requestId: ctx.requestId, path, code, reason: fields.reason };
  if (status >= 500) ctx.log.error({ ...line, error: error.cause }, 'procedure failed');
  else ctx.log.warn({ ...line, message }, 'procedure refused');
  throw error;
});

/** Text that the database cannot keep is refused wherever it stands, before anything else looks at it. */
const storable = t.middleware(async ({ getRawInput, next, type }) => {
  const given = await getRawInput();
  const issues = unstorable(given);
  if (issues.length > 0) throw new TRPCError({ code: 'BAD_REQUEST', cause: new UnstorableText(issues) });
  return type === 'query' ? next({ getRawInput: () => Promise.resolve(withoutDirection(given)) }) : next();
});

/** The client's infinite queries say whether they page forward or backward: our cursors lead one way. */
function withoutDirection(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('direction' in input)) return input;
  const { direction, ...rest } = input;
  return direction === 'forward' || direction === 'backward' ? rest : input;
}

/** Roles are checked before the input is: who may not ask learns nothing about the form. */
const signedIn = (needed: Role) =>
  t.middleware(async ({ ctx, next }) => {
    const user = await ctx.who;
    if (user === null) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'you must be signed in' });
    if (!atLeast(user.role, needed)) {
      throw new TRPCError({ code: 'FORBIDDEN', message: `this needs the role ${needed}; yours is ${user.role}` });
    }
    return next({ ctx: { ...ctx, user } });
  });

const anybody = t.middleware(async ({ ctx, next }) => next({ ctx: { ...ctx, user: await ctx.who } }));

/**
 * What an API token may never do, whatever its role: make, change or end what signs in. A stolen token ends with itself
 * then: it cannot make another one, nor an account or a join token that outlives it, nor take anybody's access away.
 */
const bySession = t.middleware(async ({ ctx, next }) => {
  const user = await ctx.who;
  if (user?.token === undefined) return next();
  const message = `an API token may not do this: sign in as ${user.email}`;
  throw new TRPCError({ code: 'FORBIDDEN', cause: new AppError('SESSION_NEEDED', message) });
});

/**
 * Manifests, previews and many flows cost seconds of a server. An account, with all its tokens, gets so much of one server
 * and no more: what it asks beside that waits, and in the end is refused.
 */
const work = makeTurnsEach({ most: 2, waiting: 16, patienceMs: 20_000 });
const RETRY_SECONDS = 5;
const inTurn = t.middleware(async ({ ctx, next }) => {
  const end = await work.take((await ctx.who)?.id ?? '');
  if (end === null) {
    const message = `your account asks for too much at once: ask again in ${RETRY_SECONDS} s`;
    throw new TRPCError({
      code: 'TOO_MANY_REQUESTS',
      cause: new AppError('TOO_MANY_ATTEMPTS', message, { retryAfter: RETRY_SECONDS }),
    });
  }
  try {
    return await next();
  } finally {
    end();
  }
});

const base = t.procedure.use(errors);
export const publicProcedure = base.use(anybody).use(storable);
export const viewerProcedure = base.use(signedIn('viewer')).use(storable);
export const editorProcedure = base.use(signedIn('editor')).use(storable);
/** for what costs much */
export const viewerWork = base.use(signedIn('viewer')).use(inTurn).use(storable);
export const editorWork = base.use(signedIn('editor')).use(inTurn).use(storable);
export const adminProcedure = base.use(signedIn('admin')).use(storable);
export const viewerSessionProcedure = base.use(signedIn('viewer')).use(bySession).use(storable);
export const adminSessionProcedure = base.use(signedIn('admin')).use(bySession).use(storable);
