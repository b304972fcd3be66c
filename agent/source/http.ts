/** Requests to the server by node:http alone: fetch would cost the agent a third of its memory. */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { ErrorReason } from '../../core/wire/reasons.ts';
import { LARGE } from '../frugal.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
}
export interface Client {
  /** Rejects when there is no complete answer within the time (10 s), or one that is too long. */
  post(path: string, body: unknown, credential?: string): Promise<Answer>;
  /** Resolves when the headers are there; the caller reads the body, and `abort` ends it. */
  open(path: string, credential: string): { readonly response: Promise<IncomingMessage>; abort(): void };
  close(): void;
}

const PATIENCE = 10_000;

/** TLS is loaded for an https server alone: it costs four megabytes. */
export async function clientOf(base: URL, caFile: string | undefined): Promise<Client> {
  const tls = base.protocol === 'https:' ? await import('node:https') : undefined;
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  const agent = tls === undefined ? new HttpAgent({ keepAlive: true }) : new tls.Agent({ keepAlive: true, ...ca });
  const root = new URL(base);
  if (!root.pathname.endsWith('/')) root.pathname += '/';
  const begin = (method: string, path: string, credential: string | undefined, shared: boolean) => {
    const headers = credential === undefined ? {} : { authorization: `Bearer ${credential}` };
    const options = { method, headers, ...(shared ? { agent } : { agent: false, ...ca }) };
    return (tls?.request ?? httpRequest)(new URL(path, root), options);
  };
  return {
    async post(path, body, credential) {
      const { headers, bytes } = await packed(JSON.stringify(body));
      return new Promise((resolve, reject) => {
        const request = begin('POST', path, credential, true);
        const timer = setTimeout(() => request.destroy(new Error(`no answer within ${PATIENCE} ms`)), PATIENCE);
        const fail = (error: Error): void => {
          clearTimeout(timer);
          reject(error);
        };
        request.on('error', fail);
        request.on('response', (response) => {
          answerOf(response).then((text) => {
            clearTimeout(timer);
            resolve({ status: response.statusCode ?? 0, text });
          }, fail);
        });
        for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
        request.end(bytes);
      });
    },
    open(path, credential) {
      const request = begin('GET', path, credential, false);
      const response = new Promise<IncomingMessage>((resolve, reject) => {
        request.on('error', reject);
        request.on('response', resolve);
        request.end();
      });
      return { response, abort: () => request.destroy() };
    },
    close: () => agent.destroy(),
  };
}

/** Bytes. The server's own are a few hundred; what else answers at its address has no bound. */
export const LONGEST_ANSWER = 64 * 1024;

/** A body as text. Rejects when it is longer than LONGEST_ANSWER, and reads no more of it. */
export async function answerOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_ANSWER) throw new Error(`the answer must be at most ${LONGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

interface Packed {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: string | Buffer;
}

/** A long list of ranges packs to a tenth. The library is loaded when it is first needed: few nodes have so many. */
async function packed(json: string): Promise<Packed> {
  const headers = { 'content-type': 'application/json' };
  if (json.length < LARGE) return { headers, bytes: json };
  const { gzip } = await import('node:zlib');
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    // the fastest level: others save a twentieth more and take four times as long
    gzip(json, { level: 1 }, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
  return { headers: { ...headers, 'content-encoding': 'gzip' }, bytes };
}

/** The message of an error answer, else its first characters. */
export function said(text: string): string {
  const { message } = within(fieldsOf(text)['error']);
  return (typeof message === 'string' ? message : text).slice(0, 300);
}

/** Whether this is the server's own refusal: a status alone may be that of a proxy on the way. */
export const isRefusal = (text: string, reason: ErrorReason): boolean =>
  within(within(fieldsOf(text)['error'])['data'])['reason'] === reason;

/** Of a JSON object; of anything else none. */
export function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return within(JSON.parse(text));
  } catch {
    return {};
  }
}

const within = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
