import { afterAll, beforeAll, expect, it } from 'vitest';
import { ingestReport } from '../../services/agents/ingest.ts';
import { type Caller, refusal, type TestApi, testApi } from '../../testing/test-api.ts';
import { reportOf } from '../../testing/test-report.ts';

let api: TestApi;
let viewer: Caller;
beforeAll(async () => {
  api = await testApi();
  viewer = api.caller('viewer');
  for (const name of ['n-1', 'n-2', 'n-3', 'n-4']) {
    await api.database.db.query('INSERT INTO node (name, credential_hash) VALUES ($1::text, $1::text)', [name]);
  }
});
afterAll(async () => api?.close());

it('each node is compared with the effective state, at the time of asking', async () => {
  const { db } = api.database;
  const editor = api.caller('editor');
  const first = await editor.pools.create({ name: 'a', spec: { cidr: '10.0.0.0/8', natOutgoing: true } });
  await ingestReport(db, reportOf('n-1', { sequence: 1, revision: first.revision, natted: 5 }));
  const second = await editor.pools.create({ name: 'b', spec: { cidr: '172.16.0.0/12', natOutgoing: true } });
  await ingestReport(db, reportOf('n-2', { sequence: 2, revision: second.revision, natted: 7 }));
  await ingestReport(db, { ...reportOf('n-3', { sequence: 2, revision: second.revision }), state: 'Drifted' });
  const states = async () => (await viewer.nodes.list({})).nodes.map(({ name, state }) => `${name} ${state}`);
  expect(await states()).toEqual(['n-1 Pending', 'n-2 Programmed', 'n-3 Drifted', 'n-4 Pending']);
  const [behind, , , silent] = (await viewer.nodes.list({})).nodes;
  expect(behind?.conditions[0]).toMatchObject({ reason: 'RevisionBehind', status: 'False' });
  expect(silent).toMatchObject({ reportedAt: null, revision: null, conditions: [] });
  expect((await viewer.status.get()).nodes).toEqual({
    total: 4,
    programmed: 1,
    pending: 2,
    drifted: 1,
    stale: 0,
    failed: 0,
  });
  const [a, b] = (await viewer.pools.list({})).pools;
  expect([a?.natted, b?.natted]).toEqual([12, 0]);
  expect([a?.nodes, b?.nodes]).toEqual([
    { programmed: 1, total: 4 },
    { programmed: 1, total: 4 },
  ]);
  api.setNow(new Date(Date.now() + 31_000));
  expect(await states()).toEqual(['n-1 Stale', 'n-2 Stale', 'n-3 Stale', 'n-4 Stale']);
  expect((await viewer.nodes.list({})).nodes[0]?.conditions[0]).toMatchObject({ reason: 'NoReport' });
  expect((await viewer.pools.list({})).pools[0]?.nodes).toEqual({ programmed: 0, total: 4 });
  expect((await viewer.status.get()).nodes.stale).toBe(4);
  api.setNow(null);
});

it('what is counted is what is listed of the cluster’s nodes, also of one without an agent', async () => {
  const { db } = api.database;
  await db.query(
    `INSERT INTO cluster_node (name, ready, reason, message) VALUES ('n-2', 'True', '', ''), ('n-5', 'True', '', '')`,
  );
  for (const ahead of [0, 31_000]) {
    api.setNow(new Date(Date.now() + ahead));
    const { nodes } = await viewer.nodes.list({});
    const stranger = ({ conditions }: (typeof nodes)[number]) =>
      conditions.some(({ reason }) => reason === 'NodeNotInCluster');
    expect(nodes.filter(stranger).map(({ name }) => name)).toEqual(['n-1', 'n-3', 'n-4']);
    const listed = (state: string) => nodes.filter((node) => !stranger(node) && node.state === state).length;
    expect((await viewer.status.get()).nodes).toEqual({
      total: 2,
      programmed: listed('Programmed'),
      pending: listed('Pending'),
      drifted: listed('Drifted'),
      stale: listed('Stale'),
      failed: listed('Failed'),
    });
    expect(listed('Stale')).toBe(ahead === 0 ? 0 : 2);
  }
  api.setNow(null);
  await db.query('DELETE FROM cluster_node');
});

it('one node comes with its whole report', async () => {
  const node = await viewer.nodes.get({ name: 'n-2' });
  expect(node).toMatchObject({ state: 'Programmed', backend: 'iptables-nft', effective: { sequence: 2 } });
  expect(node.report?.families['4'].sets[0]?.members).toEqual([{ cidr: '10.0.0.0/8', packets: 7, bytes: 420 }]);
  expect((await viewer.nodes.get({ name: 'n-4' })).report).toBe(null);
  expect(await refusal(viewer.nodes.get({ name: 'n-9' }))).toMatchObject({ code: 'NOT_FOUND', reason: 'NOT_FOUND' });
});

it('counters follow the reports, and above 2^53 no digit is lost', async () => {
  const report = reportOf('n-1');
  const [set] = report.families['4'].sets;
  if (set === undefined) throw new Error('no set');
  const members = [{ cidr: '10.0.0.0/8', packets: '9007199254740993', bytes: 0 }];
  const families = { ...report.families, '4': { rules: [], sets: [{ ...set, members }] } };
  await ingestReport(api.database.db, { ...report, families });
  expect((await viewer.pools.get({ name: 'a' })).natted).toBe('9007199254741000');
});

it('a pool over the nodes own addresses is warned of', async () => {
  const { db } = api.database;
  await ingestReport(db, reportOf('n-1', { addresses: ['192.0.2.11/24', 'fe80::1/64'] }));
  const { warnings } = await viewer.pools.preview({ name: 'x', spec: { cidr: '192.0.2.0/24' } });
  expect(warnings.map(({ code }) => code)).toEqual(['W_NODE_RANGE']);
});

it('the series is the rate over all nodes; a counter that began again adds what it shows', async () => {
  const { db } = api.database;
  await db.query('DELETE FROM sample');
  const end = Math.floor(Date.now() / 10_000) * 10_000;
  const sample = (node: string, secondsAgo: number, v4: number, v6: number) =>
    db.query('INSERT INTO sample (node, at, natted_v4, natted_v6) VALUES ($1, $2, $3, $4)', [
      node,
      new Date(end - secondsAgo * 1000),
      v4,
      v6,
    ]);
  await sample('n-1', 40, 100, 0);
  await sample('n-1', 30, 150, 10);
  await sample('n-1', 20, 20, 10); // counted from zero again
  await sample('n-2', 40, 7, 0);
  await sample('n-2', 30, 37, 0);
  await sample('n-2', 20, 37, 0);
  await sample('n-3', 600, 0, 0); // too long before its next sample
  await sample('n-3', 20, 1_000_000, 0);
  const { points, changes } = await viewer.overview.series({ minutes: 30 });
  expect(points.map(({ at, v4, v6 }) => [(end - Date.parse(at)) / 1000, v4, v6])).toEqual([
    [30, 8, 1],
    [20, 2, 0],
  ]);
  expect(changes.map(({ action, target }) => `${action} ${target}`)).toEqual(['pool.create a', 'pool.create b']);
  expect((await refusal(viewer.overview.series({ minutes: 0 }))).reason).toBe('INVALID_INPUT');
});
