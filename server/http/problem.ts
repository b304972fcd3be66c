/** Errors that the edge answers itself, before any procedure is asked: in the shape of a procedure's error. */
import type { ServerResponse } from 'node:http';
import type { ErrorReason } from '../../core/wire/reasons.ts';
import { endHearingOut } from './hear-out.ts';

export interface Problem {
  readonly status: number;
  /** tRPC's word and number */
  readonly code: string;
  readonly number: number;
  readonly reason: ErrorReason;
  readonly message: string;
}

const known = {
  badRequest: { status: 400, code: 'BAD_REQUEST', number: -32600, reason: 'INVALID_INPUT' },
  unauthorized: { status: 401, code: 'UNAUTHORIZED', number: -32001, reason: 'NOT_SIGNED_IN' },
  tokenRefused: { status: 401, code: 'UNAUTHORIZED', number: -32001, reason: 'API_TOKEN_REFUSED' },
  sessionNeeded: { status: 403, code: 'FORBIDDEN', number: -32003, reason: 'SESSION_NEEDED' },
  forbidden: { status: 403, code: 'FORBIDDEN', number: -32003, reason: 'ORIGIN_REFUSED' },
  agentForbidden: { status: 403, code: 'FORBIDDEN', number: -32003, reason: 'AGENT_REFUSED' },
  agentUnauthorized: { status: 401, code: 'UNAUTHORIZED', number: -32001, reason: 'AGENT_REFUSED' },
  notFound: { status: 404, code: 'NOT_FOUND', number: -32004, reason: 'NOT_FOUND' },
  methodNotAllowed: { status: 405, code: 'METHOD_NOT_SUPPORTED', number: -32005, reason: 'INVALID_INPUT' },
  tooLarge: { status: 413, code: 'PAYLOAD_TOO_LARGE', number: -32013, reason: 'INVALID_INPUT' },
  nameTaken: { status: 409, code: 'CONFLICT', number: -32009, reason: 'NODE_NAME_TAKEN' },
  unsupported: { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', number: -32015, reason: 'INVALID_INPUT' },
  tooMany: { status: 429, code: 'TOO_MANY_REQUESTS', number: -32029, reason: 'TOO_MANY_ATTEMPTS' },
  internal: { status: 500, code: 'INTERNAL_SERVER_ERROR', number: -32603, reason: 'INTERNAL' },
  notReady: { status: 503, code: 'SERVICE_UNAVAILABLE', number: -32603, reason: 'NOT_READY' },
} as const satisfies Record<string, Omit<Problem, 'message'>>;

export const problem = (kind: keyof typeof known, message: string): Problem => ({ ...known[kind], message });

/** Sent once, and the connection ends with it when the body was not read to its end: who still sends it reads the answer all the same. */
export function sendProblem(res: ServerResponse, path: string, problem: Problem): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const { status, code, number, reason, message } = problem;
  const data = { code, httpStatus: status, path, reason, requestId: res.getHeader('x-request-id') };
  const body = { message, code, error: { message, code: number, data } };
  const { readableEnded, destroyed, method } = res.req;
  if (!readableEnded) res.setHeader('connection', 'close');
  if (readableEnded || destroyed || method === 'HEAD') sendJson(res, status, body);
  else endHearingOut(res, head(res, status, 'application/json', JSON.stringify(body)));
}

/** The same with how long to wait: whoever asks again sooner is refused again. */
export function sendTooMany(res: ServerResponse, path: string, seconds: number, message: string): void {
  res.setHeader('retry-after', String(seconds));
  sendProblem(res, path, problem('tooMany', message));
}

export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  sendText(res, status, 'application/json', JSON.stringify(body));
}

export function sendText(res: ServerResponse, status: number, type: string, text: string): void {
  head(res, status, type, text);
  res.end(res.req.method === 'HEAD' ? undefined : text);
}

function head(res: ServerResponse, status: number, type: string, text: string): string {
  res.statusCode = status;
  res.setHeader('content-type', `${type}; charset=utf-8`);
  res.setHeader('cache-control', 'no-store');
  res.setHeader('content-length', Buffer.byteLength(text));
  return text;
}
