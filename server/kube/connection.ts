/**
 * Requests to the API server over connections that are shared and kept: the Kubernetes client itself opens a new one for
 * each request. Calls and watches do not share any: a watch holds its connection, and is alone on it, so that one that has
 * died in silence takes nothing else with it and is never chosen again.
 */
import { Agent, buildConnector, type Dispatcher, request as send } from 'undici';
import { type CallPlaces, callPlaces } from './call-places.ts';
import type { Credentials } from './credentials.ts';
import { type Failure, failure, KubeError } from './kube-error.ts';
import { readFailure } from './read-failure.ts';

/** While we read an answer, the server must have others to work on; more than these do not finish sooner. Each has a connection of its own. */
export const CALLS_AT_A_TIME = 64;
/** Unused, a connection is kept for so long: sixty-four take 8 MB, and the API server ends them after 90 s, a balancer before it maybe sooner. */
const KEPT_MS = 15_000;
const CONNECT_MS = 5_000;
/** from the request to the head of the answer, and between two pieces of it */
const SILENCE_MS = 10_000;
/** A page of a list, at most: what is asked for in pages can be asked for in smaller ones. */
const LONGEST_ANSWER = 32 * 1024 * 1024;
/** of an answer that is not 2xx */
const LONGEST_FAILURE = 1024 * 1024;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** with its query, from `/api` or `/apis` on */
  readonly path: string;
  /** sent as JSON */
  readonly body?: unknown;
  /** of the body; by default application/json */
  readonly type?: string;
  readonly signal?: AbortSignal;
  /**
   * Asked right before it is written to its connection, for which it may have waited: false, and it is not sent, and rejects. A process
   * that was stopped meanwhile hears of no signal before that.
   */
  readonly mayGo?: () => boolean;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Connection {
  readonly server: string;
  /** A 2xx answer, parsed. Rejects with a KubeError, or with the signal's reason when it is aborted. */
  call(call: Call): Promise<Answer>;
  /** The body of a 2xx answer as it comes, on a connection of its own. Rejects as `call`; so does the stream. */
  stream(path: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>>;
  /** Ends all connections; what is under way rejects. */
  close(): Promise<void>;
}

export function openConnection(credentials: Credentials): Connection {
  const connect = connector(credentials);
  // else all wait for the first connection, one after the other, to learn which version of HTTP it speaks: for as long as a frozen server says nothing
  const allowH2 = false;
  const calls = new Agent({
    connect,
    allowH2,
    connections: CALLS_AT_A_TIME,
    keepAliveTimeout: KEPT_MS,
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
  });
  // pipelining 0: a connection serves one request and is closed
  const streams = new Agent({ connect, allowH2, pipelining: 0, headersTimeout: SILENCE_MS, bodyTimeout: 0 });
  const places = { calls: callPlaces(CALLS_AT_A_TIME), streams: callPlaces(Number.POSITIVE_INFINITY) };

  /** The answer, when it is 2xx. A token that is refused is read anew before we are told. */
  const ask = async (
    dispatcher: Agent,
    place: CallPlaces,
    { method, path, body, type, signal, mayGo }: Call,
  ): Promise<Dispatcher.ResponseData> => {
    const line = `${method} ${path}`;
    const headers = await credentials.headers().catch((error: unknown) => {
      credentials.renew();
      throw new KubeError(line, failure('unauthorized', messageOf(error)));
    });
    const asked = (): Promise<Dispatcher.ResponseData> =>
      send(`${credentials.server}${path}`, {
        dispatcher: mayGo === undefined ? dispatcher : dispatcher.compose(onlyIf(mayGo)),
        method,
        headers: {
          ...headers,
          accept: 'application/json',
          'user-agent': 'outgate',
          ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: signal ?? null,
      });
    const answer = await place(asked, signal).catch((error: unknown) =>
      Promise.reject(unreachable(line, error, signal)),
    );
    if (answer.statusCode >= 200 && answer.statusCode < 300) return answer;
    const text = await textOf(answer.body, LONGEST_FAILURE).catch(() => '');
    const retryAfter = answer.headers['retry-after'];
    const read = readFailure(answer.statusCode, text, typeof retryAfter === 'string' ? retryAfter : null);
    if (read.kind === 'unauthorized') credentials.renew();
    throw new KubeError(line, read);
  };

  return {
    server: credentials.server,
    async call(call) {
      const line = `${call.method} ${call.path}`;
      const { statusCode, body } = await ask(calls, places.calls, call);
      const text = await textOf(body, LONGEST_ANSWER).catch((error: unknown) =>
        Promise.reject(error instanceof TooLong ? tooLarge(line) : unreachable(line, error, call.signal)),
      );
      return { status: statusCode, body: parsed(line, text) };
    },
    async stream(path, signal) {
      const { body } = await ask(streams, places.streams, { method: 'GET', path, signal });
      return readable(`GET ${path}`, body, signal);
    },
    close: async () => {
      await Promise.all([calls.destroy(), streams.destroy()]);
    },
  };
}

/**
 * Each new connection reads its certificates: they are replaced in place while we run. HTTP/1.1 alone: over HTTP/2, calls that are
 * given up before they could be sent make Node write empty frames without end, until there is no memory (`given-up.cluster.test.ts`).
 */
function connector(credentials: Credentials): buildConnector.connector {
  return (options, callback) => {
    credentials.tls().then(
      (tls) =>
        buildConnector({ ...(tls as buildConnector.BuildOptions), allowH2: false, timeout: CONNECT_MS })(
          options,
          callback,
        ),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

/** A request that may go no more when its turn comes ends there. */
const onlyIf =
  (mayGo: () => boolean): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        if (mayGo()) handler.onRequestStart?.(controller, context);
        else controller.abort(new Error('it may be sent no more'));
      },
      onRequestUpgrade: (...told) => handler.onRequestUpgrade?.(...told),
      onResponseStart: (...told) => handler.onResponseStart?.(...told),
      onResponseData: (...told) => handler.onResponseData?.(...told),
      onResponseEnd: (...told) => handler.onResponseEnd?.(...told),
      onResponseError: (...told) => handler.onResponseError?.(...told),
    });

async function* readable(line: string, body: AsyncIterable<Buffer>, signal: AbortSignal): AsyncIterable<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw unreachable(line, error, signal);
  }
}

class TooLong extends Error {}

/** Rejects with TooLong after so many bytes, and lets the connection go. */
async function textOf(body: AsyncIterable<Buffer>, most: number): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > most) throw new TooLong();
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

const tooLarge = (line: string): KubeError =>
  new KubeError(line, failure('too-large', `the answer must be at most ${LONGEST_ANSWER / 1024 / 1024} MiB`));

function parsed(line: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const start = text.trim().slice(0, 100);
    throw new KubeError(line, failure('garbled', `the answer must be JSON; it begins with "${start}"`));
  }
}

/** What an abort was for is its caller's to say. */
function unreachable(line: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const read: Failure = failure('unreachable', silenceOf(error) ?? messageOf(error));
  return new KubeError(line, read);
}

/** What the client calls a timeout, by its code, as operators read it. */
const SILENCES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: `no connection within ${CONNECT_MS / 1000} s`,
  UND_ERR_HEADERS_TIMEOUT: `no answer within ${SILENCE_MS / 1000} s`,
  UND_ERR_BODY_TIMEOUT: `no more of the answer within ${SILENCE_MS / 1000} s`,
};

/** Where it waited itself: one that has a cause was told by the system, which says more. */
function silenceOf(error: unknown): string | undefined {
  const isOwn = error instanceof Error && error.cause === undefined && 'code' in error;
  return isOwn ? SILENCES[String(error.code)] : undefined;
}

/** The deepest cause speaks plainest (`connect ECONNREFUSED 127.0.0.1:6443`). */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  if (error.cause instanceof Error) return messageOf(error.cause);
  return error.message || error.name;
}
