/** The lab's side of the socket is played by a small server; the real lab is met in e2e. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../db/testing.ts';
import { cookieOf, joinNode, mutate, post, query } from '../../testing/test-client.ts';
import { reportOf } from '../../testing/test-report.ts';
import { ADMIN, startServer, type TestServer } from '../../testing/test-server.ts';

let database: TestDatabase;
let server: TestServer;
let cookie: string;
let dir: string;
let answer: { status: number; body: object } = { status: 200, body: {} };
const asked: unknown[] = [];
const lab = createServer((req, res) => {
  let text = '';
  req.on('data', (chunk) => {
    text += chunk;
  });
  req.on('end', () => {
    const status = {
      pods: [
        { name: 'pod-1a', node: 'node-1', addresses: ['192.168.1.10', 'fd00:192:168:1::10'] },
        { name: 'pod-1b', node: 'node-1', addresses: ['203.0.113.10'] },
      ],
      targets: [{ name: 'internet', addresses: ['2001:DB8:F::10', '198.51.100.10'] }],
    };
    if (req.url === '/probe') asked.push(JSON.parse(text));
    const { status: code, body } = req.url === '/status' ? { status: 200, body: status } : answer;
    res.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
});

beforeAll(async () => {
  database = await testDatabase();
  dir = await mkdtemp(join(tmpdir(), `outgate-lab-${process.pid}-`));
  await once(lab.listen(join(dir, 'lab.sock')), 'listening');
  server = await startServer(database.url, {
    OUTGATE_ADMIN_EMAIL: ADMIN.email,
    OUTGATE_ADMIN_PASSWORD: ADMIN.password,
    OUTGATE_LAB_SOCKET: join(dir, 'lab.sock'),
  });
  cookie = await cookieOf(server.address);
});
afterAll(async () => {
  await server?.stop();
  lab.close();
  await database?.close();
  await rm(dir, { recursive: true, force: true });
});

const probe = (input: object) => mutate(server.address, 'lab.probe', input, cookie);
const seen = (address: string) => {
  answer = { status: 200, body: { source: { address, port: 40_000 } } };
};

test('prediction and observation stand side by side, and agree or not', async () => {
  expect((await query(server.address, 'session.get', undefined, cookie)).body.result.data.lab).toBe(true);
  expect((await query(server.address, 'lab.status', undefined, cookie)).body.result.data.pods[0].name).toBe('pod-1a');
  const credential = await joinNode(server.address, cookie, 'node-1');
  const report = reportOf('node-1', { addresses: ['192.0.2.11/24'] });
  await post(`${server.address}/agent/v1/report`, report, { authorization: `Bearer ${credential}` });
  const to = '198.51.100.10';

  seen('192.168.1.10');
  expect((await probe({ from: 'pod-1a', to })).body.result.data).toMatchObject({
    predicted: { verdict: 'NO_SNAT', code: 'NO_SNAT_SOURCE_NOT_IN_POOL' },
    observed: { source: { address: '192.168.1.10', port: 40_000 } },
    agree: true,
  });
  expect(asked.at(-1)).toEqual({ from: 'pod-1a', to, proto: 'tcp' });
  await mutate(
    server.address,
    'pools.create',
    { name: 'p', spec: { cidr: '192.168.0.0/16', natOutgoing: true } },
    cookie,
  );
  expect((await probe({ from: 'pod-1a', to, proto: 'udp' })).body.result.data.agree).toBe(false);
  seen('192.0.2.11');
  expect((await probe({ from: 'pod-1a', to })).body.result.data).toMatchObject({
    predicted: { verdict: 'SNAT', code: 'SNAT_MASQUERADE', source: { address: '192.0.2.11', interface: 'up0' } },
    agree: true,
  });
});

test('a pod or target may be named: its first address of a family that the sender has', async () => {
  seen('203.0.113.10');
  const asks = async (from: string, to: string) => {
    expect((await probe({ from, to })).status).toBe(200);
    return asked.at(-1);
  };
  expect(await asks('pod-1a', 'pod-1b')).toEqual({ from: 'pod-1a', to: '203.0.113.10', proto: 'tcp' });
  expect(await asks('pod-1a', 'internet')).toMatchObject({ to: '2001:db8:f::10' });
  expect(await asks('pod-1b', 'internet')).toMatchObject({ to: '198.51.100.10' });
});

test('what cannot be sent is refused with its field; what does not come back says why', async () => {
  const reasons = async (input: object) => {
    const { data } = (await probe(input)).body.error;
    return [data.reason, data.issues?.[0]?.field];
  };
  expect(await reasons({ from: 'pod-9', to: '198.51.100.10' })).toEqual(['INVALID_INPUT', 'from']);
  expect(await reasons({ from: 'pod-1a', to: '010.1.2.3' })).toEqual(['INVALID_INPUT', 'to']);
  expect(await reasons({ from: 'pod-1b', to: 'fd00::1' })).toEqual(['INVALID_INPUT', 'to']);
  const both = (await probe({ from: 'pod-9', to: 'pod-8' })).body.error.data.issues;
  expect(both.map(({ field }: { field: string }) => field)).toEqual(['from', 'to']);
  expect(both[1].message).toContain('pod-1a, pod-1b, internet');
  expect(await reasons({ from: 'pod-1a', to: '198.51.100.10', proto: 'icmp' })).toEqual(['INVALID_INPUT', 'proto']);
  answer = { status: 400, body: { error: 'to must answer', errors: [{ field: 'to', message: 'to must answer' }] } };
  expect(await reasons({ from: 'pod-1a', to: '198.51.100.99' })).toEqual(['INVALID_INPUT', 'to']);
  answer = { status: 200, body: { error: 'no answer in 2 s' } };
  const failed = await probe({ from: 'pod-1a', to: '198.51.100.10' });
  expect([failed.body.error.data.reason, failed.body.error.message]).toEqual([
    'PROBE_FAILED',
    expect.stringContaining('no answer in 2 s'),
  ]);
});

test('without a lab: LAB_OFF', async () => {
  const off = await startServer(database.url);
  try {
    const { body } = await query(off.address, 'lab.status', undefined, cookie);
    expect(body.error.data.reason).toBe('LAB_OFF');
    expect((await query(off.address, 'session.get', undefined, cookie)).body.result.data.lab).toBe(false);
  } finally {
    await off.stop();
  }
});
