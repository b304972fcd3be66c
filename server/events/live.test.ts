import { beforeAll, describe, expect, test } from 'vitest';
import { serverOfFile } from '../testing/file-server.ts';
import {
  cookieOf,
  joinNode,
  type Lines,
  mutate,
  openEvents,
  openLines,
  post,
  type SseEvent,
} from '../testing/test-client.ts';
import { reportOf } from '../testing/test-report.ts';
import { startServer } from '../testing/test-server.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import { makeHub } from './hub.ts';
import { liveEvents } from './live.ts';

const server = serverOfFile();

let pools = 0;
const makePool = async (): Promise<number> => {
  const spec = { cidr: `10.${++pools}.0.0/16`, natOutgoing: true };
  return (await mutate(server.address, 'pools.create', { name: `live-${pools}`, spec }, server.cookie)).body.result.data
    .change.id;
};
const next = (events: Lines, kind: string, ms?: number): Promise<SseEvent> =>
  events.next<SseEvent>((event) => event.data?.kind === kind, ms);
/** The kinds and sequences that come first: up to those of a change that is made when the first of them is there. */
const all = async (events: Lines): Promise<string[]> => {
  const seen: string[] = [];
  for (let last: number | undefined; ; ) {
    const { data } = await events.next<SseEvent>((one) => one.data?.kind !== undefined);
    if (data.kind === 'change' && data.sequence === last) return seen;
    seen.push(`${data.kind} ${data.sequence ?? data.node ?? ''}`.trim());
    last ??= await makePool();
  }
};

test('cursors are read back as they were written, and nothing else is one', () => {
  expect(parseCursor(formatCursor({ sequence: 12, at: 1767225600000 }))).toEqual({ sequence: 12, at: 1767225600000 });
  for (const text of ['', '12', '12-', '-1-2', '1-2-3', 'a-b', '1e3-1', `${'9'.repeat(40)}-1`])
    expect(parseCursor(text)).toBeNull();
});

test('a new stream says reset once, then each change', async () => {
  const events = await openEvents(server.address, server.cookie);
  const first = await next(events, 'reset');
  const change = await makePool();
  const told = await next(events, 'change');
  expect(told.data.sequence).toBe(change);
  expect(parseCursor(told.id)?.sequence).toBe(change);
  expect(parseCursor(first.id)?.sequence).toBe(change - 1);
  events.close();
});

// a node's event may come again: its notice can still be on the way when the replay has told it
test('what happened in between is replayed, a change never twice', async () => {
  const before = await openEvents(server.address, server.cookie);
  const { id } = await next(before, 'reset');
  before.close();
  const made = [await makePool(), await makePool(), await makePool()];
  const credential = await joinNode(server.address, server.cookie, 'live-node');
  await post(`${server.address}/agent/v1/report`, reportOf('live-node'), { authorization: `Bearer ${credential}` });

  const resumed = await openEvents(server.address, server.cookie, id);
  const replayed = await all(resumed);
  expect(replayed.filter((event) => event.startsWith('change'))).toEqual(made.map((sequence) => `change ${sequence}`));
  expect(replayed).toContain('node live-node');
  // what leaves no trace: a node that was forgotten, the watch, accounts
  expect(replayed).toEqual(expect.arrayContaining(['nodes', 'watch', 'access']));
  resumed.close();
  const again = await openEvents(server.address, server.cookie, id);
  const second = await again.next<SseEvent>((event) => event.data?.sequence === made[1]);
  again.close();
  const last = await openEvents(server.address, server.cookie, second.id);
  const rest = [`change ${made[2]}`, `change ${(made[2] ?? 0) + 1}`, 'node live-node', 'nodes', 'watch', 'access'];
  expect([...new Set(await all(last))]).toEqual(rest);
  last.close();
});

test('a notice that comes after its change was replayed tells it no second time', async () => {
  const hub = makeHub();
  const sequence = await makePool();
  const signal = AbortSignal.timeout(60_000);
  const cursor = { sequence: sequence - 1, at: Date.now() + 60_000 };
  const events = liveEvents({ db: server.db, hub, cursor, signal, holds: async () => 60_000 });
  const kinds = ['change', 'nodes', 'watch', 'access'];
  for (const kind of kinds) expect((await events.next()).value?.event).toMatchObject({ kind });
  hub.publish({ kind: 'change', sequence });
  hub.publish({ kind: 'change', sequence: sequence + 1 });
  expect((await events.next()).value?.event).toEqual({ kind: 'change', sequence: sequence + 1 });
  await events.return(undefined);
});

test('too far back, from another database, or unreadable: reset', async () => {
  for (const id of ['999999-1767225600000', 'nonsense']) {
    const events = await openEvents(server.address, server.cookie, id);
    expect(await all(events)).toEqual(['reset']);
    events.close();
  }
  await server.db.query(
    `INSERT INTO change (sequence, actor, role, action, target, pools, revision)
     SELECT g, 'x', 'editor', 'pool.create', 'x', '{}', 'x' FROM desired, generate_series(sequence + 1, sequence + 300) g`,
  );
  const [row] = await server.db.query<{ sequence: string }>(
    'UPDATE desired SET sequence = sequence + 300 RETURNING sequence',
  );
  const events = await openEvents(server.address, server.cookie, `${Number(row?.sequence) - 250}-${Date.now()}`);
  expect(await all(events)).toEqual(['reset']);
  events.close();
});

describe('a stream ends with what it was opened with', () => {
  const account = { name: 'Viewer', email: 'live@outgate.example', password: 'a password of theirs' };
  const session = () => cookieOf(server.address, account);
  const ends = async (events: Lines) => {
    await next(events, 'access');
    await events.next<SseEvent>((event) => event.event === 'return');
    await events.ended;
  };
  let id: string;
  beforeAll(async () => {
    const made = await mutate(server.address, 'accounts.create', { ...account, role: 'viewer' }, server.cookie);
    id = made.body.result.data.account.id;
  });

  test('a session that is signed out, though the account has another one', async () => {
    const [first, second] = [await session(), await session()];
    const [ending, staying] = [await openEvents(server.address, first), await openEvents(server.address, second)];
    await next(ending, 'reset');
    await next(staying, 'reset');
    await post(`${server.address}/api/auth/sign-out`, {}, { cookie: first });
    await ends(ending);
    const change = await makePool();
    expect((await next(staying, 'change')).data.sequence).toBe(change);
    staying.close();
  });

  test('a session that runs out while nothing else happens', async () => {
    const events = await openEvents(server.address, await session());
    await next(events, 'reset');
    await server.db.query(`UPDATE session SET expires_at = now() + interval '1 second' WHERE user_id = $1`, [id]);
    await server.db.query(`SELECT pg_notify('outgate', '{"kind":"access"}')`); // it is asked for how long it holds now
    await next(events, 'access');
    await ends(events);
  });

  test('a session whose account got another password', async () => {
    const events = await openEvents(server.address, await session());
    await next(events, 'reset');
    await mutate(server.address, 'accounts.setPassword', { id, password: 'another password' }, server.cookie);
    await ends(events);
  });

  const liveWith = (...left: (number | null)[]) => {
    const hub = makeHub();
    const holds = async () => left.shift() ?? null;
    const signal = AbortSignal.timeout(60_000);
    return { hub, left, events: liveEvents({ db: server.db, hub, cursor: null, signal, holds }) };
  };

  test('one that was used meanwhile goes on, for as long as it holds now', async () => {
    const { hub, left, events } = liveWith(1, 1, 60_000);
    expect((await events.next()).value?.event).toEqual({ kind: 'reset' });
    const told = events.next();
    await expect.poll(() => left).toEqual([]);
    hub.publish({ kind: 'watch' });
    expect((await told).value?.event).toEqual({ kind: 'watch' });
    await events.return(undefined);
  });

  test('where notices were lost', async () => {
    const { hub, events } = liveWith(60_000);
    expect((await events.next()).value?.event).toEqual({ kind: 'reset' });
    hub.publish({ kind: 'resync' });
    expect((await events.next()).value?.event).toEqual({ kind: 'access' });
    expect(await events.next()).toEqual({ value: undefined, done: true });
    expect(hub.subscribers()).toBe(0);
  });
});

test('a server that stops breaks the stream off, so that the browser opens it again where it was', async () => {
  const other = await startServer(server.databaseUrl);
  const events = await openEvents(other.address, server.cookie);
  const { id } = await next(events, 'reset');
  await other.stop();
  await events.ended;
  await expect(
    events.next<SseEvent>(({ event }) => event === 'return' || event === 'serialized-error', 100),
  ).rejects.toThrow();
  const change = await makePool();
  const url = `${server.address}/api/trpc/events.subscribe`;
  const resumed = await openLines(
    url,
    { cookie: server.cookie, accept: 'text/event-stream', 'last-event-id': id },
    true,
  );
  expect((await next(resumed, 'change')).data.sequence).toBe(change);
  resumed.close();
});
