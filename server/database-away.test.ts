/** PostgreSQL is killed while the server works: it must live on, and be whole again when the database is. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StreamMessage } from '../core/wire/state.ts';
import { type Embedded, startEmbedded } from './db/embedded.ts';
import { databaseFolder } from './db/testing.ts';
import type { PassingFolder } from './testing/passing-folder.ts';
import {
  ask,
  cookieOf,
  joinNode,
  mutate,
  openAgentStream,
  openEvents,
  query,
  type SseEvent,
} from './testing/test-client.ts';
import { type ServerProcess, startServerProcess } from './testing/test-server.ts';

let folder: PassingFolder;
let embedded: Embedded;
let server: ServerProcess;
beforeAll(async () => {
  folder = databaseFolder('outgate-test-');
  embedded = await startEmbedded(folder.path);
  server = await startServerProcess(embedded.url);
});
afterAll(async () => {
  await server?.stop();
  await embedded?.stop();
  folder?.remove();
});

const ready = async (): Promise<number> => (await ask(`${server.address}/readyz`)).status;
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (const deadline = Date.now() + 25_000; !(await holds()); await delay(20)) {
    expect(Date.now()).toBeLessThan(deadline);
  }
};

test('no acknowledged change is lost, and browser and agent hear of the first one after', async () => {
  const cookie = await cookieOf(server.address);
  const credential = await joinNode(server.address, cookie, 'away');
  const events = await openEvents(server.address, cookie);
  const stream = await openAgentStream(server.address, credential);
  await events.next<SseEvent>((event) => event.data?.kind === 'reset');
  await stream.next<StreamMessage>((message) => message.type === 'snapshot');

  const acknowledged: string[] = [];
  let writing = true;
  const writer = (async () => {
    for (let index = 1; writing && index < 250; index++) {
      const name = `away-${index}`;
      const spec = { cidr: `10.${index}.0.0/16`, natOutgoing: true };
      const made = await mutate(server.address, 'pools.create', { name, spec }, cookie);
      if (made.status === 200) acknowledged.push(name);
      else expect(JSON.stringify(made.body)).not.toMatch(/postgres|ECONN|node_modules/i);
    }
  })();
  await until(() => acknowledged.length >= 5);
  process.kill(embedded.pid, 'SIGKILL');
  await until(async () => (await ready()) === 503);
  await delay(1_000);
  writing = false;
  await writer;
  expect(await ready()).toBe(503);
  expect((await ask(`${server.address}/livez`)).status).toBe(200);
  // who asks cannot be looked up
  for (const procedure of ['session.get', 'pools.list']) {
    const { status, body } = await query(server.address, procedure, undefined, cookie);
    expect([procedure, status, body.error.data.reason]).toEqual([procedure, 500, 'INTERNAL']);
  }

  embedded = await startEmbedded(folder.path);
  await until(async () => (await ready()) === 200);
  expect(server.child.exitCode).toBeNull();

  const { pools } = (await query(server.address, 'pools.list', { limit: 500 }, cookie)).body.result.data;
  const names = pools.map((pool: { name: string }) => pool.name);
  expect(acknowledged.filter((name) => !names.includes(name))).toEqual([]);

  const made = await mutate(server.address, 'pools.create', { name: 'back', spec: { cidr: '10.255.0.0/16' } }, cookie);
  expect(made.status).toBe(200);
  const change = made.body.result.data.change.id;
  await events.next<SseEvent>((event) => event.data?.sequence === change);
  await stream.next<StreamMessage>((message) => message.type === 'delta' && message.sequence === change);
  events.close();
  stream.close();
});
