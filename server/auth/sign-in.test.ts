import { describe, expect, test } from 'vitest';
import { serverOfFile } from '../testing/file-server.ts';
import { ask, cookieOf, mutate, post, query, signIn } from '../testing/test-client.ts';
import { ADMIN, startServer } from '../testing/test-server.ts';

const server = serverOfFile();

const newAccount = async (role: string, email: string) => {
  const cookie = await cookieOf(server.address);
  const account = { name: 'Someone', email, password: 'a password of theirs', role };
  const made = await mutate(server.address, 'accounts.create', account, cookie);
  expect(made.status).toBe(200);
  return { id: made.body.result.data.account.id as string, email, password: account.password };
};

describe('sign-in', () => {
  test('a session is one cookie that no script can read, and its token is nowhere else', async () => {
    const { status, headers, body } = await signIn(server.address);
    expect(status).toBe(200);
    const [cookie] = headers.getSetCookie();
    expect(cookie).toMatch(/^outgate\.session_token=/);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(JSON.stringify(body)).not.toContain('token');
    const session = await query(server.address, 'session.get', undefined, cookie?.split(';')[0]);
    expect(session.body.result.data).toMatchObject({
      user: { email: ADMIN.email, role: 'admin' },
      setupNeeded: false,
      lab: false,
    });
  });

  test('with an https address the cookie is for https alone', async () => {
    const other = await startServer(server.databaseUrl, { OUTGATE_URL: 'https://outgate.example' });
    try {
      const [cookie] = (await signIn(other.address)).headers.getSetCookie();
      expect(cookie).toMatch(/^__Secure-outgate\.session_token=/);
      expect(cookie).toMatch(/; Secure/);
    } finally {
      await other.stop();
    }
  });

  test('a wrong password, an unknown address and garbage are refused alike, without a cookie', async () => {
    for (const who of [
      { email: ADMIN.email, password: 'not the password' },
      { email: 'nobody@outgate.example', password: 'not the password' },
    ]) {
      const { status, headers, body } = await signIn(server.address, who);
      expect(status).toBe(401);
      expect(headers.getSetCookie()).toEqual([]);
      expect(body.code).toBe('INVALID_EMAIL_OR_PASSWORD');
    }
    for (const body of ['', '{', '[]', '{"email":1}', 'null']) {
      const answer = await post(`${server.address}/api/auth/sign-in/email`, body);
      expect(answer.status).toBe(400);
      expect(answer.body.message).toMatch(/email and password/);
    }
  });

  test('signing up, and everything else that the library could do, is closed', async () => {
    for (const path of [
      'sign-up/email',
      'update-user',
      'delete-user',
      'request-password-reset',
      'admin/set-role',
      'sign-in/social',
    ]) {
      const answer = await post(`${server.address}/api/auth/${path}`, {
        email: 'x@outgate.example',
        password: 'long enough 123',
        name: 'x',
      });
      expect(answer.status).toBe(404);
    }
  });

  test('five failures in a minute close the account for that address, and success opens nothing for others', async () => {
    const someone = await newAccount('viewer', 'limited@outgate.example');
    const guesses = await Promise.all(
      Array.from({ length: 8 }, () => signIn(server.address, { ...someone, password: 'a wrong guess' })),
    );
    expect(guesses.filter((one) => one.status === 401)).toHaveLength(5);
    const refused = guesses.filter((one) => one.status === 429);
    expect(refused).toHaveLength(3);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]?.body.error.data.reason).toBe('TOO_MANY_ATTEMPTS');
    // the right password is not tried any more, on this server or another one
    const other = await startServer(server.databaseUrl);
    try {
      expect((await signIn(other.address, someone)).status).toBe(429);
    } finally {
      await other.stop();
    }
    expect((await signIn(server.address)).status).toBe(200);
    await server.db.query('DELETE FROM rate_limit');
    expect((await signIn(server.address, someone)).status).toBe(200);
  });

  test('many good sign-ins are no attempts', async () => {
    const answers = [];
    for (let index = 0; index < 12; index++) answers.push((await signIn(server.address)).status);
    expect(new Set(answers)).toEqual(new Set([200]));
  });

  test('signing out ends the session', async () => {
    const cookie = await cookieOf(server.address);
    expect((await query(server.address, 'accounts.list', undefined, cookie)).status).toBe(200);
    expect((await post(`${server.address}/api/auth/sign-out`, {}, { cookie })).status).toBe(200);
    expect((await query(server.address, 'accounts.list', undefined, cookie)).status).toBe(401);
  });

  test('a session that is in use is extended, and one that has run out is over', async () => {
    const cookie = await cookieOf(server.address);
    const asked = async () => (await query(server.address, 'accounts.list', undefined, cookie)).status;
    const runsFor = async (interval: string) => {
      const newest = '(SELECT id FROM session ORDER BY created_at DESC LIMIT 1)';
      await server.db.query(`UPDATE session SET expires_at = now() + $1::interval WHERE id = ${newest}`, [interval]);
    };
    expect(await asked()).toBe(200);
    await runsFor('1 day');
    expect(await asked()).toBe(200);
    const extended = `SELECT id FROM session WHERE expires_at BETWEEN now() AND now() + interval '2 days'`;
    expect(await server.db.query(extended)).toEqual([]);
    await runsFor('-1 second');
    expect(await asked()).toBe(401);
  });
});

describe('accounts', () => {
  test('a viewer may look and nothing else; who is not signed in may not look', async () => {
    const viewer = await newAccount('viewer', 'viewer@outgate.example');
    const cookie = await cookieOf(server.address, viewer);
    expect((await query(server.address, 'pools.list', {}, cookie)).status).toBe(200);
    for (const path of [
      'accounts.create',
      'accounts.setRole',
      'joinTokens.create',
      'nodes.forget',
      'lab.probe',
      'pools.create',
    ]) {
      const answer = await mutate(server.address, path, {}, cookie);
      expect([path, answer.status, answer.body.error?.data.reason]).toEqual([path, 403, 'ROLE_TOO_LOW']);
    }
    expect((await query(server.address, 'pools.list', {})).body.error.data.reason).toBe('NOT_SIGNED_IN');
  });

  test('the last admin stays an admin, also when two admins are demoted at once', async () => {
    const cookie = await cookieOf(server.address);
    const { accounts } = (await query(server.address, 'accounts.list', undefined, cookie)).body.result.data;
    const ada = accounts.find((one: { email: string }) => one.email === ADMIN.email);
    for (const [path, input] of [
      ['accounts.setRole', { id: ada.id, role: 'viewer' }],
      ['accounts.remove', { id: ada.id }],
    ] as const) {
      const answer = await mutate(server.address, path, input, cookie);
      expect([answer.status, answer.body.error.data.reason]).toEqual([409, 'LAST_ADMIN']);
    }
    const second = await newAccount('admin', 'second@outgate.example');
    const answers = await Promise.all(
      [ada.id, second.id].map((id) => mutate(server.address, 'accounts.setRole', { id, role: 'viewer' }, cookie)),
    );
    expect(answers.map((one) => one.status).sort()).not.toEqual([200, 200]);
    const [row] = await server.db.query<{ admins: number }>(
      `SELECT count(*)::int AS admins FROM "user" WHERE role = 'admin'`,
    );
    expect(row?.admins).toBe(1);
    await server.db.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [ada.id]);
  });

  test('a new password ends the sessions of the old one, and the old one signs in no more', async () => {
    const someone = await newAccount('editor', 'changed@outgate.example');
    const theirs = await cookieOf(server.address, someone);
    const admin = await cookieOf(server.address);
    const short = await mutate(server.address, 'accounts.setPassword', { id: someone.id, password: 'short' }, admin);
    expect(short.body.error.data.issues).toEqual([
      { field: 'password', message: 'the password must have at least 12 characters' },
    ]);
    const set = await mutate(
      server.address,
      'accounts.setPassword',
      { id: someone.id, password: 'another password' },
      admin,
    );
    expect(set.status).toBe(200);
    expect((await query(server.address, 'pools.list', {}, theirs)).status).toBe(401);
    expect((await signIn(server.address, someone)).status).toBe(401);
    expect((await signIn(server.address, { ...someone, password: 'another password' })).status).toBe(200);
  });

  test('a removed account is signed out, and an address can have one account', async () => {
    const someone = await newAccount('admin', 'gone@outgate.example');
    const theirs = await cookieOf(server.address, someone);
    const admin = await cookieOf(server.address);
    const twice = await mutate(
      server.address,
      'accounts.create',
      { name: 'Twice', email: 'GONE@outgate.example', password: 'long enough for it', role: 'viewer' },
      admin,
    );
    expect(twice.body.error.data.reason).toBe('EMAIL_TAKEN');
    expect((await mutate(server.address, 'accounts.remove', { id: someone.id }, admin)).status).toBe(200);
    expect((await query(server.address, 'accounts.list', undefined, theirs)).status).toBe(401);
  });

  test('a role holds from the next request on', async () => {
    const someone = await newAccount('admin', 'demoted@outgate.example');
    const theirs = await cookieOf(server.address, someone);
    expect((await query(server.address, 'accounts.list', undefined, theirs)).status).toBe(200);
    const admin = await cookieOf(server.address);
    await mutate(server.address, 'accounts.setRole', { id: someone.id, role: 'viewer' }, admin);
    expect((await query(server.address, 'accounts.list', undefined, theirs)).status).toBe(403);
  });

  test('changing the own password needs the old one and ends the other sessions', async () => {
    const someone = await newAccount('viewer', 'own@outgate.example');
    const here = await cookieOf(server.address, someone);
    const elsewhere = await cookieOf(server.address, someone);
    const url = `${server.address}/api/auth/change-password`;
    const wrong = await post(
      url,
      { currentPassword: 'not it at all', newPassword: 'a newer password' },
      { cookie: here },
    );
    expect(wrong.status).toBe(400);
    const right = await post(
      url,
      { currentPassword: someone.password, newPassword: 'a newer password' },
      { cookie: here },
    );
    expect(right.status).toBe(200);
    expect((await query(server.address, 'pools.list', {}, elsewhere)).status).toBe(401);
    expect((await ask(url, { method: 'POST' })).status).toBe(400);
  });
});
