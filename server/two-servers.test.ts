/** Two real processes on one database: what is done through one is known to the other. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StreamMessage } from '../core/wire/state.ts';
import { type TestDatabase, testDatabase } from './db/testing.ts';
import {
  askWith,
  cookieOf,
  joinNode,
  type Lines,
  makeApiToken,
  mutate,
  openAgentStream,
  openEvents,
  post,
  query,
  type SseEvent,
} from './testing/test-client.ts';
import { reportOf } from './testing/test-report.ts';
import { ADMIN, type ServerProcess, startServerProcess } from './testing/test-server.ts';

/** as in the chart */
const EVERYWHERE = {
  OUTGATE_LISTEN: ':0',
  OUTGATE_ADMIN_EMAIL: ADMIN.email,
  OUTGATE_ADMIN_PASSWORD: ADMIN.password,
};

let database: TestDatabase;
let one: ServerProcess;
let two: ServerProcess;
let cookie: string;
beforeAll(async () => {
  database = await testDatabase();
  [one, two] = await Promise.all([startServerProcess(database.url), startServerProcess(database.url, EVERYWHERE)]);
  cookie = await cookieOf(one.address);
});
afterAll(async () => {
  await one?.stop();
  await two?.stop();
  await database?.close();
});

test('without a host it is reached by both families', async () => {
  const { port } = new URL(two.address);
  for (const host of ['127.0.0.1', '[::1]']) {
    expect((await fetch(`http://${host}:${port}/livez`)).status, host).toBe(200);
  }
});

let pools = 0;
const makePool = async (server: ServerProcess) => {
  const name = `two-${++pools}`;
  const made = await mutate(
    server.address,
    'pools.create',
    { name, spec: { cidr: `10.${pools}.0.0/16`, natOutgoing: true } },
    cookie,
  );
  expect(made.status).toBe(200);
  return {
    name,
    change: made.body.result.data.change.id as number,
    revision: made.body.result.data.revision as string,
  };
};
const kind = (events: Lines, wanted: string) => events.next<SseEvent>((event) => event.data?.kind === wanted);

test('a session of one is a session of the other, and one admin was made', async () => {
  expect((await query(two.address, 'session.get', undefined, cookie)).body.result.data.user.role).toBe('admin');
  const { accounts } = (await query(two.address, 'accounts.list', undefined, cookie)).body.result.data;
  expect(accounts).toHaveLength(1);
});

test('a change through one reaches browser and agent of the other within a second', async () => {
  const credential = await joinNode(one.address, cookie, 'two-agent');
  const events = await openEvents(two.address, cookie);
  const stream = await openAgentStream(two.address, credential);
  await kind(events, 'reset');
  await stream.next<StreamMessage>((message) => message.type === 'snapshot');
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const { name, change, revision } = await makePool(one);
    const [told, delta] = await Promise.all([
      kind(events, 'change'),
      stream.next<Extract<StreamMessage, { type: 'delta' }>>((message) => message.type === 'delta'),
    ]);
    times.push(performance.now() - start);
    expect(told.data.sequence).toBe(change);
    expect(delta).toMatchObject({ sequence: change, revision, upsert: [{ name }] });
  }
  // the quickest: other work on the machine holds up the others
  expect(Math.min(...times)).toBeLessThan(1_000);
  // and its report through one is told by the other
  await post(`${one.address}/agent/v1/report`, reportOf('two-agent'), { authorization: `Bearer ${credential}` });
  await kind(events, 'node');
  events.close();
  stream.close();
});

test('changes through both at once get one number each, and both lead to one revision', async () => {
  const made = await Promise.all(Array.from({ length: 10 }, (_, index) => makePool(index % 2 === 0 ? one : two)));
  const numbers = made.map((each) => each.change).sort((a, b) => a - b);
  expect(new Set(numbers).size).toBe(10);
  expect((numbers.at(-1) ?? 0) - (numbers[0] ?? 0)).toBe(9);
  const lists = await Promise.all(
    [one, two].map((server) => query(server.address, 'pools.list', { limit: 100 }, cookie)),
  );
  expect(lists[0]?.body.result.data.revision).toBe(lists[1]?.body.result.data.revision);
});

test('a browser resumes on the other server where it left the first', async () => {
  const events = await openEvents(one.address, cookie);
  const { id } = await kind(events, 'reset');
  events.close();
  const { change } = await makePool(one);
  const resumed = await openEvents(two.address, cookie, id);
  expect((await kind(resumed, 'change')).data.sequence).toBe(change);
  resumed.close();
});

test('a node forgotten through one is cut on the other', async () => {
  const credential = await joinNode(one.address, cookie, 'two-forgotten');
  const stream = await openAgentStream(two.address, credential);
  await stream.next<StreamMessage>((message) => message.type === 'snapshot');
  await mutate(one.address, 'nodes.forget', { name: 'two-forgotten' }, cookie);
  await stream.ended; // nothing else ends it
});

test('a server that stops says goodbye: streams end, it exits with 0 and logged no secret', async () => {
  const credential = await joinNode(two.address, cookie, 'two-last');
  const { id, token } = await makeApiToken(one.address, cookie, { name: 'two-ci', role: 'viewer' });
  expect((await askWith(two.address, token, 'pools.list')).status).toBe(200);
  await mutate(one.address, 'apiTokens.revoke', { id }, cookie);
  expect((await askWith(two.address, token, 'pools.list')).status).toBe(401);
  const events = await openEvents(two.address, cookie);
  const stream = await openAgentStream(two.address, credential);
  await kind(events, 'reset');
  const code = await two.stop();
  await Promise.all([events.ended, stream.ended]);
  expect(code).toBe(0);
  const log = [...one.lines, ...two.lines].join('\n');
  expect(log).toContain('"access":"joinTokens.create"');
  expect(log).toContain(`"access":"apiToken.refused","reason":"the API token 'two-ci' was revoked`);
  const secret = cookie.split('=')[1] ?? '';
  for (const word of [credential, token, secret, decodeURIComponent(secret), 'correct horse']) {
    expect(log).not.toContain(word);
  }
});
