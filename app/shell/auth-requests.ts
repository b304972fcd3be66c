/** Sign-in and sign-out are the one thing outside tRPC: they set the session cookie. Null, or the sentence to show. */
export const signIn = (email: string, password: string): Promise<string | null> =>
  post('/api/auth/sign-in/email', { email, password });

export const signOut = (): Promise<string | null> => post('/api/auth/sign-out', {});

async function post(path: string, body: unknown): Promise<string | null> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    return 'The server cannot be reached. Check that it runs, then try again.';
  }
  if (response.ok) return null;
  if (response.status === 429) {
    const wait = response.headers.get('retry-after') ?? response.headers.get('x-retry-after');
    return `Too many attempts. Wait ${wait === null ? 'a minute' : `${wait} s`}, then try again.`;
  }
  if (response.status === 401) return 'Email and password must match an account.';
  const answer: unknown = await response.json().catch(() => null);
  return messageOf(answer) ?? `The server refused it (HTTP ${response.status}).`;
}

function messageOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('message' in answer)) return null;
  return typeof answer.message === 'string' ? answer.message : null;
}
