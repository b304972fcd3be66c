/** The product's API as a program uses it: signed in by cookie, plain JSON. */

export interface Api {
  /** Resolves with the procedure's output; throws an ApiError for any other answer. */
  query<Output>(procedure: string, input?: unknown): Promise<Output>;
  mutate<Output>(procedure: string, input: unknown): Promise<Output>;
}

export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export interface Account {
  readonly email: string;
  readonly password: string;
}

/** The first account, by the one-time link. */
export async function createFirstAdmin(setupLink: string | null, account: Account & { name: string }): Promise<void> {
  if (setupLink === null) throw new Error('there is no setup link: the product has an account already');
  const link = new URL(setupLink);
  await apiOf(link.origin, '').mutate('setup.createAdmin', { token: link.searchParams.get('token'), ...account });
}

export async function signIn(base: string, { email, password }: Account): Promise<Api> {
  const answer = await fetch(`${base}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base },
    body: JSON.stringify({ email, password }),
  });
  if (!answer.ok) throw new ApiError(answer.status, 'NOT_SIGNED_IN', await answer.text());
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return apiOf(base, cookies.join('; '));
}

/** `cookie` is empty for nobody. */
export function apiOf(base: string, cookie: string): Api {
  const headers = { 'content-type': 'application/json', origin: base, cookie };
  return {
    query: (procedure, input) => {
      const asked = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
      return read(fetch(`${base}/api/trpc/${procedure}${asked}`, { headers }));
    },
    mutate: (procedure, input) =>
      read(fetch(`${base}/api/trpc/${procedure}`, { method: 'POST', headers, body: JSON.stringify(input) })),
  };
}

async function read<Output>(request: Promise<Response>): Promise<Output> {
  const answer = await request;
  const body = (await answer.json()) as {
    result?: { data: Output };
    error?: { message: string; data?: { reason?: string } };
  };
  if (body.result !== undefined) return body.result.data;
  throw new ApiError(answer.status, body.error?.data?.reason ?? '', body.error?.message ?? 'no answer');
}
