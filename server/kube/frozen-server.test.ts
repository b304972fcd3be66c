/** An API server that takes connections and says nothing on them, as one that is frozen does. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { CALLS_AT_A_TIME, type Connection, openConnection } from './connection.ts';

let server = '';
const sockets: Socket[] = [];
beforeAll(async () => {
  const frozen = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
  }).listen(0, '127.0.0.1');
  await once(frozen, 'listening');
  server = `https://127.0.0.1:${(frozen.address() as AddressInfo).port}`;
  return () => {
    for (const socket of sockets) socket.destroy();
    frozen.close();
  };
});

function connected(): Connection {
  const connection = openConnection({
    server,
    tls: async () => ({}),
    headers: async () => ({}),
    renew: () => {},
  });
  onTestFinished(() => connection.close());
  return connection;
}
const call = { method: 'GET', path: '/api' } as const;

it('a call is given up when its signal says so, also one that has no connection yet, and one that waits for its turn', async () => {
  const connection = connected();
  let stillWaits = true;
  const patient = connection.call(call).catch(() => {
    stillWaits = false;
  });
  const reason = new Error('nobody waits any more');
  const asked = Array.from({ length: 2 * CALLS_AT_A_TIME }, () => {
    const ending = new AbortController();
    setTimeout(() => ending.abort(reason), 100);
    return connection.call({ ...call, signal: ending.signal });
  });
  for (const one of await Promise.allSettled(asked)) expect(one).toEqual({ status: 'rejected', reason });
  // before a connection was waited for in vain
  expect(stillWaits).toBe(true);
  await patient;
});

it('calls wait for their connections side by side, not one after the other', async () => {
  const connection = connected();
  const before = sockets.length;
  const asked = Array.from({ length: 4 }, () => connection.call(call));
  await expect(Promise.race(asked)).rejects.toMatchObject({
    kind: 'unreachable',
    message: 'GET /api: no connection within 5 s',
  });
  expect(sockets.length - before).toBe(4);
  for (const one of await Promise.allSettled(asked)) expect(one.status).toBe('rejected');
});
