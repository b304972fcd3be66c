import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { serverOfFile } from '../testing/file-server.ts';
import { ask, cookieOf, mutate, openEvents, post, query } from '../testing/test-client.ts';
import { startServer } from '../testing/test-server.ts';

const server = serverOfFile();

test('every answer carries the headers, and each its own nonce', async () => {
  const nonces = new Set<string>();
  for (const path of [
    '/livez',
    '/readyz',
    '/metrics',
    '/api/trpc/session.get',
    '/api/auth/get-session',
    '/agent/v1/stream',
    '/nowhere',
  ]) {
    const { headers } = await ask(`${server.address}${path}`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("object-src 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
    nonces.add(/script-src[^;]*'nonce-([^']+)'/.exec(policy)?.[1] ?? '');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toContain('camera=()');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('x-powered-by')).toBeNull();
  }
  expect(nonces.size).toBe(7);
});

test('figures have a door of their own where one is asked for, and are behind no other', async () => {
  const apart = await startServer(server.databaseUrl, { OUTGATE_METRICS_LISTEN: '127.0.0.1:0' });
  try {
    const figures = await fetch(`${apart.metricsAddress}/metrics`);
    expect(figures.status).toBe(200);
    expect(await figures.text()).toContain('outgate_nodes{state="Stale"} 0\n');
    expect((await ask(`${apart.address}/metrics`)).status).toBe(404);
    for (const path of ['/', '/livez', '/api/trpc/session.get', '/agent/v1/stream']) {
      expect((await ask(`${apart.metricsAddress}${path}`)).status, path).toBe(404);
    }
  } finally {
    await apart.stop();
  }
});

test("a caller's request id is kept when it is harmless", async () => {
  const id = async (given: string) =>
    (await ask(`${server.address}/livez`, { headers: { 'x-request-id': given } })).headers.get('x-request-id');
  expect(await id('abc-123_XYZ')).toBe('abc-123_XYZ');
  expect(await id('a"b{c}; long enough')).not.toContain('"');
});

test('a change asked for by a foreign page is refused before anything else looks at it', async () => {
  const cookie = await cookieOf(server.address);
  const create = (headers: Record<string, string>) =>
    post(`${server.address}/api/trpc/joinTokens.create`, { name: 'x' }, { cookie, ...headers });
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: server.address.replace('http:', 'https:') },
    { origin: `${server.address}0` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    const answer = await create(headers);
    expect([answer.status, answer.body.error.data.reason]).toEqual([403, 'ORIGIN_REFUSED']);
  }
  expect((await create({ origin: server.address })).status).toBe(200);
  expect((await create({ origin: server.address.replace('127.0.0.1', 'localhost') })).status).toBe(200);
  expect((await create({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  expect((await create({})).status).toBe(200);
  const sign = await post(`${server.address}/api/auth/sign-in/email`, {}, { origin: 'https://evil.example' });
  expect(sign.status).toBe(403);
});

test('a mutation is never done by GET', async () => {
  const cookie = await cookieOf(server.address);
  expect((await query(server.address, 'joinTokens.create', { name: 'by GET' }, cookie)).status).toBe(405);
});

test('garbage and oversize bodies are refused with a reason, and the server goes on', async () => {
  const cookie = await cookieOf(server.address);
  for (const body of ['{', 'null', '[1,2', '\u0000', '{"name":"\\u0000"}']) {
    const answer = await mutate(server.address, 'joinTokens.create', body, cookie);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|at .*\.ts:/);
  }
  const large = await mutate(server.address, 'joinTokens.create', `{"name":"${'x'.repeat(9 * 1024 * 1024)}"}`, cookie);
  expect(large.status).toBe(413);
  const sign = await post(`${server.address}/api/auth/sign-in/email`, `{"email":"${'x'.repeat(70_000)}"}`);
  expect(sign.status).toBe(413);
  expect((await ask(`${server.address}/livez`)).status).toBe(200);
});

test('a body without an end is cut at the limit', async () => {
  const status = await new Promise<number>((resolve, reject) => {
    const { hostname, port } = new URL(server.address);
    const req = request({ hostname, port, method: 'POST', path: '/api/auth/sign-in/email' }, (res) => {
      res.resume();
      resolve(res.statusCode ?? 0);
    });
    req.on('error', reject);
    // once, and no end: who writes on may find the connection closed before it reads the answer
    req.write('x'.repeat(100_000));
  });
  expect(status).toBe(413);
});

test('what is no HTTP, and paths that cannot be read, get an answer and no crash', async () => {
  const { hostname, port } = new URL(server.address);
  for (const text of [
    'nonsense\r\n\r\n',
    'GET //[ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    'GET /api/trpc/%E0%A4%A HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    'GET /api/trpc/pools.list?input=%7B HTTP/1.1\r\nhost: [\r\nconnection: close\r\n\r\n',
  ]) {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write(text));
      let got = '';
      socket.on('data', (chunk) => {
        got += String(chunk);
      });
      socket.on('close', () => resolve(got));
      socket.on('error', () => resolve(got));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  }
  expect((await ask(`${server.address}/livez`)).status).toBe(200);
});

test('a header that trickles in is cut off', async () => {
  const { hostname, port } = new URL(server.address);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write('GET /livez HTTP/1.1\r\nx-a: '));
    const timer = setInterval(() => socket.write('b'), 500);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve();
    });
    socket.resume();
  });
});

test('readyz and metrics say how it is', async () => {
  await ask(`${server.address}/livez`);
  expect((await ask(`${server.address}/readyz`)).body).toEqual({ ready: true, waiting: [] });
  const { body } = await ask(`${server.address}/metrics`);
  expect(body).toMatch(/^outgate_http_requests_total\{path="\/livez",status="2xx"\} \d+$/m);
  expect(body).toMatch(/^outgate_nodes\{state="Programmed"\} 0$/m);
  expect(body).toMatch(/^outgate_change_sequence 0$/m);
  expect(body).toMatch(/^outgate_process_resident_memory_bytes \d+$/m);
});

test('stopping ends streams, answers what is being answered, and does not wait until it must cut', async () => {
  const other = await startServer(server.databaseUrl);
  const cookie = await cookieOf(other.address);
  const events = await openEvents(other.address, cookie);
  await events.next<{ data: { kind?: string } }>((event) => event.data?.kind === 'reset');
  const { hostname, port } = new URL(other.address);
  const headers = { 'content-type': 'application/json', cookie, expect: '100-continue' };
  const asked = request({ hostname, port, method: 'POST', path: '/api/trpc/joinTokens.create', headers });
  const answered = once(asked, 'response') as Promise<[IncomingMessage]>;
  asked.flushHeaders();
  await once(asked, 'continue'); // it is being answered
  const stopped = other.stop();
  asked.end(JSON.stringify({ name: 'asked before' }));
  const [answer] = await answered;
  expect(answer.resume().statusCode).toBe(200);
  await events.ended;
  const start = performance.now();
  await stopped;
  expect(performance.now() - start).toBeLessThan(3_500);
  await expect(ask(`${other.address}/livez`)).rejects.toThrow();
});
