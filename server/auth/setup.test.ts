import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { mutate, query, signIn } from '../testing/test-client.ts';
import { ADMIN, startServer, type TestServer } from '../testing/test-server.ts';

let database: TestDatabase;
const servers: TestServer[] = [];
const start = async (variables = {}): Promise<TestServer> => {
  const server = await startServer(database.url, variables);
  servers.push(server);
  return server;
};
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await database?.close();
});

const tokenOf = (server: TestServer): string => new URL(server.setupLink ?? '').searchParams.get('token') ?? '';
const account = { name: 'Ada', email: 'Ada@Outgate.example', password: ADMIN.password };

test('the setup link makes one admin, once, also when it is used twice at the same moment', async () => {
  const first = await start();
  const second = await start();
  expect(first.setupLink).toMatch(new RegExp(`^${first.address}/setup\\?token=[A-Za-z0-9_-]{43}$`));
  expect(tokenOf(first)).not.toBe(tokenOf(second));
  expect((await query(first.address, 'session.get', undefined)).body.result.data).toMatchObject({
    user: null,
    setupNeeded: true,
  });

  const [kept] = await database.db.query<{ hash: string }>('SELECT hash FROM setup_token');
  expect(kept?.hash).toMatch(/^[0-9a-f]{64}$/);

  const guess = await mutate(first.address, 'setup.createAdmin', { ...account, token: 'a guess' });
  expect([guess.status, guess.body.error.data.reason]).toEqual([403, 'SETUP_CLOSED']);
  const short = await mutate(first.address, 'setup.createAdmin', {
    ...account,
    email: 'x',
    password: 'short',
    token: tokenOf(first),
  });
  expect(short.body.error.data.issues.map((issue: { field: string }) => issue.field).sort()).toEqual([
    'email',
    'password',
  ]);

  const answers = await Promise.all(
    [first, first, second].map((server, index) =>
      mutate(server.address, 'setup.createAdmin', {
        ...account,
        email: `${index}${account.email}`,
        token: tokenOf(server),
      }),
    ),
  );
  expect(answers.map((one) => one.status).sort()).toEqual([200, 403, 403]);
  const made = answers.find((one) => one.status === 200)?.body.result.data.account;
  expect(made).toMatchObject({ role: 'admin', email: made.email.toLowerCase() });
  expect((await signIn(first.address, { email: made.email, password: ADMIN.password })).status).toBe(200);
  expect((await query(first.address, 'session.get', undefined)).body.result.data.setupNeeded).toBe(false);
});

test('with an account there is no link, and the environment makes no other admin', async () => {
  const server = await start({ OUTGATE_ADMIN_EMAIL: 'late@outgate.example', OUTGATE_ADMIN_PASSWORD: ADMIN.password });
  expect(server.setupLink).toBeNull();
  expect((await signIn(server.address, { email: 'late@outgate.example', password: ADMIN.password })).status).toBe(401);
  expect((await start()).setupLink).toBeNull();
});
