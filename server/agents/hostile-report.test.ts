/** Whoever has taken one node may send anything in its report: it is shown as what it is, and hides nothing about others. */
import { beforeAll, expect, test } from 'vitest';
import { type Condition, type Report, reportSchema } from '../../core/wire/report.ts';
import { agentDoors } from '../testing/agent-doors.ts';
import { serverOfFile } from '../testing/file-server.ts';
import { joinNode } from '../testing/test-client.ts';
import { reportOf } from '../testing/test-report.ts';

const server = serverOfFile();
const { report } = agentDoors(server);
let credential: string;
let honest: string;
beforeAll(async () => {
  credential = await joinNode(server.address, server.cookie, 'taken');
  honest = await joinNode(server.address, server.cookie, 'honest');
  expect((await report(honest, reportOf('honest', { natted: 5 }))).status).toBe(200);
});

/** turned direction, a line of its own, no width, a terminal's escape */
const EVIL = 'a\u202Eb\u2066c\nd\u200Be\u001B[2Jf\u2028g';
const condition = (more: Partial<Condition>): Condition => ({
  type: 'Programmed',
  status: 'True',
  reason: 'AsDesired',
  message: 'm',
  since: '2026-01-01T00:00:00Z',
  ...more,
});

test('text is told with what is not seen, or turns its direction, escaped; however long it is, all lists go on', async () => {
  const plain = reportOf('taken');
  const rule = { chain: EVIL, text: EVIL, hash: EVIL, packets: 0, bytes: 0 };
  const body: Report = {
    ...plain,
    revision: EVIL.repeat(1000),
    families: { '4': { rules: [rule], sets: [{ name: EVIL, members: [] }] }, '6': { rules: [], sets: [] } },
    foreign: [{ chain: EVIL, text: EVIL.repeat(10_000) }],
    conditions: [
      condition({ type: EVIL.repeat(6), message: EVIL }),
      // escaped it is six times as long
      ...Array.from({ length: 63 }, () => condition({ message: '\u202E'.repeat(2000) })),
    ],
    facts: {
      name: EVIL,
      interfaces: [{ name: EVIL, addresses: [EVIL] }],
      routes: [{ to: EVIL, via: EVIL, dev: EVIL, src: EVIL }],
    },
  };
  expect((await report(credential, body)).status).toBe(200);
  for (const [procedure, input] of [
    ['nodes.list'],
    ['nodes.get', { name: 'taken' }],
    ['status.get'],
    ['pools.list', {}],
    ['simulate.flow', { from: '10.0.0.1', to: '192.0.2.1' }],
  ] as const) {
    const text = JSON.stringify(await server.ask(procedure, input)).replaceAll('\\\\u', '');
    expect(text, procedure).not.toMatch(/\\u|[\p{Cf}\p{Zl}\p{Zp}]|\\n/u);
    expect(text.length, procedure).toBeLessThan(300_000);
  }
  const { conditions } = await server.ask('nodes.get', { name: 'taken' });
  expect(conditions.map(({ message }: Condition) => message)).toContain(
    'a\\u202eb\\u2066c\\u000ad\\u200be\\u001b[2Jf\\u2028g',
  );
  const { nodes } = await server.ask('nodes.list');
  expect(nodes.map(({ name }: { name: string }) => name)).toEqual(['honest', 'taken']);
});

test('so many routes that each question would take seconds are none at all', async () => {
  const many = (count: number, addresses: number): Report => {
    const route = { to: '10.0.0.0/24', via: null, dev: 'up0', src: null };
    const up0 = { name: 'up0', addresses: Array<string>(addresses).fill('192.0.2.9/24') };
    return {
      ...reportOf('taken'),
      facts: { name: 'taken', interfaces: [up0], routes: Array<typeof route>(count).fill(route) },
    };
  };
  const facts = async () => (await server.ask('nodes.get', { name: 'taken' })).facts;
  for (const body of [many(50_001, 1), many(1, 50_000)]) {
    expect((await report(credential, body)).status).toBe(200);
    expect(await facts()).toBeNull();
  }
  expect((await report(credential, many(500, 1))).status).toBe(200);
  expect((await facts()).routes).toHaveLength(500);
});

test('since when is never in the future, nor before there were agents, and does not move with each report', async () => {
  const began = Date.now();
  const claims = ['1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-01-01T00:00:00Z'];
  const told = async (): Promise<string[]> => {
    const conditions = claims.map((since, index) => condition({ type: `T${index}`, since }));
    expect((await report(credential, { ...reportOf('taken'), conditions })).status).toBe(200);
    const node = await server.ask('nodes.get', { name: 'taken' });
    const kept = node.conditions.filter(({ type }: Condition) => /^T\d$/.test(type));
    expect(node.report.conditions).toEqual(kept);
    return kept.map(({ since }: Condition) => since);
  };
  const first = await told();
  for (const since of first.slice(0, 2)) {
    expect(Date.parse(since)).toBeGreaterThanOrEqual(began - 1000);
    expect(Date.parse(since)).toBeLessThanOrEqual(Date.now() + 1000);
  }
  expect(first[2]).toBe(claims[2]);
  expect(await told()).toEqual(first);
});

test('counters that no kernel has are refused; those that one could have do not hide the other nodes', async () => {
  const counted = (packets: string | number): Report => {
    const sets = [{ name: 'outgate-src-v4', members: [{ cidr: '10.0.0.0/8', packets, bytes: 0 }] }];
    return { ...reportOf('taken'), families: { '4': { rules: [], sets }, '6': { rules: [], sets: [] } } };
  };
  const member = (cidr: string): Report => {
    const sets = [{ name: 'outgate-src-v4', members: [{ cidr, packets: 0, bytes: 0 }] }];
    return { ...reportOf('taken'), families: { '4': { rules: [], sets }, '6': { rules: [], sets: [] } } };
  };
  for (const body of [
    counted('18446744073709551616'),
    counted('-1'),
    counted(-1),
    member('10.0.0.0/8 \u202E'),
    member('x'),
  ]) {
    expect((await report(credential, body)).status).toBe(400);
  }
  await server.db.query('DELETE FROM sample');
  await server.db.query(
    `INSERT INTO sample (node, at, natted_v4, natted_v6)
     SELECT node, now() - seconds * interval '1 second', 0, 0
     FROM unnest(ARRAY['taken', 'honest']) node, unnest(ARRAY[10, 30, 50]) seconds`,
  );
  // forwards out of all bounds, and backwards: a counter that fell begins anew
  await server.db.query(
    `UPDATE sample SET natted_v4 = 9223372036854775807 WHERE node = 'taken' AND at = (SELECT min(at) FROM sample) + interval '20 seconds'`,
  );
  expect((await report(credential, counted('18446744073709551615'))).status).toBe(200);
  expect((await report(honest, reportOf('honest', { natted: 50 }))).status).toBe(200);
  const { points } = await server.ask('overview.series', { minutes: 5 });
  expect(points.length).toBeGreaterThan(1);
  for (const { v4 } of points) {
    expect(v4).toBeGreaterThanOrEqual(0);
    expect(v4).toBeLessThanOrEqual(1_000_005);
  }
  expect(await (await fetch(`${server.address}/metrics`)).text()).toMatch(/^outgate_nodes\{state="Stale"\} 0$/m);
});

test('what is wrong a million times is found once, in every list of a report', () => {
  const wrong = Array<number>(1_000_000).fill(0);
  const plain = reportOf('taken');
  const family = { rules: [], sets: [] };
  const facts = { name: 'taken', interfaces: [], routes: [] };
  const inFamily = (more: object) => ({ families: { '4': { ...family, ...more }, '6': family } });
  for (const [list, more] of Object.entries({
    foreign: { foreign: wrong },
    conditions: { conditions: wrong },
    rules: inFamily({ rules: wrong }),
    sets: inFamily({ sets: wrong }),
    members: inFamily({ sets: [{ name: 's', members: wrong }] }),
    interfaces: { facts: { ...facts, interfaces: wrong } },
    addresses: { facts: { ...facts, interfaces: [{ name: 'up0', addresses: wrong }] } },
    routes: { facts: { ...facts, routes: wrong } },
  })) {
    const { error } = reportSchema.safeParse({ ...plain, ...more });
    expect([list, error?.issues[0]?.path.includes(list)]).toEqual([list, true]);
    expect(error?.issues.length, list).toBeLessThanOrEqual(100);
  }
});
