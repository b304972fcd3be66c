import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { serverOfFile } from '../testing/file-server.ts';
import { mutate, openEvents, post, signedInAs } from '../testing/test-client.ts';

const server = serverOfFile();

const call = (path: string, input: unknown) =>
  post(`${server.address}/api/trpc/${path}`, input as object, { cookie: server.cookie, origin: server.address });

it('a query that fits into no URL is asked by POST', async () => {
  const made = await mutate(
    server.address,
    'pools.create',
    { name: 'a', spec: { cidr: '10.0.0.0/8', natOutgoing: true } },
    server.cookie,
  );
  expect(made.status).toBe(200);
  const flows = Array.from({ length: 10_000 }, (_, id) => ({ id, from: '10.0.0.1', to: `198.51.100.${id % 256}` }));
  const answer = await call('simulate.flows', { flows });
  expect(answer.status).toBe(200);
  expect(answer.body.result.data.verdicts).toHaveLength(10_000);
});

it('a request holds at most 50 calls, however their commas are written', async () => {
  for (const [comma, calls, status] of [
    [',', 50, 200],
    ['%2C', 50, 200],
    [',', 51, 400],
    ['%2C', 51, 400],
  ] as const) {
    const path = Array.from({ length: calls }, () => 'session.get').join(comma);
    const answer = await fetch(`${server.address}/api/trpc/${path}?batch=1&input={}`, {
      headers: { cookie: server.cookie },
    });
    expect([comma, calls, answer.status]).toEqual([comma, calls, status]);
    await answer.text();
  }
});

it('a path that is encoded twice goes round no limit', async () => {
  for (const path of [
    Array.from({ length: 51 }, () => 'session.get').join('%252C'),
    'session.get%252Csession.get',
    'events%252Esubscribe',
    '%2565vents.subscribe',
    'session.get%2Fx',
  ]) {
    const answer = await fetch(`${server.address}/api/trpc/${path}?batch=1&input={}`, {
      headers: { cookie: server.cookie },
      signal: AbortSignal.timeout(5_000),
    });
    const { error } = (await answer.json()) as { error: { data: { reason: string } } };
    expect([path, answer.status, error.data.reason]).toEqual([path, 404, 'NOT_FOUND']);
  }
});

it('a mutation is never asked by GET', async () => {
  const input = encodeURIComponent(JSON.stringify({ name: 'b', spec: { cidr: '172.16.0.0/12' } }));
  const answer = await fetch(`${server.address}/api/trpc/pools.create?input=${input}`, {
    headers: { cookie: server.cookie },
  });
  expect(answer.status).toBe(405);
});

it('a method that no procedure has is refused as such, and is no defect of the server', async () => {
  for (const method of ['PUT', 'DELETE', 'TRACE', 'OPTIONS']) {
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${server.address}/api/trpc/session.get`, { method }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject).end();
    });
    expect([method, status]).toEqual([method, 405]);
  }
});

it('an error has its code, reason, fields and request id, and never a stack', async () => {
  for (const [path, input, status, reason] of [
    ['pools.create', { name: 'B', spec: {} }, 400, 'INVALID_INPUT'],
    ['pools.create', { name: 'b', spec: { cidr: '10.1.0.0/16' } }, 400, 'POOL_VIOLATIONS'],
    ['pools.create', { name: 'a', spec: { cidr: '172.16.0.0/12' } }, 409, 'NAME_TAKEN'],
    ['pools.delete', { name: 'a', expectedVersion: 1 }, 400, 'REASON_REQUIRED'],
    ['pools.get', { name: 'zz' }, 404, 'NOT_FOUND'],
    ['pools.nothing', {}, 404, 'NOT_FOUND'],
    ['pools.create', '{"name": ', 400, 'INVALID_INPUT'],
    ['pools.create', '[]', 400, 'INVALID_INPUT'],
    ['pools.create', '['.repeat(200_000) + ']'.repeat(200_000), 400, 'INVALID_INPUT'],
    ['pools.create', 'null', 400, 'INVALID_INPUT'],
  ] as const) {
    const { status: got, body } = await call(path, input);
    expect([path, got, body.error?.data.reason], JSON.stringify(body)).toEqual([path, status, reason]);
    expect(body.error.data.requestId, path).toMatch(/\w/);
    expect(JSON.stringify(body), path).not.toMatch(/stack|node_modules|\.ts:|SELECT|INSERT/);
  }
});

it('an input is refused in words that say what must hold, without the value', async () => {
  for (const [path, input, message] of [
    ['pools.list', { limit: 0 }, 'limit: must be at least 1'],
    ['pools.list', { search: 'x'.repeat(254) }, 'search: must have a length of at most 253'],
    ['pools.get', { name: ['a'] }, 'name: must be text'],
    ['changes.list', { from: 'yesterday' }, 'from: must be a time like 2026-01-31T12:00:00Z'],
    ['simulate.flow', { from: '192.0.2.1' }, 'to: must be text'],
    [
      'simulate.flow',
      { from: '192.0.2.1', to: '192.0.2.2', state: 'old' },
      "state: must be one of 'new', 'established', 'invalid', 'untracked'",
    ],
    [
      'accounts.create',
      { name: 'a', email: 'a@outgate.example', password: 12345678, role: 'viewer' },
      'password: must be text',
    ],
  ] as const) {
    const { status, body } = await call(path, input);
    expect([path, status, body.error?.message]).toEqual([path, 400, message]);
  }
});

it('who sends a call slowly asks with the role of when it is whole', async () => {
  const { id, cookie } = await signedInAs(server.address, server.cookie, 'editor', 'slow@outgate.example');
  const body = JSON.stringify({ name: 'slow', spec: { cidr: '192.168.0.0/16' } });
  const headers = { cookie, origin: server.address, 'content-type': 'application/json' };
  /** Half of the body, and the rest when somebody has taken the role away. */
  const slowly = (more: Record<string, string | number>, meanwhile: () => Promise<unknown>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${server.address}/api/trpc/pools.create`, {
        method: 'POST',
        headers: { ...headers, ...more },
      });
      sent.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject);
      sent.write(body.slice(0, 10), () => {
        Promise.all([meanwhile(), delay(600)]).then(() => sent.end(body.slice(10)), reject);
      });
    });
  const length = { 'content-length': Buffer.byteLength(body) };
  const role = (role: string) => () => server.tell('accounts.setRole', { id, role });
  expect(await slowly(length, role('viewer'))).toBe(403);
  await role('editor')();
  expect(await slowly({ 'transfer-encoding': 'chunked' }, role('viewer'))).toBe(403);
  expect(await slowly(length, () => server.tell('accounts.remove', { id }))).toBe(401);
});

it('an account holds 32 live streams open, and a place that was left is free again', async () => {
  const streams = await Promise.all(Array.from({ length: 32 }, () => openEvents(server.address, server.cookie)));
  expect(streams.map(({ status }) => status)).toEqual(Array(32).fill(200));
  const refused = await fetch(`${server.address}/api/trpc/events.subscribe`, { headers: { cookie: server.cookie } });
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
  expect(((await refused.json()) as { error: { data: object } }).error.data).toMatchObject({
    reason: 'TOO_MANY_ATTEMPTS',
  });
  for (const stream of streams) stream.close();
  await expect
    .poll(async () => {
      const again = await openEvents(server.address, server.cookie);
      again.close();
      return again.status;
    })
    .toBe(200);
});
