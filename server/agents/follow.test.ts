import { expect, test } from 'vitest';
import type { StreamMessage } from '../../core/wire/state.ts';
import { agentDoors, bearer, type } from '../testing/agent-doors.ts';
import { serverOfFile } from '../testing/file-server.ts';
import { ask, joinNode, mutate, openAgentStream } from '../testing/test-client.ts';
import { reportOf } from '../testing/test-report.ts';
import { startServer } from '../testing/test-server.ts';

const server = serverOfFile();
const { report, makePool } = agentDoors(server);

test('a snapshot first, then the delta of each change at once', async () => {
  await makePool();
  const stream = await openAgentStream(server.address, await joinNode(server.address, server.cookie, 'stream-1'));
  const { state } = await stream.next<Extract<StreamMessage, { type: 'snapshot' }>>(type('snapshot'));
  expect(state.pools.map((pool) => pool.name)).toContain('agents-1');
  const made = await makePool();
  const delta = await stream.next<Extract<StreamMessage, { type: 'delta' }>>(type('delta'));
  expect(delta).toMatchObject({
    from: state.sequence,
    sequence: made.change,
    revision: made.revision,
    upsert: [{ name: made.name, spec: { natOutgoing: true } }],
    remove: [],
  });
  stream.close();
});

test('it resumes after a sequence, from the first change on, and answers an unknown one with a snapshot', async () => {
  const credential = await joinNode(server.address, server.cookie, 'stream-2');
  const first = await makePool();
  const second = await makePool();
  const resumed = await openAgentStream(server.address, credential, first.change);
  const delta = await resumed.next<Extract<StreamMessage, { type: 'delta' }>>(() => true);
  expect(delta).toMatchObject({
    type: 'delta',
    from: first.change,
    sequence: second.change,
    revision: second.revision,
  });
  expect(delta.upsert.map((pool) => pool.name)).toEqual([second.name]);
  resumed.close();
  for (const unknown of [0, second.change + 1000]) {
    const stream = await openAgentStream(server.address, credential, unknown);
    const message = await stream.next<StreamMessage>(() => true);
    expect(message.type).toBe(unknown === 0 ? 'delta' : 'snapshot');
    stream.close();
  }
  const upToDate = await openAgentStream(server.address, credential, second.change);
  expect(await upToDate.next<StreamMessage>(() => true)).toEqual({ type: 'heartbeat' });
  upToDate.close();
  const answer = await ask(`${server.address}/agent/v1/stream?sequence=-1`, { headers: bearer(credential) });
  expect(answer.status).toBe(400);
});

test('a server that did not follow so far back gives a snapshot', async () => {
  const credential = await joinNode(server.address, server.cookie, 'stream-3');
  await makePool();
  const fresh = await startServer(server.databaseUrl);
  try {
    const stream = await openAgentStream(fresh.address, credential, 0);
    expect((await stream.next<StreamMessage>(() => true)).type).toBe('snapshot');
    stream.close();
  } finally {
    await fresh.stop();
  }
});

test('a newer stream of the same node ends the older one', async () => {
  const credential = await joinNode(server.address, server.cookie, 'stream-4');
  const older = await openAgentStream(server.address, credential);
  await older.next(type('snapshot'));
  const newer = await openAgentStream(server.address, credential);
  await older.ended;
  await newer.next(type('snapshot'));
  newer.close();
});

test('a forgotten node is cut at once, and its credential is refused', async () => {
  const credential = await joinNode(server.address, server.cookie, 'forgotten');
  const stream = await openAgentStream(server.address, credential);
  await stream.next(type('snapshot'));
  expect((await mutate(server.address, 'nodes.forget', { name: 'forgotten' }, server.cookie)).status).toBe(200);
  await stream.ended;
  expect((await report(credential, reportOf('forgotten'))).status).toBe(401);
  expect((await ask(`${server.address}/agent/v1/stream`, { headers: bearer(credential) })).status).toBe(401);
  expect((await mutate(server.address, 'nodes.forget', { name: 'forgotten' }, server.cookie)).status).toBe(404);
});
