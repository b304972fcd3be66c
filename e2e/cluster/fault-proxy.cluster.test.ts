/** Each fault does what its name says, to a real server's answers. */
import { Agent, get } from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { must, request } from './request.ts';
import { sharedServer } from './shared-server.ts';

const PATH = '/api/v1/namespaces';
const server = sharedServer();
let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await startFaultProxy(server);
});
afterEach(() => proxy.heal());
afterAll(() => proxy?.close());

const list = () => request(proxy.as('admin'), 'GET', PATH);

describe('a request', () => {
  it('passes as it is, and its answer too', async () => {
    const direct = await must(server.as('admin'), 'GET', `${PATH}/default`);
    expect(await must(proxy.as('admin'), 'GET', `${PATH}/default`)).toEqual(direct);
    expect(await request(proxy.as('nobody'), 'GET', PATH)).toMatchObject({ status: 403 });
  });

  it('is reset', async () => {
    proxy.fail({ kind: 'reset' });
    await expect(list()).rejects.toThrow(/ECONNRESET|socket hang up/);
  });

  it('is answered with something else, where it matches', async () => {
    proxy.fail(
      { kind: 'answer', status: 429, headers: { 'retry-after': '1' }, body: 'Too many requests' },
      /namespaces/,
    );
    expect(await list()).toEqual({ status: 429, body: 'Too many requests' });
    expect(await request(proxy.as('admin'), 'GET', '/readyz')).toEqual({ status: 200, body: 'ok' });
  });

  it('hangs', async () => {
    proxy.fail({ kind: 'hang' });
    const first = await Promise.race([
      list().catch(() => 'cut off'),
      new Promise((done) => setTimeout(done, 300, 'silence')),
    ]);
    expect(first).toBe('silence');
    proxy.resetAll();
  });

  it('gets half an answer that looks complete', async () => {
    proxy.fail({ kind: 'truncate', bytes: 20 });
    const { status, body } = await list();
    expect(status).toBe(200);
    expect(body).toHaveLength(20);
  });
});

describe('a watch', () => {
  it('sees lines that the server never sent, and nothing at all after a silent cut', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const lines: string[] = [];
    let ended = false;
    const { ca, token, url } = proxy.as('admin');
    const headers = { authorization: `Bearer ${token}` };
    await new Promise<void>((resolve) => {
      const sent = get(`${url}${PATH}?watch=true`, { ca, headers, agent }, (response) => {
        response.setEncoding('utf8').on('data', (text: string) => lines.push(text));
        response.on('close', () => {
          ended = true;
        });
        resolve();
      });
      sent.on('error', () => {});
    });
    expect(proxy.inject('{"type":"NONSENSE"}')).toBe(1);
    await expect.poll(() => lines.join('')).toContain('NONSENSE');
    proxy.cut();
    const before = lines.length;
    await must(server.as('admin'), 'POST', PATH, { metadata: { name: 'after-the-cut' } });
    // the same connection, cut; a new one works
    expect((await list()).status).toBe(200);
    expect({ ended, lines: lines.length }).toEqual({ ended: false, lines: before });
    proxy.resetAll();
    agent.destroy();
  });
});
