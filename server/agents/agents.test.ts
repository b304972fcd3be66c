import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../core/wire/report.ts';
import type { StreamMessage } from '../../core/wire/state.ts';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { ask, cookieOf, joinNode, mutate, openAgentStream, openEvents, post, query } from '../testing/test-client.ts';
import { reportOf } from '../testing/test-report.ts';
import { startServer, type TestServer } from '../testing/test-server.ts';
import { appRouter } from '../trpc/router.ts';

let database: TestDatabase;
let server: TestServer;
let cookie: string;
beforeAll(async () => {
  database = await testDatabase();
  server = await startServer(database.url);
  cookie = await cookieOf(server.address);
}, 60_000);
afterAll(async () => {
  await server?.stop();
  await database?.close();
});

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });
const report = (credential: string, body: Partial<Report> | string) =>
  post(`${server.address}/agent/v1/report`, body, bearer(credential));
const makeToken = async (input: object) =>
  (await mutate(server.address, 'joinTokens.create', input, cookie)).body.result.data;
const join = (token: string, node: string) => post(`${server.address}/agent/v1/join`, { token, node });
let pools = 0;
const makePool = async (): Promise<{ name: string; change: number; revision: string }> => {
  const name = `agents-${++pools}`;
  const spec = { cidr: `10.${pools}.0.0/16`, natOutgoing: true };
  const made = await mutate(server.address, 'pools.create', { name, spec }, cookie);
  expect(made.status).toBe(200);
  return { name, change: made.body.result.data.change.id, revision: made.body.result.data.revision };
};
const type = (wanted: StreamMessage['type']) => (message: StreamMessage) => message.type === wanted;

describe('join', () => {
  test('a join token buys a node a credential; both are kept as hashes alone', async () => {
    const { joinToken, token } = await makeToken({ name: 'rack 1' });
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const joined = await join(token, 'join-1');
    expect(joined.body).toEqual({ node: 'join-1', credential: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) });
    expect((await join(token, 'join-2')).status).toBe(200);
    const stored = JSON.stringify(
      await database.db.query(`SELECT to_jsonb(n) AS n, (SELECT jsonb_agg(j) FROM join_token j) AS j FROM node n`),
    );
    expect(stored).not.toContain(token);
    expect(stored).not.toContain(joined.body.credential);
    const { joinTokens } = (await query(server.address, 'joinTokens.list', undefined, cookie)).body.result.data;
    const listed = joinTokens.find((one: { id: string }) => one.id === joinToken.id);
    expect(listed).toMatchObject({ name: 'rack 1', uses: 2, revokedAt: null, createdBy: 'ada@outgate.example' });
    expect(JSON.stringify(joinTokens)).not.toContain(token);
  });

  test('a revoked, expired or unknown token buys nothing, nor does a session', async () => {
    const revoked = await makeToken({ name: 'revoked' });
    await mutate(server.address, 'joinTokens.revoke', { id: revoked.joinToken.id }, cookie);
    const expired = await makeToken({ name: 'expired', expiresAt: new Date(Date.now() + 200).toISOString() });
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const token of [revoked.token, expired.token, 'unknown']) {
      const answer = await join(token, 'nobody');
      expect([answer.status, answer.body.error.data.reason]).toEqual([401, 'AGENT_REFUSED']);
    }
    const past = await mutate(
      server.address,
      'joinTokens.create',
      { name: 'x', expiresAt: '2020-01-01T00:00:00Z' },
      cookie,
    );
    expect(past.body.error.data.issues[0]).toMatchObject({
      field: 'expiresAt',
      message: expect.stringContaining('2020-01-01'),
    });
    expect(await database.db.query(`SELECT 1 FROM node WHERE name = 'nobody'`)).toEqual([]);
  });

  test('garbage is refused with its fields', async () => {
    for (const [body, field] of [
      ['{', 'JSON'],
      ['null', 'body'],
      [{ token: 't' }, 'node'],
      [{ token: 't', node: 'Upper Case' }, 'node'],
      [{ token: 't', node: 'a', role: 'admin' }, 'body'],
      [{ token: 't', node: 'a\u0000b' }, 'node'],
    ] as const) {
      const answer = await post(`${server.address}/agent/v1/join`, body);
      expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(field)]);
    }
  });

  test('a node that joins again has a new credential, and the older one is worth nothing', async () => {
    const older = await joinNode(server.address, cookie, 'again');
    const stream = await openAgentStream(server.address, older);
    await stream.next(type('snapshot'));
    const newer = await joinNode(server.address, cookie, 'again');
    await stream.ended;
    expect((await report(older, reportOf('again'))).status).toBe(401);
    expect((await report(newer, reportOf('again'))).status).toBe(200);
  });

  test('a bootstrap token that an admin revoked stays revoked at the next start', async () => {
    const variables = { OUTGATE_BOOTSTRAP_JOIN_TOKEN: 'a-bootstrap-token-for-tests' };
    await (await startServer(database.url, variables)).stop();
    expect((await join('a-bootstrap-token-for-tests', 'boot')).status).toBe(200);
    const { joinTokens } = (await query(server.address, 'joinTokens.list', undefined, cookie)).body.result.data;
    const { id } = joinTokens.find((one: { name: string }) => one.name === 'bootstrap');
    await mutate(server.address, 'joinTokens.revoke', { id }, cookie);
    await (await startServer(database.url, variables)).stop();
    expect((await join('a-bootstrap-token-for-tests', 'boot')).status).toBe(401);
  });
});

describe('stream', () => {
  test('a snapshot first, then the delta of each change at once', async () => {
    await makePool();
    const stream = await openAgentStream(server.address, await joinNode(server.address, cookie, 'stream-1'));
    const { state } = await stream.next<Extract<StreamMessage, { type: 'snapshot' }>>(type('snapshot'));
    expect(state.pools.map((pool) => pool.name)).toContain('agents-1');
    const start = performance.now();
    const made = await makePool();
    const delta = await stream.next<Extract<StreamMessage, { type: 'delta' }>>(type('delta'));
    expect(performance.now() - start).toBeLessThan(3_000);
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
    const credential = await joinNode(server.address, cookie, 'stream-2');
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
    expect(await upToDate.next<StreamMessage>(() => true, 7_000)).toEqual({ type: 'heartbeat' });
    upToDate.close();
    const answer = await ask(`${server.address}/agent/v1/stream?sequence=-1`, { headers: bearer(credential) });
    expect(answer.status).toBe(400);
  });

  test('a server that did not follow so far back gives a snapshot', async () => {
    const credential = await joinNode(server.address, cookie, 'stream-3');
    await makePool();
    const fresh = await startServer(database.url);
    try {
      const stream = await openAgentStream(fresh.address, credential, 0);
      expect((await stream.next<StreamMessage>(() => true)).type).toBe('snapshot');
      stream.close();
    } finally {
      await fresh.stop();
    }
  });

  test('a newer stream of the same node ends the older one', async () => {
    const credential = await joinNode(server.address, cookie, 'stream-4');
    const older = await openAgentStream(server.address, credential);
    await older.next(type('snapshot'));
    const newer = await openAgentStream(server.address, credential);
    await older.ended;
    await newer.next(type('snapshot'));
    newer.close();
  });

  test('a forgotten node is cut at once, and its credential is refused', async () => {
    const credential = await joinNode(server.address, cookie, 'forgotten');
    const stream = await openAgentStream(server.address, credential);
    await stream.next(type('snapshot'));
    expect((await mutate(server.address, 'nodes.forget', { name: 'forgotten' }, cookie)).status).toBe(200);
    const start = performance.now();
    await stream.ended;
    expect(performance.now() - start).toBeLessThan(3_000);
    expect((await report(credential, reportOf('forgotten'))).status).toBe(401);
    expect((await ask(`${server.address}/agent/v1/stream`, { headers: bearer(credential) })).status).toBe(401);
    expect((await mutate(server.address, 'nodes.forget', { name: 'forgotten' }, cookie)).status).toBe(404);
  });
});

describe('report', () => {
  test('it becomes the rows of its own node', async () => {
    const credential = await joinNode(server.address, cookie, 'report-1');
    const { change, revision } = await makePool();
    const body = reportOf('report-1', { sequence: change, revision, natted: 7 });
    expect((await report(credential, body)).status).toBe(200);
    expect((await report(credential, body)).status).toBe(200);
    const [row] = await database.db.query<object>(
      `SELECT n.state, n.backend, n.revision, n.sequence::int, n.facts->>'name' AS facts, r.body->>'node' AS body,
        (SELECT array_agg(sequence::int) FROM holding h WHERE h.node = n.name) AS holdings,
        (SELECT array_agg(natted_v4::int) FROM sample s WHERE s.node = n.name) AS samples
       FROM node n JOIN report r ON r.node = n.name WHERE n.name = 'report-1'`,
    );
    expect(row).toEqual({
      state: 'Programmed',
      backend: 'iptables-nft',
      revision,
      sequence: change,
      facts: 'report-1',
      body: 'report-1',
      holdings: [change],
      samples: [7],
    });
  });

  test('a node that claims a change which is not there, or another revision, holds nothing', async () => {
    const credential = await joinNode(server.address, cookie, 'report-2');
    const { change, revision } = await makePool();
    await report(credential, reportOf('report-2', { sequence: change + 50, revision }));
    await report(credential, reportOf('report-2', { sequence: change, revision: 'another' }));
    await report(credential, { ...reportOf('report-2', { sequence: change, revision }), state: 'Failed' });
    expect(await database.db.query(`SELECT 1 FROM holding WHERE node = 'report-2'`)).toEqual([]);
  });

  test("another node's report is refused, and changes nothing", async () => {
    const credential = await joinNode(server.address, cookie, 'report-3');
    await joinNode(server.address, cookie, 'report-4');
    const answer = await report(credential, reportOf('report-4'));
    expect([answer.status, answer.body.error.data.reason]).toEqual([403, 'AGENT_REFUSED']);
    expect(answer.body.message).toContain('report-3');
    expect(await database.db.query(`SELECT 1 FROM report WHERE node = 'report-4'`)).toEqual([]);
  });

  test('garbage, lies about types and oversize bodies are refused', async () => {
    const credential = await joinNode(server.address, cookie, 'report-5');
    const bad = reportOf('report-5');
    const condition = (message: string) => {
      return { type: 'Programmed', status: 'True', reason: 'AsDesired', message, since: '2026-01-01T00:00:00Z' };
    };
    const withPackets = (packets: string | number) => {
      const sets = [{ name: 'outgate-src-v4', members: [{ cidr: '10.0.0.0/8', packets, bytes: 0 }] }];
      return { ...bad, families: { '4': { rules: [], sets }, '6': { rules: [], sets: [] } } };
    };
    for (const body of [
      '',
      '[',
      'null',
      { ...bad, state: 'Fine' },
      { ...bad, sequence: 1.5 },
      { ...bad, foreign: [{ chain: '\u0000', text: '' }] },
      { ...bad, conditions: Array.from({ length: 65 }, () => condition('m')) },
      { ...bad, conditions: [condition('m'.repeat(2001))] },
      withPackets('1'.repeat(21)),
      withPackets(-1),
    ]) {
      expect((await report(credential, body as Report)).status).toBe(400);
    }
    const large = await report(credential, 'x'.repeat(17 * 1024 * 1024)).catch(() => null);
    if (large !== null) expect(large.status).toBe(413);
    expect((await report(credential, bad)).status).toBe(200);
  });

  test("the nodes' own addresses become a change where a setting makes them matter", async () => {
    const one = await joinNode(server.address, cookie, 'host-1');
    const two = await joinNode(server.address, cookie, 'host-2');
    await report(one, reportOf('host-1', { addresses: ['192.0.2.11/24', 'fe80::1/64', '2001:db8:1::11/64'] }));
    const hosts = async () =>
      (
        await database.db.query<{ hosts: string[]; settings: object; sequence: string }>(
          'SELECT hosts, settings, sequence FROM desired',
        )
      )[0];
    const quiet = await hosts();
    expect(quiet?.hosts).toEqual(expect.arrayContaining(['192.0.2.11', '2001:db8:1::11']));
    expect(quiet?.hosts).not.toContain('fe80::1');

    await database.db.query(
      `UPDATE desired SET settings = '{"global":{"natOutgoingExclusions":"IPPoolsAndHostIPs"},"nodes":{}}'`,
    );
    await report(two, reportOf('host-2', { addresses: ['192.0.2.12/24'] }));
    await report(two, reportOf('host-2', { addresses: ['192.0.2.12/24'] }));
    const loud = await hosts();
    expect(loud?.hosts).toEqual(expect.arrayContaining(['192.0.2.11', '192.0.2.12']));
    expect(Number(loud?.sequence)).toBe(Number(quiet?.sequence) + 1);
    const changes = await database.db.query<object>(
      `SELECT actor, role, action, target FROM change WHERE sequence = $1`,
      [loud?.sequence],
    );
    expect(changes).toEqual([{ actor: 'outgate', role: 'system', action: 'hosts.update', target: 'hosts' }]);

    await mutate(server.address, 'nodes.forget', { name: 'host-2' }, cookie);
    expect((await hosts())?.hosts).not.toContain('192.0.2.12');
    expect((await hosts())?.hosts).toContain('192.0.2.11');
    await database.db.query(`UPDATE desired SET settings = '{"global":{},"nodes":{}}'`);
  });
});

describe('two kinds of credential', () => {
  test("an agent's credential is refused on every procedure", async () => {
    const credential = await joinNode(server.address, cookie, 'agent-only');
    const open = ['session.get', 'setup.createAdmin'];
    const procedures = Object.entries(
      appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>,
    );
    expect(procedures.length).toBeGreaterThan(15);
    for (const [path, { _def }] of procedures) {
      const url = `${server.address}/api/trpc/${path}`;
      const headers = { ...bearer(credential), cookie: `outgate.session_token=${credential}` };
      const answer = _def.type === 'mutation' ? await post(url, {}, headers) : await ask(url, { headers });
      if (path === 'session.get') expect(answer.body.result.data.user).toBeNull();
      if (open.includes(path)) continue;
      const text = JSON.stringify(answer.body);
      expect([path, text.includes('NOT_SIGNED_IN')]).toEqual([path, true]);
      if (_def.type !== 'subscription') expect([path, answer.status]).toEqual([path, 401]);
    }
  });

  test('a session is refused on every agent path', async () => {
    for (const headers of [
      { cookie },
      { cookie, authorization: 'Bearer ' },
      { authorization: `Bearer ${cookie.split('=')[1]}` },
    ]) {
      expect((await ask(`${server.address}/agent/v1/stream`, { headers })).status).toBe(401);
      expect((await post(`${server.address}/agent/v1/report`, reportOf('agent-only'), headers)).status).toBe(401);
    }
  });

  test('a join and a report are told to the browsers', async () => {
    const events = await openEvents(server.address, cookie);
    await events.next<{ data: { kind?: string } }>((event) => event.data?.kind === 'reset');
    const credential = await joinNode(server.address, cookie, 'told');
    await events.next<{ data: { kind?: string } }>((event) => event.data?.kind === 'access');
    await report(credential, reportOf('told'));
    await events.next<{ data: object }>((event) => JSON.stringify(event.data) === '{"kind":"node","node":"told"}');
    events.close();
  });
});
