import { expect, test } from 'vitest';
import { agentDoors, bearer, type } from '../testing/agent-doors.ts';
import { serverOfFile } from '../testing/file-server.ts';
import { joinNode, mutate, openAgentStream, post, query } from '../testing/test-client.ts';
import { reportOf } from '../testing/test-report.ts';
import { startServer } from '../testing/test-server.ts';

const server = serverOfFile();
const { report, join, makeToken } = agentDoors(server);

test('a join token buys a node a credential; both are kept as hashes alone', async () => {
  const { joinToken, token } = await makeToken({ name: 'rack 1' });
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  const joined = await join(token, 'join-1');
  expect(joined.body).toEqual({ node: 'join-1', credential: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) });
  expect((await join(token, 'join-2')).status).toBe(200);
  const stored = JSON.stringify(
    await server.db.query(`SELECT to_jsonb(n) AS n, (SELECT jsonb_agg(j) FROM join_token j) AS j FROM node n`),
  );
  expect(stored).not.toContain(token);
  expect(stored).not.toContain(joined.body.credential);
  const { joinTokens } = (await query(server.address, 'joinTokens.list', undefined, server.cookie)).body.result.data;
  const listed = joinTokens.find((one: { id: string }) => one.id === joinToken.id);
  expect(listed).toMatchObject({ name: 'rack 1', uses: 2, revokedAt: null, createdBy: 'ada@outgate.example' });
  expect(JSON.stringify(joinTokens)).not.toContain(token);
});

test('a revoked, expired or unknown token buys nothing, nor does a session', async () => {
  const revoked = await makeToken({ name: 'revoked' });
  await mutate(server.address, 'joinTokens.revoke', { id: revoked.joinToken.id }, server.cookie);
  const expired = await makeToken({ name: 'expired', expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
  await server.db.query(`UPDATE join_token SET expires_at = now() - interval '1 s' WHERE name = 'expired'`);
  for (const token of [revoked.token, expired.token, 'unknown']) {
    const answer = await join(token, 'nobody');
    expect([answer.status, answer.body.error.data.reason]).toEqual([401, 'AGENT_REFUSED']);
  }
  const past = await mutate(
    server.address,
    'joinTokens.create',
    { name: 'x', expiresAt: '2020-01-01T00:00:00Z' },
    server.cookie,
  );
  expect(past.body.error.data.issues[0]).toMatchObject({
    field: 'expiresAt',
    message: expect.stringContaining('2020-01-01'),
  });
  expect(await server.db.query(`SELECT 1 FROM node WHERE name = 'nobody'`)).toEqual([]);
});

test('garbage is refused with its fields', async () => {
  for (const [body, field] of [
    ['{', 'JSON'],
    ['null', 'body'],
    [{ token: 't' }, 'node'],
    [{ token: 't', node: 'Upper Case' }, 'node'],
    [{ token: 't', node: 'a', role: 'admin' }, 'body'],
    [{ token: 't', node: 'a\u0000b' }, 'node'],
  ] as const) {
    const answer = await post(`${server.address}/agent/v1/join`, body);
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(field)]);
  }
});

test('a name whose agent was heard belongs to it: a join token alone does not take it over', async () => {
  const { token } = await makeToken({ name: 'takeover' });
  const credential = (await join(token, 'held')).body.credential;
  const stream = await openAgentStream(server.address, credential);
  await stream.next(type('snapshot'));
  for (const headers of [{}, bearer('x'.repeat(43))]) {
    const refused = await join(token, 'held', headers);
    expect([refused.status, refused.body.error.data.reason]).toEqual([409, 'NODE_NAME_TAKEN']);
    expect(refused.body.message).toContain('held');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect((await report(credential, reportOf('held'))).status).toBe(200);
  const { joinTokens } = (await query(server.address, 'joinTokens.list', undefined, server.cookie)).body.result.data;
  expect(joinTokens.find((one: { name: string }) => one.name === 'takeover').uses).toBe(1);
  stream.close();
});

test('a report that cannot be read is a sign of life too', async () => {
  const credential = await joinNode(server.address, server.cookie, 'ill');
  await silentFor('ill', 31);
  expect((await report(credential, '{')).status).toBe(400);
  const { token } = await makeToken({ name: 'ill' });
  expect((await join(token, 'ill')).status).toBe(409);
});

test('with its own credential a node joins again at once, and the older one is worth nothing', async () => {
  const older = await joinNode(server.address, server.cookie, 'again');
  const stream = await openAgentStream(server.address, older);
  await stream.next(type('snapshot'));
  const { token } = await makeToken({ name: 'again' });
  const newer = (await join(token, 'again', bearer(older))).body.credential;
  await stream.ended;
  expect((await report(older, reportOf('again'))).status).toBe(401);
  expect((await report(newer, reportOf('again'))).status).toBe(200);
});

test('a node that lost its credential joins again by itself once nothing was heard for 30 s, or it was forgotten', async () => {
  const { token } = await makeToken({ name: 'heals' });
  for (const [node, gone] of [
    ['rebooted', () => silentFor('rebooted', 31)],
    ['forgotten-1', () => mutate(server.address, 'nodes.forget', { name: 'forgotten-1' }, server.cookie)],
  ] as const) {
    const older = (await join(token, node)).body.credential;
    expect((await report(older, reportOf(node))).status).toBe(200);
    expect((await join(token, node)).status).toBe(409);
    await gone();
    expect((await join(token, node)).status).toBe(200);
    expect((await report(older, reportOf(node))).status).toBe(401);
  }
});

test('the name of a node whose agent was a pod is free at once where no pod can sign in', async () => {
  await joinNode(server.address, server.cookie, 'was-a-pod');
  await server.db.query(`UPDATE node SET credential_hash = NULL, seen_at = now() WHERE name = 'was-a-pod'`);
  await joinNode(server.address, server.cookie, 'was-a-pod');
});

test('of many that join under one new name at the same time one gets it', async () => {
  const { token } = await makeToken({ name: 'race' });
  const answers = await Promise.all(Array.from({ length: 8 }, () => join(token, 'race')));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(409)]);
});

test('a bootstrap token that an admin revoked stays revoked at the next start', async () => {
  const variables = { OUTGATE_BOOTSTRAP_JOIN_TOKEN: 'a-bootstrap-token-for-tests' };
  await (await startServer(server.databaseUrl, variables)).stop();
  expect((await join('a-bootstrap-token-for-tests', 'boot')).status).toBe(200);
  const { joinTokens } = (await query(server.address, 'joinTokens.list', undefined, server.cookie)).body.result.data;
  const { id } = joinTokens.find((one: { name: string }) => one.name === 'bootstrap');
  await mutate(server.address, 'joinTokens.revoke', { id }, server.cookie);
  await (await startServer(server.databaseUrl, variables)).stop();
  expect((await join('a-bootstrap-token-for-tests', 'boot')).status).toBe(401);
});

test('an address that asks to join without end is told to wait', async () => {
  const url = `${server.address}/agent/v1/join`;
  const statuses = new Map<number, number>();
  let last: Awaited<ReturnType<typeof post>> | undefined;
  for (let round = 0; round < 31; round++) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(url, '{')));
    for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    last = answers.find(({ status }) => status === 429) ?? last;
  }
  expect(statuses.get(429)).toBeGreaterThan(0);
  expect(last?.body.error.data.reason).toBe('TOO_MANY_ATTEMPTS');
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
});

/** As if the last sign of life were older. */
async function silentFor(node: string, seconds: number): Promise<void> {
  await server.db.query(
    `UPDATE node SET joined_at = t, seen_at = t, reported_at = t
     FROM (SELECT now() - make_interval(secs => $2) AS t) AS old WHERE name = $1`,
    [node, seconds],
  );
}
