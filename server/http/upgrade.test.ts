import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEdge, type Room } from './edge.ts';

/** As Next does it: from the first page on it listens for upgrades, and what it does not know it leaves as it is. */
const pages: Room = {
  path: '/',
  handle: ({ res }) => {
    if (server.listenerCount('upgrade') === 0) server.on('upgrade', (_req, socket) => socket.on('error', () => {}));
    res.end('a page');
  },
};

const lines: string[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
let server: Server;
beforeAll(async () => {
  server = createEdge({
    log,
    origins: new Set(),
    secure: false,
    dev: false,
    trustedProxies: [],
    rooms: [pages],
    onAnswer: () => {},
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  server?.close();
  server?.closeAllConnections();
});

/** The whole answer to a client that ends its side at once; what came within 15 s where the connection stays open. */
async function upgrade(target: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let got = '';
  socket.on('data', (chunk) => {
    got += String(chunk);
  });
  socket.end(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n`);
  await Promise.race([once(socket, 'close'), new Promise((resolve) => setTimeout(resolve, 15_000).unref())]);
  return got;
}

test('an upgrade is refused, and no connection stays behind, also after a page was served', async () => {
  const { port } = server.address() as AddressInfo;
  const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  expect(await page.text()).toBe('a page');
  expect(server.listenerCount('upgrade')).toBe(1);
  const targets = ['/livez', '/', '/_next/hmr', 'http://[/', '/api/trpc/events.subscribe'];
  const answers = await Promise.all([...targets, ...targets, ...targets].map(upgrade));
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*"reason":"INVALID_INPUT"/);
  await expect.poll(() => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))).toBe(0);
  expect(lines.filter((line) => line.includes('"level":50'))).toEqual([]);
});

test('a path whose percent signs stand for no text is refused before a page sees it', async () => {
  const { port } = server.address() as AddressInfo;
  for (const path of ['/pools/%E0%A4%A', '/pools/%FF', '/nodes/%E0%A4%A', '/codes/%E0%A4%A', '/api/trpc/%E0%A4%A']) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    const { error } = (await answer.json()) as { error: { data: { reason: string; requestId: string } } };
    expect([path, answer.status, error.data.reason]).toEqual([path, 400, 'INVALID_INPUT']);
    expect(error.data.requestId).toMatch(/^[0-9a-f-]{36}$/);
  }
});
