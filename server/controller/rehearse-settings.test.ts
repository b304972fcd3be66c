import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { beginTerm } from '../db/live.ts';
import { writeWatch } from '../db/live-watch.ts';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { type Connection, openConnection } from '../kube/connection.ts';
import { rehearseSettings } from './rehearse-settings.ts';

let database: TestDatabase;
let epoch: number;
/** Takes connections and never says a word, as a frozen API server does. */
let silent: Server;
let connection: Connection;
let asked = 0;

beforeAll(async () => {
  database = await testDatabase();
  epoch = await beginTerm(database.db, 'test');
  silent = createServer((socket) => {
    asked++;
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  connection = openConnection({
    server: `http://127.0.0.1:${port}`,
    tls: async () => ({}),
    headers: async () => ({}),
    renew: () => {},
  });
});
afterAll(async () => {
  await connection?.close();
  silent?.close();
  await database?.close();
});

const isNow = (phase: 'live' | 'blind'): Promise<unknown> => {
  const from = 'projectcalico.org/v3';
  const watch = {
    group: from,
    phase,
    since: 0,
    error: null,
    queued: 0,
    from,
    lost: false,
    settingsLost: false,
  } as const;
  return writeWatch(database.db, epoch, { watch: { ...watch, back: null }, heardAt: null });
};
const rehearse = () =>
  rehearseSettings(connection, database.db, new Map([['default', { natPortRange: '1024:65535' }]]));

it('a cluster that is known not to be heard is not asked: nobody waits for it with each save', async () => {
  await isNow('blind');
  expect(await rehearse()).toEqual([]);
  expect(asked).toBe(0);
  await isNow('live');
  expect(await rehearse()).toEqual([]);
  expect(asked).toBeGreaterThan(0);
});
