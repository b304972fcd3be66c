/** One request to a test server, for setting tests up. The product's own client is what tests test, so this is another. */
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  /** parsed when it is JSON, else the text */
  readonly body: unknown;
}

export interface Target {
  /** `https://127.0.0.1:6443` */
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

/** A new connection each time, so that no request hangs on what a fault did to an older one. Rejects after 10 s. */
export function request(target: Target, method: string, path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${target.token}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': contentType(method) }),
    };
    const sent = httpsRequest(new URL(path, target.url), {
      method,
      headers,
      ca: target.ca,
      agent: false,
      timeout: 10_000,
    });
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} must be answered within 10 s`)));
    sent.on('error', reject);
    sent.on('response', (response) => {
      text(response).then((raw) => resolve({ status: response.statusCode ?? 0, body: parsed(raw) }), reject);
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The body of an answer below 300; throws with the server's message otherwise. */
export async function must(target: Target, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await request(target, method, path, body);
  if (answer.status < 300) return answer.body;
  throw new Error(`${method} ${path} must succeed; ${answer.status}: ${JSON.stringify(answer.body)}`);
}

const contentType = (method: string): string =>
  method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
