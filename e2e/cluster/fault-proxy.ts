/**
 * A way to a real API server on which things go wrong. It answers in the server's name (with its certificate and key), so
 * that clients verify it as they verify the server, and passes on what it is not told to spoil.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from './request.ts';
import type { Reachable } from './start-api-server.ts';

export type Fault =
  /** the connection of each request is reset */
  | { readonly kind: 'reset' }
  /** requests are taken and never answered */
  | { readonly kind: 'hang' }
  /** each request is answered with this instead */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: OutgoingHttpHeaders;
      readonly body?: string;
    }
  /** each request waits */
  | { readonly kind: 'delay'; readonly ms: number }
  /** each answer ends after so many bytes as if it were complete */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** each answer is this instead of what the server said; of a watch each line */
  | { readonly kind: 'rewrite'; readonly answer: (said: unknown) => unknown };

export interface FaultProxy {
  readonly url: string;
  /** As `Reachable.as`, by way of the proxy. */
  as(user: string): Target;
  /** What happens from now on to requests whose method and path (`GET /api/v1/nodes?watch=true`) match; open streams stay. */
  fail(fault: Fault, matching?: RegExp): void;
  /** Nothing is spoiled any more; what was cut stays cut. */
  heal(): void;
  /** All connections that are open now carry nothing any more, and neither side is told. New ones work. */
  cut(): void;
  /** Writes a line into each open watch whose method and path match, as if the server had sent it. Returns how many there were. */
  inject(line: string, matching?: RegExp): number;
  /** Watches that the server has taken and that are neither over nor cut. */
  watches(): number;
  /** Resets each connection that is open now. */
  resetAll(): void;
  /** Connections that clients have opened since the start. */
  opened(): number;
  /** Requests so far, as method and path. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

interface Exchange {
  readonly socket: Socket;
  readonly response: ServerResponse;
  readonly line: string;
  /** stops passing on, without a word to either side */
  freeze(): void;
}

export async function startFaultProxy(server: Reachable): Promise<FaultProxy> {
  const cert = readFileSync(server.caFile);
  const upstream = new Agent({ keepAlive: true, ca: cert });
  const sockets = new Set<Socket>();
  const frozen = new WeakSet<Socket>();
  const exchanges = new Set<Exchange>();
  const requests: string[] = [];
  let opened = 0;
  let fault: Fault | null = null;
  let matches = (_line: string): boolean => true;

  // a TLS connection cannot be reset, but what carries it can
  const carriers = new Map<number | undefined, Socket>();
  const reset = (socket: Socket): void => void carriers.get(socket.remotePort)?.resetAndDestroy();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { socket } = request;
    const line = `${request.method} ${request.url}`;
    if (frozen.has(socket)) return;
    requests.push(line);
    const now = fault !== null && matches(line) ? fault : null;
    if (now?.kind === 'hang') return;
    if (now?.kind === 'reset') return reset(socket);
    if (now?.kind === 'answer') {
      response.writeHead(now.status, now.headers).end(now.body);
      return;
    }
    if (now?.kind === 'delay') await sleep(now.ms);
    pass(
      request,
      response,
      now?.kind === 'truncate' ? now.bytes : Number.POSITIVE_INFINITY,
      now?.kind === 'rewrite' ? now.answer : null,
    );
  };

  const pass = (
    request: IncomingMessage,
    response: ServerResponse,
    limit: number,
    rewrite: ((said: unknown) => unknown) | null,
  ): void => {
    const { socket } = request;
    const { host: _, ...headers } = request.headers;
    const options = { method: request.method ?? 'GET', path: request.url ?? '/', headers, agent: upstream };
    const sent = httpsRequest({ host: '127.0.0.1', port: server.port, ...options });
    sent.on('error', () => frozen.has(socket) || reset(socket));
    sent.on('response', (answer) => {
      if (frozen.has(socket) || response.destroyed) return;
      if (limit < Number.POSITIVE_INFINITY || rewrite !== null) delete answer.headers['content-length'];
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      if (rewrite !== null) {
        // an answer that is one line has no line end
        const lines = createInterface({ input: answer });
        lines.on('line', (line) => void response.write(`${JSON.stringify(rewrite(JSON.parse(line)))}\n`));
        lines.on('close', () => response.end());
        lines.on('error', () => reset(socket));
        return;
      }
      let left = limit;
      answer.on('data', (chunk: Buffer) => {
        if (frozen.has(socket) || left <= 0) return;
        response.write(chunk.subarray(0, Math.min(chunk.length, left)));
        left -= chunk.length;
        if (left <= 0) response.end();
      });
      answer.on('end', () => frozen.has(socket) || response.end());
      answer.on('error', () => frozen.has(socket) || reset(socket));
    });
    request.pipe(sent);
    const exchange: Exchange = {
      socket,
      response,
      line: `${request.method} ${request.url}`,
      freeze: () => request.unpipe(sent),
    };
    exchanges.add(exchange);
    response.on('close', () => {
      exchanges.delete(exchange);
      sent.destroy();
    });
  };

  const front = createServer({ cert, key: readFileSync(server.keyFile), requestTimeout: 0 }, (request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  front.on('connection', (connection) => {
    const carrier = connection as Socket;
    const port = carrier.remotePort;
    carriers.set(port, carrier);
    carrier.on('close', () => carriers.delete(port));
  });
  front.on('secureConnection', (socket) => {
    opened++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const url = `https://127.0.0.1:${(front.address() as AddressInfo).port}`;

  const open = (): Exchange[] =>
    [...exchanges].filter(
      ({ line, socket, response }) => /[?&]watch=(true|1)/.test(line) && response.headersSent && !frozen.has(socket),
    );

  return {
    url,
    as: (user) => ({ ...server.as(user), url }),
    fail(next, matching = /^/) {
      fault = next;
      matches = (line) => matching.test(line);
    },
    heal() {
      fault = null;
    },
    cut() {
      for (const socket of sockets) frozen.add(socket);
      for (const exchange of exchanges) exchange.freeze();
    },
    inject(line, matching = /^/) {
      const watches = open().filter((one) => matching.test(one.line));
      for (const { response } of watches) response.write(`${line}\n`);
      return watches.length;
    },
    watches: () => open().length,
    resetAll() {
      for (const socket of sockets) reset(socket);
    },
    opened: () => opened,
    requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      upstream.destroy();
      await new Promise<void>((closed) => front.close(() => closed()));
    },
  };
}
