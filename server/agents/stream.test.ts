import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { makeHub } from '../events/hub.ts';
import { openLines } from '../testing/test-client.ts';
import type { Feed } from './feed.ts';
import { openStream } from './stream.ts';

const server = createServer();
let url = '';
let open: (res: ServerResponse) => void = () => {};
server.on('request', (_req, res) => open(res));
const listening = once(server.listen(0, '127.0.0.1'), 'listening').then(() => {
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => server.closeAllConnections());

interface Started {
  readonly hub: ReturnType<typeof makeHub>;
  readonly ends: string[];
  readonly troubles: unknown[];
}
const start = (feed: Feed, refusal: () => Promise<string | null> = () => Promise.resolve(null)): Started => {
  const hub = makeHub();
  const ends: string[] = [];
  const troubles: unknown[] = [];
  open = (res) => {
    openStream({
      res,
      node: 'n',
      sequence: null,
      feed,
      hub,
      refusal,
      onEnd: (reason) => ends.push(reason),
      onTrouble: (error) => troubles.push(error),
      patienceMs: 300,
    });
  };
  return { hub, ends, troubles };
};

test('an agent that reads nothing is cut, and only what the kernel buffers was asked for', async () => {
  await listening;
  let asked = 0;
  const line = Buffer.from(`"${'x'.repeat(4_000_000)}"\n`);
  const { ends, hub } = start({
    since: (held) => {
      asked++;
      return Promise.resolve({ line, sequence: (held ?? 0) + 1 });
    },
  });
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'),
  );
  socket.pause();
  socket.on('error', () => {});
  for (let index = 0; index < 20; index++) {
    hub.publish({ kind: 'change', sequence: index });
    await delay(10);
  }
  for (const deadline = Date.now() + 20_000; ends.length === 0 && Date.now() < deadline; ) await delay(20);
  expect(ends).toEqual(['too slow']);
  expect(asked).toBeLessThan(6);
  expect(hub.subscribers()).toBe(0);
  socket.destroy();
});

test('many changes at once are one line', async () => {
  await listening;
  let sequence = 0;
  const { hub } = start({
    since: async (held) => {
      await delay(20);
      return { line: held === sequence ? null : Buffer.from(`${sequence}\n`), sequence };
    },
  });
  const lines = await openLines(url, {});
  await lines.next((message) => message === 0);
  for (sequence = 1; sequence < 50; sequence++) hub.publish({ kind: 'change', sequence });
  hub.publish({ kind: 'change', sequence });
  const first = await lines.next<number>(() => true);
  expect(first).toBe(50);
  lines.close();
});

test('a state that cannot be read is asked for again', async () => {
  await listening;
  let failures = 2;
  const { troubles } = start({
    since: () =>
      failures-- > 0
        ? Promise.reject(new Error('away'))
        : Promise.resolve({ line: Buffer.from('"here"\n'), sequence: 1 }),
  });
  const lines = await openLines(url, {});
  await lines.next((message) => message === 'here');
  expect(troubles).toHaveLength(2);
  lines.close();
});

test('after the listener was away the credential is asked for again', async () => {
  await listening;
  let why: string | null = null;
  const { hub, ends } = start({ since: () => Promise.resolve({ line: null, sequence: 0 }) }, () =>
    Promise.resolve(why),
  );
  const lines = await openLines(url, {});
  hub.publish({ kind: 'resync' });
  await delay(50);
  expect(ends).toEqual([]);
  why = 'credential revoked';
  hub.publish({ kind: 'credential', node: 'another' });
  await delay(50);
  expect(ends).toEqual([]);
  hub.publish({ kind: 'resync' });
  await lines.ended;
  expect(ends).toEqual(['credential revoked']);
});
