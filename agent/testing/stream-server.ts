/** A small real HTTP server that speaks /agent/v1, for tests and benchmarks: what it is told to send, it sends. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { ClusterSettings } from '../../core/nat/settings.ts';
import type { Pool } from '../../core/pool/spec.ts';
import type { Report } from '../../core/wire/report.ts';
import { addShare, poolShare, removeShare, revisionOf } from '../../core/wire/revision.ts';
import type { EffectiveState, StreamMessage } from '../../core/wire/state.ts';

export interface StreamServer {
  readonly url: string;
  readonly port: number;
  readonly reports: Report[];
  readonly joins: { token: string; node: string }[];
  /** `sequence` of each stream that was opened, null for none */
  readonly opened: (number | null)[];
  /** Changes pools and sends the delta; returns the new revision. */
  change(upsert: readonly Pool[], remove?: readonly string[], settings?: ClusterSettings): string;
  /** Sends any line to every stream. */
  send(message: unknown): void;
  /** Ends all streams; with `silent` new ones get no byte after their headers. */
  cut(silent?: boolean): void;
  /** From now on every credential given so far is refused. */
  revoke(): void;
  /** From now on another agent is served: every stream is refused. */
  serveAnother(): void;
  state(): EffectiveState;
  /** Resolves with the first report (from now on, or the last one) that fits. */
  reported(fits: (report: Report) => boolean, timeout?: number): Promise<Report>;
  close(): Promise<void>;
}

export async function streamServer(
  initial: readonly Pool[],
  port = 0,
  token = 'test-token',
  tls?: { readonly key: string; readonly cert: string },
): Promise<StreamServer> {
  const pools = new Map(initial.map((pool) => [pool.name, pool]));
  let sum = initial.reduce((total, pool) => addShare(total, poolShare(pool)), 0n);
  let settings: ClusterSettings = { global: {}, nodes: {} };
  let sequence = 1;
  let credentials = new Set<string>();
  let quiet = false;
  let another = false;
  const streams = new Set<ServerResponse>();
  const deltas: Extract<StreamMessage, { type: 'delta' }>[] = [];
  const waiting = new Set<(report: Report) => void>();
  const reports: Report[] = [];
  const joins: { token: string; node: string }[] = [];
  const opened: (number | null)[] = [];
  const revision = (): string => revisionOf(sum, settings, []);
  const state = (): EffectiveState => ({
    sequence,
    revision: revision(),
    pools: [...pools.values()],
    settings,
    hosts: [],
  });
  const write = (message: unknown): void => {
    for (const stream of streams) stream.write(`${JSON.stringify(message)}\n`);
  };
  const beat = setInterval(() => quiet || write({ type: 'heartbeat' }), 5000);

  const stream = (request: IncomingMessage, response: ServerResponse): void => {
    const asked = new URL(request.url ?? '', 'http://x').searchParams.get('sequence');
    opened.push(asked === null ? null : Number(asked));
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
    if (quiet) return;
    const from = deltas.findIndex((delta) => delta.from === Number(asked));
    if (asked !== null && Number(asked) === sequence) response.write('{"type":"heartbeat"}\n');
    else if (asked !== null && from >= 0) {
      for (const delta of deltas.slice(from)) response.write(`${JSON.stringify(delta)}\n`);
    } else response.write(`${JSON.stringify({ type: 'snapshot', state: state() })}\n`);
    streams.add(response);
    response.on('close', () => streams.delete(response));
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
      if (request.url === '/agent/v1/join') {
        const join = JSON.parse(body) as { token: string; node: string };
        if (join.token !== token) return void response.writeHead(401).end('{"error":{"message":"no such token"}}');
        joins.push(join);
        const credential = `credential-${joins.length}-0123456789`;
        credentials.add(credential);
        return void response.writeHead(200).end(JSON.stringify({ node: join.node, credential }));
      }
      if (!credentials.has((request.headers.authorization ?? '').slice('Bearer '.length))) {
        return void response.writeHead(401).end('{"error":{"data":{"reason":"AGENT_REFUSED"}}}');
      }
      if (another) return void response.writeHead(409).end('{"error":{"data":{"reason":"NODE_NAME_TAKEN"}}}');
      if (request.url?.startsWith('/agent/v1/stream')) return stream(request, response);
      const report = JSON.parse(body) as Report;
      reports.push(report);
      for (const one of waiting) one(report);
      response.writeHead(200).end('{}');
    });
  };
  const server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;

  return {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${bound}`,
    port: bound,
    reports,
    joins,
    opened,
    state,
    send: write,
    change(upsert, remove = [], changed) {
      for (const name of [...remove, ...upsert.map((pool) => pool.name)]) {
        const old = pools.get(name);
        if (old !== undefined) sum = removeShare(sum, poolShare(old));
        pools.delete(name);
      }
      for (const pool of upsert) {
        sum = addShare(sum, poolShare(pool));
        pools.set(pool.name, pool);
      }
      settings = changed ?? settings;
      const delta = {
        type: 'delta' as const,
        from: sequence++,
        sequence,
        revision: revision(),
        upsert: [...upsert],
        remove: [...remove],
        ...(changed === undefined ? {} : { settings: changed }),
      };
      deltas.push(delta);
      write(delta);
      return delta.revision;
    },
    cut(silent = false) {
      quiet = silent;
      for (const one of streams) one.destroy();
    },
    revoke() {
      credentials = new Set();
    },
    serveAnother() {
      another = true;
    },
    reported(fits, timeout = 30_000) {
      const last = reports.at(-1);
      if (last !== undefined && fits(last)) return Promise.resolve(last);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no such report came')), timeout);
        const look = (report: Report): void => {
          if (!fits(report)) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(report);
        };
        waiting.add(look);
      });
    },
    async close() {
      clearInterval(beat);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
