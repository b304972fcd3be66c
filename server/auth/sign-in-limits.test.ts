import { beforeEach, expect, test } from 'vitest';
import { serverOfFile } from '../testing/file-server.ts';
import { post } from '../testing/test-client.ts';
import { ADMIN } from '../testing/test-server.ts';

const server = serverOfFile({
  OUTGATE_ADMIN_EMAIL: ADMIN.email,
  OUTGATE_ADMIN_PASSWORD: ADMIN.password,
  OUTGATE_TRUSTED_PROXIES: '127.0.0.0/8',
});
beforeEach(() => server.db.query('DELETE FROM rate_limit'));

/** Signs in as the proxy in front of the server would pass it on. */
const from = async (client: string, password: string, email = ADMIN.email): Promise<number> => {
  const headers = { 'x-forwarded-for': client };
  return (await post(`${server.address}/api/auth/sign-in/email`, { email, password }, headers)).status;
};
const addresses = (count: number): string[] => Array.from({ length: count }, (_, i) => `198.51.100.${100 + i}`);

test('behind a proxy each client has its own failures, and cannot choose whose', async () => {
  for (let i = 0; i < 5; i++) expect(await from(`203.0.113.${i}, 198.51.100.1`, 'a wrong guess')).toBe(401);
  expect(await from('203.0.113.9, 198.51.100.1', ADMIN.password)).toBe(429);
  expect(await from('198.51.100.2', ADMIN.password)).toBe(200);
});

test('one account cannot be guessed at from many addresses, and who was in already still gets in', async () => {
  expect(await from('192.0.2.77', ADMIN.password)).toBe(200);
  const guesses = await Promise.all(addresses(50).map((address) => from(address, 'a wrong guess')));
  expect(new Set(guesses)).toEqual(new Set([401]));
  expect(await from('203.0.113.50', ADMIN.password)).toBe(429);
  expect(await from('203.0.113.50', 'a wrong guess', 'nobody@outgate.example')).toBe(401);
  expect(await from('192.0.2.77', ADMIN.password)).toBe(200);
  await server.db.query(`UPDATE rate_limit SET last_request = last_request - 600001`);
  expect(await from('203.0.113.50', ADMIN.password)).toBe(200);
}, 120_000);
