/** What else may stand in an Authorization header, and beside it: never somebody's session instead. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { serverOfFile } from '../testing/file-server.ts';
import { ask, askWith, joinNode, makeApiToken, mutate, post, query } from '../testing/test-client.ts';
import { ADMIN } from '../testing/test-server.ts';

const server = serverOfFile({
  OUTGATE_ADMIN_EMAIL: ADMIN.email,
  OUTGATE_ADMIN_PASSWORD: ADMIN.password,
  OUTGATE_TRUSTED_PROXIES: '127.0.0.0/8',
});
const make = async (name: string, role = 'viewer') =>
  (await makeApiToken(server.address, server.cookie, { name, role })).token;
let clients = 0;
/** An address that nothing was refused to. */
const freshClient = () => `198.51.100.${++clients}`;

/** One GET with these header lines, byte by byte; an admin's cookie is always there. */
async function raw(...lines: string[]): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(server.address);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.on('error', () => {}); // cut while a large header was sent
  const head = ['GET /api/trpc/pools.list HTTP/1.1', 'Host: x', 'Connection: close', `Cookie: ${server.cookie}`];
  socket.write([...head, `X-Forwarded-For: ${freshClient()}`, ...lines, '', ''].join('\r\n'));
  await once(socket, 'close');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text };
}

test('an unusable header is refused, and the cookie beside it is worth nothing', async () => {
  const token = await make('headers');
  expect((await raw()).status).toBe(200);
  for (const good of [`Bearer ${token}`, `bearer ${token}`, `BEARER  ${token}`]) {
    expect([good, (await raw(`Authorization: ${good}`)).status]).toEqual([good, 200]);
  }
  for (const lines of [
    ['Authorization:'],
    ['Authorization: Bearer'],
    ['Authorization: Bearer '],
    [`Authorization: ${token}`],
    [`Authorization: Token ${token}`],
    [`Authorization: Bearer ${token} ${token}`],
    [`Authorization: Bearer ${token}, Bearer ${token}`],
    [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`],
    [`Authorization: Bearer ${token}`, 'Authorization: Bearer'],
    [`Authorization: Bearer ${token}x`],
    [`Authorization: Bearer ${token.slice(0, -1)}`],
    [`Authorization: Bearer ${token.replace('outgate_', 'OUTGATE_')}`],
    [`Authorization: Bearer outgate_${'A'.repeat(43)}`],
    [`Authorization: Bearer ${token.slice(0, -1)}\u00e9`],
    [`Authorization: Bearer ${'x'.repeat(10_000)}`],
    [`Authorization: Bearer ' OR 1=1 --`],
  ]) {
    const { status, text } = await raw(...lines);
    expect([lines, status]).toEqual([lines, 401]);
    expect(text).toContain('API_TOKEN_REFUSED');
    expect(text).not.toContain(token);
  }
  // no request at all
  for (const value of [`Bearer ${token}\0`, `Bearer ${'x'.repeat(100_000)}`]) {
    const { status, text } = await raw(`Authorization: ${value}`);
    expect([400, 431, 0]).toContain(status);
    expect(text).not.toContain('"pools"');
  }
  expect((await raw()).status).toBe(200);
});

test("a proxy's own sign-in is none of ours: the cookie holds beside it", async () => {
  expect((await raw('Authorization: Basic YTpi')).status).toBe(200);
  expect((await raw('Authorization: Negotiate YII=')).status).toBe(200);
  const token = await make('behind basic');
  expect((await raw('Authorization: Basic YTpi', `Authorization: Bearer ${token}`)).status).toBe(200);
});

test('a token and a cookie together are the token alone', async () => {
  const token = await make('beside');
  const headers = { authorization: `Bearer ${token}`, cookie: server.cookie };
  const create = await post(
    `${server.address}/api/trpc/pools.create`,
    { name: 'a', spec: { cidr: '10.0.0.0/8' } },
    headers,
  );
  expect([create.status, create.body.error.data.reason]).toEqual([403, 'ROLE_TOO_LOW']);
  const session = await ask(`${server.address}/api/trpc/session.get`, { headers });
  expect(session.body.result.data.user.role).toBe('viewer');
});

test('a program may name any origin; a page with a cookie may not, whatever else it sends', async () => {
  const token = await make('origin', 'editor');
  const origin = { origin: 'https://ci.example', 'sec-fetch-site': 'cross-site' };
  const create = (headers: Record<string, string>, name: string, cidr: string) =>
    post(`${server.address}/api/trpc/pools.create`, { name, spec: { cidr } }, { ...origin, ...headers });
  expect((await create({ authorization: `Bearer ${token}` }, 'b', '10.2.0.0/16')).status).toBe(200);
  const { cookie } = server;
  for (const [headers, status] of [
    [{ cookie }, 403],
    [{ cookie, authorization: 'Basic YTpi' }, 403],
    [{ cookie, authorization: 'Bearer x' }, 401],
    [{ cookie, authorization: '' }, 401],
  ] as const) {
    expect([headers, (await create(headers, 'c', '10.3.0.0/16')).status]).toEqual([headers, status]);
  }
  const foreign = await post(
    `${server.address}/api/auth/sign-out`,
    {},
    { ...origin, cookie, authorization: `Bearer ${token}` },
  );
  expect([foreign.status, foreign.body.error.data.reason]).toEqual([403, 'ORIGIN_REFUSED']);
});

test('signing in, signing out and passwords are for sessions', async () => {
  const token = await make('auth', 'admin');
  const headers = { authorization: `Bearer ${token}`, cookie: server.cookie };
  const change = { currentPassword: ADMIN.password, newPassword: 'another long password' };
  for (const [path, body] of [
    ['change-password', change],
    ['sign-in/email', ADMIN],
    ['sign-out', {}],
  ] as const) {
    const answer = await post(`${server.address}/api/auth/${path}`, body, headers);
    expect([path, answer.status, answer.body.error.data.reason]).toEqual([path, 403, 'SESSION_NEEDED']);
  }
  expect((await query(server.address, 'accounts.list', undefined, server.cookie)).status).toBe(200);
});

test('what agents sign in with is no token, and a token is nothing to the agents’ doors', async () => {
  const credential = await joinNode(server.address, server.cookie, 'no-token');
  const made = await mutate(server.address, 'joinTokens.create', { name: 'x' }, server.cookie);
  for (const secret of [credential, made.body.result.data.token, `outgate_${credential}`]) {
    const answer = await askWith(server.address, secret, 'pools.list');
    expect([answer.status, answer.body.error.data.reason]).toEqual([401, 'API_TOKEN_REFUSED']);
  }
  const token = await make('agents', 'admin');
  const headers = { authorization: `Bearer ${token}` };
  expect((await ask(`${server.address}/agent/v1/stream`, { headers })).status).toBe(401);
  expect((await post(`${server.address}/agent/v1/join`, { token, node: 'x' })).status).toBe(401);
});

describe('limits', () => {
  const from = (client: string, token: string) =>
    ask(`${server.address}/api/trpc/pools.list`, {
      headers: { 'x-forwarded-for': client, authorization: `Bearer ${token}` },
    });
  const guess = (letter: string, i = 0) => `outgate_${String(i).padStart(43, letter)}`;

  test('ten refusals of one token and fifty of one address end what is looked up for a minute', async () => {
    const [good, unused] = [await make('limits'), await make('not used yet')];
    const client = freshClient();
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await from(client, guess('B')));
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429, 429]);
    expect(Number(answers[11]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers[11]?.body.error.data.reason).toBe('TOO_MANY_ATTEMPTS');
    // a forgotten job closes the door to itself alone
    expect((await from(client, good)).status).toBe(200);
    for (let i = 0; i < 40; i++) expect((await from(client, guess('C', i))).status).toBe(401);
    expect((await from(client, guess('D'))).status).toBe(429);
    expect((await from(client, unused)).status).toBe(429);
    expect((await from(freshClient(), unused)).status).toBe(200);
    // what was good before, and who is signed in at that address, are not touched
    expect((await from(client, good)).status).toBe(200);
    expect((await from(client, unused)).status).toBe(200);
    const headers = { 'x-forwarded-for': client, cookie: server.cookie };
    expect((await ask(`${server.address}/api/trpc/pools.list`, { headers })).status).toBe(200);
  });

  test('of many at once no more are looked up; a new token that is good is none of them', async () => {
    const [client, others] = [freshClient(), freshClient()];
    const statuses: number[] = [];
    const guesses = await server.db.transaction(async (tx) => {
      // no lookup is answered while this is held
      await tx.query('LOCK TABLE api_token IN ACCESS EXCLUSIVE MODE');
      const asked = Array.from({ length: 80 }, async (_, i) =>
        statuses.push((await from(client, guess('E', i))).status),
      );
      await vi.waitFor(() => expect(statuses).toEqual(Array(30).fill(429)), { timeout: 5_000 });
      return asked;
    });
    await Promise.all(guesses);
    expect(statuses.slice(30)).toEqual(Array(50).fill(401));
    const same = await Promise.all(Array.from({ length: 30 }, () => from(others, guess('F'))));
    expect(same.filter(({ status }) => status === 401)).toHaveLength(10);
    const good = await make('many at once');
    const used = await Promise.all(Array.from({ length: 60 }, () => from(others, good)));
    expect(used.filter(({ status }) => status === 200)).toHaveLength(60);
  });

  test('a token that was good and was revoked is refused at once, and counted like any other', async () => {
    const { id, token } = await makeApiToken(server.address, server.cookie, { name: 'revoked', role: 'viewer' });
    const client = freshClient();
    expect((await from(client, token)).status).toBe(200);
    await mutate(server.address, 'apiTokens.revoke', { id }, server.cookie);
    const answers = [];
    for (let i = 0; i < 11; i++) answers.push((await from(client, token)).status);
    expect(answers).toEqual([...Array(10).fill(401), 429]);
  });
});
