/** What somebody sends who wants to break it: refused with a reason, and never a failure of the server. */
import { type ClientRequest, request } from 'node:http';
import { expect, test } from 'vitest';
import { serverOfFile } from '../testing/file-server.ts';
import { ask, joinNode, mutate, post, query } from '../testing/test-client.ts';
import { reportOf } from '../testing/test-report.ts';

const server = serverOfFile();

test('odd paths reach nothing but what they name', async () => {
  const statuses = await Promise.all(
    [
      '//api/trpc/pools.list',
      '/api//trpc/pools.list',
      '/api/%74rpc/pools.list',
      '/api/trpc/__proto__',
      '/api/trpc/constructor',
      '/api/trpc/pools.__proto__',
      '/api/trpc/pools.constructor',
      '/api/trpc/',
    ].map(async (path) => (await ask(`${server.address}${path}`, { headers: { cookie: server.cookie } })).status),
  );
  expect(new Set(statuses)).toEqual(new Set([404]));
});

test('a sign-in with text that no database keeps is refused as one', async () => {
  for (const body of [
    { email: 'a\u0000@outgate.example', password: 'x' },
    { email: '\ud800@outgate.example', password: 'x' },
    { email: 'ada@outgate.example', password: '\u0000' },
  ]) {
    expect((await post(`${server.address}/api/auth/sign-in/email`, body)).status).toBe(400);
  }
});

test('a session that the caller chose is not the one that signing in gives', async () => {
  const chosen = 'outgate.session_token=chosen.signature';
  const who = { email: 'ada@outgate.example', password: 'correct horse battery', callbackURL: 'https://evil.example' };
  const answer = await post(`${server.address}/api/auth/sign-in/email`, who, { cookie: chosen });
  expect(answer.headers.get('location')).toBe(null);
  expect(answer.headers.getSetCookie()[0]).not.toContain('chosen');
  expect((await query(server.address, 'pools.list', {}, chosen)).status).toBe(401);
});

test('a body that is no JSON by its own word is refused as such', async () => {
  for (const type of [
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'application/jsonx',
  ]) {
    const headers = { 'content-type': type, cookie: server.cookie };
    const answer = await post(`${server.address}/api/trpc/joinTokens.create`, '{"name":"x"}', headers);
    expect([type, answer.status, answer.body.error.data.reason]).toEqual([type, 415, 'INVALID_INPUT']);
  }
});

test('a request holds calls of one kind', async () => {
  for (const calls of ['pools.list,joinTokens.create', 'joinTokens.create,events.subscribe']) {
    const url = `${server.address}/api/trpc/${calls}?batch=1`;
    const answer = await post(url, { 0: { name: 'x' }, 1: { name: 'x' } }, { cookie: server.cookie });
    expect([calls, answer.status]).toEqual([calls, 400]);
  }
});

test('values beyond all bounds are refused with their field', async () => {
  const manyNodes = Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`n-${i}`, {}]));
  for (const [path, input, field] of [
    ['pools.create', { name: 'a', spec: { cidr: '10.0.0.0/8', nodeSelector: '\u0000' } }, 'spec.nodeSelector'],
    ['pools.create', { name: 'a', spec: { cidr: '10.0.0.0/8', blockSize: 2 ** 53 } }, 'spec.blockSize'],
    ['pools.delete', { name: 'a', expectedVersion: 2 ** 53, reason: 'x' }, 'expectedVersion'],
    ['joinTokens.create', { name: 'x', expiresAt: '9999-12-31T23:59:59-23:59' }, 'expiresAt'],
    ['nodes.forget', { name: 'x'.repeat(1_000_000) }, 'name'],
    ['settings.preview', { settings: { global: {}, nodes: manyNodes } }, 'settings.nodes'],
    ['cluster.follow', { since: 1, pools: Array(100_001).fill(0), settings: [], reason: 'x' }, 'pools'],
  ] as const) {
    const answer = await mutate(server.address, path, input, server.cookie);
    expect([path, answer.status, answer.body.error?.data.issues?.[0].field]).toEqual([path, 400, field]);
    expect(answer.body.error.message.length).toBeLessThan(500);
  }
});

test('what is wrong a hundred thousand times is told a hundred times', async () => {
  const unknown = Array.from({ length: 100_000 }, (_, i) => `n-${i}`);
  for (const [input, status] of [
    [{ names: unknown }, 404],
    [{ names: unknown.map(() => 0) }, 400],
    [{ names: unknown.map(() => '\u0000') }, 400],
    [Object.fromEntries(unknown.map((name) => [name, 0])), 400],
    [{ ['k'.repeat(1_000_000)]: Array(50).fill('\u0000') }, 400],
  ] as const) {
    const { body, ...answer } = await post(`${server.address}/api/trpc/pools.export`, input, { cookie: server.cookie });
    expect([answer.status, body.error.data.issues.length <= 100]).toEqual([status, true]);
    expect(JSON.stringify(body).length).toBeLessThan(30_000);
    // the log has it too
    expect(body.error.message.length).toBeLessThan(3_000);
  }
});

test('a short text of nobody in particular gets a short answer', async () => {
  const input = { ['k'.repeat(30_000)]: Array(3_000).fill('\u0000') };
  const { status, body } = await post(`${server.address}/api/trpc/setup.createAdmin`, input);
  expect(status).toBe(400);
  expect(JSON.stringify(body).length).toBeLessThan(100_000);
});

test('a report with odd keys, numbers and text is refused, and changes nothing', async () => {
  const credential = await joinNode(server.address, server.cookie, 'hostile');
  const good = JSON.stringify(reportOf('hostile', { sequence: 7 }));
  for (const body of [
    good.replace('{', '{"__proto__":{"node":"other"},'),
    good.replace('"sequence":7', '"sequence":9007199254740993'),
    good.replace('"sequence":7', '"sequence":1e400'),
    good.replace('"revision":null', '"revision":"\\u0000"'),
  ]) {
    expect(body).not.toBe(good);
    const headers = { authorization: `Bearer ${credential}` };
    expect((await post(`${server.address}/agent/v1/report`, body, headers)).status).toBe(400);
  }
  expect(await server.db.query('SELECT 1 FROM report')).toEqual([]);
});

/** A POST that says how long it will be, and of which nothing more comes. */
function begin(
  path: string,
  length: number,
  headers: Record<string, string>,
): { sent: ClientRequest; status: Promise<number> } {
  const said = { 'content-type': 'application/json', 'content-length': length, ...headers };
  const sent = request(`${server.address}${path}`, { method: 'POST', headers: said });
  const status = new Promise<number>((resolve, reject) => {
    sent.once('response', (answer) => resolve(answer.statusCode ?? 0)).once('error', reject);
  });
  status.catch(() => {});
  sent.write('{');
  return { sent, status };
}

test('whoever has not signed in is refused before a long body is read', async () => {
  const { sent, status } = begin('/api/trpc/pools.create', 8 * 1024 * 1024, {});
  expect(await status).toBe(401);
  sent.destroy();
});

test('the long bodies of an account, and the reports of a node, are read a few at a time', async () => {
  const credential = await joinNode(server.address, server.cookie, 'flood');
  for (const [path, most, headers] of [
    ['/api/trpc/pools.import', 4, { cookie: server.cookie }],
    ['/agent/v1/report', 2, { authorization: `Bearer ${credential}` }],
  ] as const) {
    const begun = Array.from({ length: most + 1 }, () => begin(path, 7 * 1024 * 1024, headers));
    expect([path, await Promise.race(begun.map(({ status }) => status))]).toEqual([path, 429]);
    for (const { sent } of begun) sent.destroy();
    // a place is given back when who held it has gone
    await expect.poll(async () => (await post(`${server.address}${path}`, {}, headers)).status).toBe(400);
  }
});
