import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Report } from '../../core/wire/report.ts';
import { agentDoors, bearer } from '../testing/agent-doors.ts';
import { serverOfFile } from '../testing/file-server.ts';
import { ask, joinNode, mutate } from '../testing/test-client.ts';
import { reportOf } from '../testing/test-report.ts';

const server = serverOfFile();
const { report, makePool } = agentDoors(server);

test('it becomes the rows of its own node', async () => {
  const credential = await joinNode(server.address, server.cookie, 'report-1');
  const { change, revision } = await makePool();
  const body = reportOf('report-1', { sequence: change, revision, natted: 7 });
  expect((await report(credential, body)).status).toBe(200);
  expect((await report(credential, body)).status).toBe(200);
  const [row] = await server.db.query<object>(
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
  const credential = await joinNode(server.address, server.cookie, 'report-2');
  const { change, revision } = await makePool();
  await report(credential, reportOf('report-2', { sequence: change + 50, revision }));
  await report(credential, reportOf('report-2', { sequence: change, revision: 'another' }));
  await report(credential, { ...reportOf('report-2', { sequence: change, revision }), state: 'Failed' });
  expect(await server.db.query(`SELECT 1 FROM holding WHERE node = 'report-2'`)).toEqual([]);
});

test("another node's report is refused, and changes nothing", async () => {
  const credential = await joinNode(server.address, server.cookie, 'report-3');
  await joinNode(server.address, server.cookie, 'report-4');
  const answer = await report(credential, reportOf('report-4'));
  expect([answer.status, answer.body.error.data.reason]).toEqual([403, 'AGENT_REFUSED']);
  expect(answer.body.message).toContain('report-3');
  expect(await server.db.query(`SELECT 1 FROM report WHERE node = 'report-4'`)).toEqual([]);
});

test('garbage, lies about types and oversize bodies are refused', async () => {
  const credential = await joinNode(server.address, server.cookie, 'report-5');
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
    { ...bad, sequence: -5 },
    { ...bad, foreign: [{ chain: '\u0000', text: '' }] },
    { ...bad, conditions: Array.from({ length: 65 }, () => condition('m')) },
    { ...bad, conditions: [condition('m'.repeat(2001))] },
    withPackets('1'.repeat(21)),
    withPackets(-1),
  ]) {
    expect((await report(credential, body as Report)).status).toBe(400);
  }
  const large = await report(credential, 'x'.repeat(17 * 1024 * 1024));
  expect(large.status).toBe(413);
  expect((await report(credential, bad)).status).toBe(200);
});

test('a report may be packed; what is not gzip, unpacks to too much or is packed otherwise is refused', async () => {
  const credential = await joinNode(server.address, server.cookie, 'report-6');
  const { change, revision } = await makePool();
  const plain = JSON.stringify(reportOf('report-6', { sequence: change, revision, natted: 5 }));
  const send = async (bytes: Buffer, encoding = 'gzip') => {
    const headers = { ...bearer(credential), 'content-type': 'application/json', 'content-encoding': encoding };
    const body = new Uint8Array(bytes);
    return ask(`${server.address}/agent/v1/report`, { method: 'POST', headers, body });
  };
  expect((await send(gzipSync(plain))).status).toBe(200);
  const rows = await server.db.query<object>(`SELECT revision FROM node WHERE name = 'report-6'`);
  expect(rows).toEqual([{ revision }]);

  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
  expect(bomb.length).toBeLessThan(1024 * 1024);
  const refused: [Buffer, string, number, RegExp][] = [
    [bomb, 'gzip', 413, /at most 16777216 bytes, also unpacked/],
    [Buffer.from(plain), 'gzip', 400, /must be gzip/],
    [gzipSync(plain).subarray(0, 100), 'gzip', 400, /must be gzip/],
    [gzipSync('{"node": "\\ud800"}'), 'gzip', 400, /unpaired/],
    [Buffer.from(plain), 'br', 415, /content-encoding/],
  ];
  for (const [body, encoding, status, message] of refused) {
    const answer = await send(body, encoding);
    expect([answer.status, answer.body.message]).toEqual([status, expect.stringMatching(message)]);
  }
});

test("the nodes' own addresses become a change where a setting makes them matter", async () => {
  const one = await joinNode(server.address, server.cookie, 'host-1');
  const two = await joinNode(server.address, server.cookie, 'host-2');
  await report(one, reportOf('host-1', { addresses: ['192.0.2.11/24', 'fe80::1/64', '2001:db8:1::11/64'] }));
  const hosts = async () =>
    (
      await server.db.query<{ hosts: string[]; settings: object; sequence: string }>(
        'SELECT hosts, settings, sequence FROM desired',
      )
    )[0];
  const quiet = await hosts();
  expect(quiet?.hosts).toEqual(expect.arrayContaining(['192.0.2.11', '2001:db8:1::11']));
  expect(quiet?.hosts).not.toContain('fe80::1');

  await server.db.query(
    `UPDATE desired SET settings = '{"global":{"natOutgoingExclusions":"IPPoolsAndHostIPs"},"nodes":{}}'`,
  );
  await report(two, reportOf('host-2', { addresses: ['192.0.2.12/24'] }));
  await report(two, reportOf('host-2', { addresses: ['192.0.2.12/24'] }));
  const loud = await hosts();
  expect(loud?.hosts).toEqual(expect.arrayContaining(['192.0.2.11', '192.0.2.12']));
  expect(Number(loud?.sequence)).toBe(Number(quiet?.sequence) + 1);
  const changes = await server.db.query<object>(`SELECT actor, role, action, target FROM change WHERE sequence = $1`, [
    loud?.sequence,
  ]);
  expect(changes).toEqual([{ actor: 'outgate', role: 'system', action: 'hosts.update', target: 'hosts' }]);

  await mutate(server.address, 'nodes.forget', { name: 'host-2' }, server.cookie);
  expect((await hosts())?.hosts).not.toContain('192.0.2.12');
  expect((await hosts())?.hosts).toContain('192.0.2.11');
  await server.db.query(`UPDATE desired SET settings = '{"global":{},"nodes":{}}'`);
});
