/** A client for tests: plain HTTP, as a script would do it. */
import { ADMIN } from './test-server.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: parse(text) };
}

export const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

export const signIn = (address: string, who: { email: string; password: string } = ADMIN): Promise<Answer> =>
  post(`${address}/api/auth/sign-in/email`, who);

/** The cookie of a new session. */
export async function cookieOf(address: string, who: { email: string; password: string } = ADMIN): Promise<string> {
  const { status, headers, body } = await signIn(address, who);
  if (status !== 200) throw new Error(`sign-in: ${status} ${JSON.stringify(body)}`);
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

export const query = (address: string, path: string, input: unknown, cookie = ''): Promise<Answer> =>
  ask(
    `${address}/api/trpc/${path}${input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`}`,
    {
      headers: { cookie },
    },
  );

export const mutate = (address: string, path: string, input: unknown, cookie = ''): Promise<Answer> =>
  post(`${address}/api/trpc/${path}`, input, { cookie });

/** Makes an account with this role and signs in. */
export async function signedInAs(address: string, admin: string, role: string, email: string) {
  const account = { name: 'Someone', email, password: 'a password of theirs' };
  const made = await mutate(address, 'accounts.create', { ...account, role }, admin);
  if (made.status !== 200) throw new Error(`accounts.create: ${made.status} ${JSON.stringify(made.body)}`);
  return { id: made.body.result.data.account.id as string, email, cookie: await cookieOf(address, account) };
}

/** A new API token of whoever the cookie is. */
export async function makeApiToken(address: string, cookie: string, input: { name: string; role: string }) {
  const made = await mutate(address, 'apiTokens.create', input, cookie);
  if (made.status !== 200) throw new Error(`apiTokens.create: ${made.status} ${JSON.stringify(made.body)}`);
  const { apiToken, token } = made.body.result.data as { apiToken: { id: string }; token: string };
  return { id: apiToken.id, token };
}

/** Asks as a program with a token does: by GET, or with a body by POST. */
export const askWith = (address: string, token: string, path: string, body?: unknown): Promise<Answer> => {
  const headers = { authorization: `Bearer ${token}` };
  const url = `${address}/api/trpc/${path}`;
  return body === undefined ? ask(url, { headers }) : post(url, body, headers);
};

/** Makes a join token and joins with it. */
export async function joinNode(address: string, cookie: string, node: string): Promise<string> {
  const made = await mutate(address, 'joinTokens.create', { name: `for ${node}` }, cookie);
  const joined = await post(`${address}/agent/v1/join`, { token: made.body.result.data.token, node });
  if (joined.status !== 200) throw new Error(`join: ${joined.status} ${JSON.stringify(joined.body)}`);
  return joined.body.credential;
}

export interface Lines {
  readonly status: number;
  /** the next message that the test accepts; throws after `ms` (default: long, a loaded machine is slow) */
  next<T = unknown>(accept: (message: T) => boolean, ms?: number): Promise<T>;
  /** resolves when the server ends it */
  readonly ended: Promise<void>;
  close(): void;
}

/** Newline-delimited JSON, or with `sse` the events of an event stream as {id, event, data}. */
export async function openLines(url: string, headers: Record<string, string>, sse = false): Promise<Lines> {
  const abort = new AbortController();
  const answer = await fetch(url, { headers, signal: abort.signal });
  const seen: unknown[] = [];
  let wake: () => void = () => {};
  const read = async (): Promise<void> => {
    let buffer = '';
    const separator = sse ? '\n\n' : '\n';
    try {
      for await (const chunk of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
        buffer += chunk;
        for (let at = buffer.indexOf(separator); at >= 0; at = buffer.indexOf(separator)) {
          const part = buffer.slice(0, at);
          buffer = buffer.slice(at + separator.length);
          if (part.trim() !== '') seen.push(sse ? eventOf(part) : JSON.parse(part));
        }
        wake();
      }
    } catch {
      // cut off: that is an end too
    }
  };
  const ended = read();
  return {
    status: answer.status,
    ended,
    close: () => abort.abort(),
    next: async <T>(accept: (message: T) => boolean, ms = 25_000): Promise<T> => {
      const deadline = Date.now() + ms;
      for (;;) {
        const index = seen.findIndex((message) => accept(message as T));
        if (index >= 0) return seen.splice(0, index + 1)[index] as T;
        const left = deadline - Date.now();
        if (left <= 0)
          throw new Error(
            `nothing came in ${ms} ms that the test accepts; seen: ${JSON.stringify(seen).slice(0, 2000)}`,
          );
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}

export interface SseEvent {
  readonly id: string;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly data: any;
}

export const openEvents = (address: string, cookie: string, lastEventId?: string): Promise<Lines> => {
  const input = lastEventId === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify({ lastEventId }))}`;
  return openLines(`${address}/api/trpc/events.subscribe${input}`, { cookie, accept: 'text/event-stream' }, true);
};

export const openAgentStream = (address: string, credential: string, sequence?: number): Promise<Lines> =>
  openLines(`${address}/agent/v1/stream${sequence === undefined ? '' : `?sequence=${sequence}`}`, {
    authorization: `Bearer ${credential}`,
  });

function eventOf(part: string): SseEvent {
  const field = (name: string): string =>
    part
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  return { id: field('id'), event: field('event'), data: parse(field('data')) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
