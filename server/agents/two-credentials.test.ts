import { expect, test } from 'vitest';
import { agentDoors, bearer } from '../testing/agent-doors.ts';
import { serverOfFile } from '../testing/file-server.ts';
import { ask, joinNode, openEvents, post } from '../testing/test-client.ts';
import { reportOf } from '../testing/test-report.ts';
import { appRouter } from '../trpc/router.ts';

const server = serverOfFile();
const { report } = agentDoors(server);

test("an agent's credential in a session's place is refused on every procedure", async () => {
  const credential = await joinNode(server.address, server.cookie, 'agent-only');
  const open = ['session.get', 'setup.createAdmin'];
  const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>);
  expect(procedures.length).toBeGreaterThan(15);
  for (const [path, { _def }] of procedures) {
    const url = `${server.address}/api/trpc/${path}`;
    const headers = { cookie: `outgate.session_token=${credential}` };
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
    { cookie: server.cookie },
    { cookie: server.cookie, authorization: 'Bearer ' },
    { authorization: `Bearer ${server.cookie.split('=')[1]}` },
  ]) {
    expect((await ask(`${server.address}/agent/v1/stream`, { headers })).status).toBe(401);
    expect((await post(`${server.address}/agent/v1/report`, reportOf('agent-only'), headers)).status).toBe(401);
  }
});

test('without an account for agents a service-account token is refused, and why is said', async () => {
  const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlIG9mIGE';
  const answer = await ask(`${server.address}/agent/v1/stream`, { headers: bearer(token) });
  expect([answer.status, answer.body.error.data.reason]).toEqual([401, 'AGENT_REFUSED']);
  expect(answer.body.message).toContain('OUTGATE_AGENT_SERVICE_ACCOUNT must name the account of the agents');
});

test('a join and a report are told to the browsers', async () => {
  const events = await openEvents(server.address, server.cookie);
  await events.next<{ data: { kind?: string } }>((event) => event.data?.kind === 'reset');
  const credential = await joinNode(server.address, server.cookie, 'told');
  await events.next<{ data: { kind?: string } }>((event) => event.data?.kind === 'access');
  await report(credential, reportOf('told'));
  await events.next<{ data: object }>((event) => JSON.stringify(event.data) === '{"kind":"node","node":"told"}');
  events.close();
});
