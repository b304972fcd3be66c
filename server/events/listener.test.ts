/** A PostgreSQL that is cut off without a word: nobody closes the connection, and nothing comes through it any more. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { type Listener, startListener } from './listener.ts';

let database: TestDatabase;
let way: Server;
let url: string;
/** open connections, and what cuts each */
const open = new Map<Socket, () => void>();
const sockets = new Set<Socket>();
/** the next connection is cut when this is said on it */
let cutAt: string | null = null;
let listener: Listener | undefined;
const heard: string[] = [];

beforeAll(async () => {
  database = await testDatabase();
  // the database of the tests has no port
  const dir = new URL(database.url).searchParams.get('host') ?? '';
  // half open: who says goodbye hears nothing back by itself
  way = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect(join(dir, '.s.PGSQL.5432'));
    let silent = false;
    const pass = (from: Socket, into: Socket): void => {
      from.on('data', (data) => {
        if (cutAt !== null && data.includes(cutAt)) [silent, cutAt] = [true, null];
        if (!silent) into.write(data);
      });
      from.on('end', () => silent || into.end());
      from.on('close', () => silent || into.destroy());
      from.on('error', () => {});
    };
    pass(client, server);
    pass(server, client);
    open.set(client, () => {
      silent = true;
    });
    client.on('end', () => {
      open.delete(client);
      if (silent) server.destroy();
    });
    sockets.add(client);
  });
  way.listen(0, '127.0.0.1');
  await once(way, 'listening');
  const through = new URL(database.url);
  through.searchParams.set('host', '127.0.0.1');
  through.searchParams.set('port', String((way.address() as AddressInfo).port));
  url = through.toString();
});
afterEach(async () => {
  await listener?.close();
  heard.length = 0;
});
afterAll(async () => {
  way?.close();
  for (const socket of sockets) socket.destroy();
  await database?.close();
});

function listen(): void {
  listener = startListener({
    connectionString: url,
    probeMs: 300,
    onNotice: ({ kind }) => heard.push(kind),
    onConnected: () => heard.push('connected'),
    onLost: (reason) => heard.push(`lost: ${reason}`),
  });
}
const hears = (...expected: string[]) => vi.waitFor(() => expect(heard).toEqual(expected), { timeout: 10_000 });
const notify = () => database.db.query(`SELECT pg_notify('outgate', '{"kind":"watch"}')`);

it('a cut that nobody tells of is noticed, and told once; what comes after is heard', async () => {
  listen();
  await hears('connected');
  for (const cut of open.values()) cut();
  await notify(); // is lost
  await hears('connected', 'lost: Query read timeout', 'connected');
  await notify();
  await hears('connected', 'lost: Query read timeout', 'connected', 'watch');
  await vi.waitFor(() => expect(open.size).toBe(1));
});

it('a cut before it listens is noticed too', async () => {
  cutAt = 'LISTEN';
  listen();
  await hears('connected');
  expect(cutAt).toBeNull();
});

it('it can be closed while nobody answers', async () => {
  listen();
  await hears('connected');
  for (const cut of open.values()) cut();
  await listener?.close();
  expect(listener?.connected()).toBe(false);
  listener = undefined;
});
