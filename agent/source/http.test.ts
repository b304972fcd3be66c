import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOf } from './http.ts';

const got: { encoding: string | undefined; body: Buffer }[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    got.push({ encoding: request.headers['content-encoding'], body: Buffer.concat(chunks) });
    response.end('{}');
  });
});
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => server.close());

it('packs what is large, and nothing else', async () => {
  const client = await clientOf(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), undefined);
  const small = { cidr: '10.0.0.0/8' };
  const large = Array.from({ length: 20_000 }, (_, i) => ({ cidr: `10.${i >> 8}.${i & 255}.0/24`, packets: i }));
  for (const body of [small, large]) expect((await client.post('report', body)).status).toBe(200);
  client.close();
  const [first, second] = got;
  expect([first?.encoding, String(first?.body)]).toEqual([undefined, JSON.stringify(small)]);
  expect([second?.encoding, JSON.parse(String(gunzipSync(second?.body ?? '')))]).toEqual(['gzip', large]);
  expect(second?.body.length).toBeLessThan(JSON.stringify(large).length / 5);
});
