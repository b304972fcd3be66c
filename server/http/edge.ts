/**
 * The one door. Every request gets an id, the security headers and one log line here, and every change that a browser asks
 * for is checked for its origin, before any room behind is asked. Rooms behind own a path prefix each.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Prefix } from '../../core/net/prefix.ts';
import { clientAddress } from './client-address.ts';
import type { Log } from './log.ts';
import { originRefusal } from './origin.ts';
import { problem, sendProblem } from './problem.ts';
import { requestId } from './request-id.ts';
import { contentSecurityPolicy, securityHeaders } from './security-headers.ts';

export interface Request {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** without the query, which may carry secrets and is never logged */
  readonly path: string;
  readonly id: string;
  /** the address of who asks (client-address.ts) */
  readonly client: string;
}

export interface Room {
  /** a path, or a prefix that ends in a slash; '/' answers what nobody else does */
  readonly path: string;
  handle(request: Request): Promise<void> | void;
  /** Whether the room answers this request without looking at its cookies: then there is nothing that a page of another site could borrow. */
  ignoresCookies?(req: IncomingMessage): boolean;
}

export interface EdgeOptions {
  readonly log: Log;
  readonly origins: ReadonlySet<string>;
  readonly secure: boolean;
  readonly dev: boolean;
  readonly trustedProxies: readonly Prefix[];
  /** the first that matches answers */
  readonly rooms: readonly Room[];
  readonly onAnswer: (answer: { room: string; status: number; seconds: number }) => void;
}

export function createEdge(options: EdgeOptions): Server {
  // a header or body that trickles in is cut by the first two, looked at every 5 s
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    connectionsCheckingInterval: 5_000,
    keepAliveTimeout: 10_000,
    // Next listens for upgrades from its first page on, and leaves open whatever is not its reload socket
    shouldUpgradeCallback: ({ url }) => options.dev && url?.startsWith('/_next/hmr') === true,
  });
  server.on('request', (req, res) => void answer(req, res, options));
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });
  return server;
}

async function answer(req: IncomingMessage, res: ServerResponse, options: EdgeOptions): Promise<void> {
  const start = performance.now();
  const id = requestId(req.headers['x-request-id']);
  const path = pathOf(req.url);
  const room = options.rooms.find((one) => matches(one.path, path ?? ''));
  prepare(req, res, id, options);
  res.once('close', () => {
    const seconds = (performance.now() - start) / 1000;
    options.onAnswer({ room: room?.path ?? 'none', status: res.statusCode, seconds });
    const line = { requestId: id, method: req.method, path, status: res.statusCode, ms: Math.round(seconds * 1000) };
    options.log[levelOf(res, path)]({ ...line, ...(res.writableFinished ? {} : { cut: true }) }, 'request');
  });
  if (path === null || !isReadable(path)) {
    return sendProblem(res, path ?? '', problem('badRequest', 'the path must be readable'));
  }
  if (/\bwebsocket\b/i.test(req.headers.upgrade ?? '')) {
    res.setHeader('connection', 'close');
    return sendProblem(
      res,
      path,
      problem('badRequest', 'the request must ask for no upgrade: there is no WebSocket here'),
    );
  }
  const refusal = room?.ignoresCookies?.(req) ? null : originRefusal(req.method ?? 'GET', req.headers, options.origins);
  if (refusal !== null) return sendProblem(res, path, problem('forbidden', refusal));
  if (room === undefined) return sendProblem(res, path, problem('notFound', `there is nothing at ${path}`));
  try {
    await room.handle({ req, res, path, id, client: clientAddress(req, options.trustedProxies) });
  } catch (error) {
    options.log.error({ requestId: id, path, error }, 'request failed');
    sendProblem(res, path, problem('internal', `something went wrong on the server (request ${id})`));
  }
}

/** Next takes the nonce for its own scripts from the request's policy; what a caller sent under these names is dropped. */
function prepare(req: IncomingMessage, res: ServerResponse, id: string, { secure, dev }: EdgeOptions): void {
  // of the random bytes that Node keeps for this: to ask the system for some takes as long as to look up a session
  const nonce = randomUUID() + randomUUID();
  res.setHeader('x-request-id', id);
  for (const [name, value] of securityHeaders({ nonce, secure, dev })) res.setHeader(name, value);
  req.headers['x-request-id'] = id;
  req.headers['x-nonce'] = nonce;
  req.headers['content-security-policy'] = contentSecurityPolicy({ nonce, secure, dev });
}

/** Canonical and without its query, so that no spelling of a path reaches another room than it says. */
function pathOf(url: string | undefined): string | null {
  try {
    const { pathname } = new URL(url ?? '/', 'http://outgate.invalid');
    return pathname;
  } catch {
    return null;
  }
}

/** Whether its percent signs stand for text: Next fails at one that does not. */
function isReadable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

const matches = (own: string, path: string): boolean => (own.endsWith('/') ? path.startsWith(own) : path === own);

function levelOf(res: ServerResponse, path: string | null): 'error' | 'warn' | 'info' | 'debug' {
  if (res.statusCode >= 500 && res.statusCode !== 503) return 'error';
  if (res.statusCode >= 400) return 'warn';
  return path === '/livez' || path === '/readyz' || path === '/metrics' || path?.startsWith('/_next/')
    ? 'debug'
    : 'info';
}
