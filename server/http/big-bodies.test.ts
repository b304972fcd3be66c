import { request } from 'node:http';
import { expect, it } from 'vitest';
import { writePools } from '../../core/calico/write.ts';
import { serverOfFile } from '../testing/file-server.ts';
import { ask, post, query } from '../testing/test-client.ts';

const server = serverOfFile();

it('while thousands of pools are read, everybody else is answered', async () => {
  const pools = Array.from({ length: 5000 }, (_, i) => ({
    name: `p-${i}`,
    spec: { cidr: `10.${i >> 8}.${i & 255}.0/24`, natOutgoing: true },
  }));
  const yaml = writePools(pools, 'v3');
  let reading = true;
  const imported = post(`${server.address}/api/trpc/pools.import`, { yaml }, { cookie: server.cookie }).finally(() => {
    reading = false;
  });
  let answered = 0;
  for (; reading; answered++) expect((await ask(`${server.address}/livez`)).status).toBe(200);
  expect((await imported).status).toBe(200);
  // one after the other: a server that reads in its own thread answers a handful before and after
  expect(answered).toBeGreaterThan(50);
  const exported = await query(server.address, 'pools.export', {}, server.cookie);
  expect(exported.body.result.data.yaml.split('---\n')).toHaveLength(5000);
}, 120_000);

/** Sent to its end whatever comes back, as a program does that reads the answer then. */
function sendAll(
  path: string,
  bytes: number,
  headers: Record<string, string | number>,
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(server.address);
  const sent = { 'content-type': 'application/json', cookie: server.cookie, ...headers };
  return new Promise((resolve, reject) => {
    const req = request({ hostname, port, path, method: 'POST', headers: sent, agent: false });
    let text = '';
    req.on('response', (res) => {
      res.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      req.on('close', () => resolve({ status: res.statusCode ?? 0, text }));
    });
    req.on('error', reject);
    const part = Buffer.alloc(64 * 1024, 'x');
    let left = bytes;
    const next = (): void => {
      for (; left > 0; left -= part.length) {
        if (!req.write(part)) {
          left -= part.length;
          req.once('drain', next);
          return;
        }
      }
      req.end();
    };
    next();
  });
}

const BIG = 32 * 1024 * 1024;

it.each([
  ['whose length is known', { 'content-length': BIG }],
  ['that comes in parts', {}],
])('a body %s and that is too long is answered with the limit, also who sends all of it', async (_, headers) => {
  const { status, text } = await sendAll('/api/trpc/pools.import', BIG, headers);
  expect(status).toBe(413);
  expect(JSON.parse(text)).toMatchObject({
    error: { message: expect.stringContaining('at most 8388608 bytes'), data: { reason: 'INVALID_INPUT' } },
  });
  expect((await sendAll('/api/auth/sign-in/email', BIG, headers)).status).toBe(413);
});
