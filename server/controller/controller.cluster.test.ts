/** Three replicas on one API server and one database: kills, shutdowns, freezes. Nothing is lost, and one writes at a time. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { SERVER_ACCOUNT } from '../../e2e/cluster/chart.ts';
import { type FaultProxy, startFaultProxy } from '../../e2e/cluster/fault-proxy.ts';
import { calicoPath } from '../../e2e/cluster/install-crds.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { type Supervised, supervise } from '../../e2e/cluster/supervised.ts';
import { readLive, readLivePools } from '../db/live.ts';
import { readWatch } from '../db/live-watch.ts';
import { readSync } from '../db/sync.ts';
import { LEASE_NAME } from '../kube/needed-rights.ts';
import { soon } from '../testing/soon.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';

const server = sharedServer();
const path = calicoPath('v3', 'ippools');
const TAKEOVER_MS = 12_000;
const HANDOVER_MS = 2_000;

let api: TestApi;
let owner: pg.Client;
let dir: string;
let replicas: Replica[] = [];
let proxies: FaultProxy[] = [];
let count = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'outgate-controller-'));
  api = await testApi();
  owner = new pg.Client({ connectionString: api.database.url });
  await owner.connect();
  await owner.query(AUDIT);
});
// the lease of the ones before, who were killed, would be waited for
beforeEach(() =>
  request(
    server.as('admin'),
    'DELETE',
    `/apis/coordination.k8s.io/v1/namespaces/${SERVER_ACCOUNT.namespace}/leases/${LEASE_NAME}`,
  ),
);
afterEach(async () => {
  await Promise.all(replicas.map((one) => one.kill()));
  await Promise.all(proxies.map((one) => one.close()));
  replicas = [];
  proxies = [];
});
afterAll(async () => {
  await must(server.as('admin'), 'DELETE', path);
  await owner?.end();
  await api?.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Who writes, seen by the database: the name of the connection, and whose term it was at that moment. */
const AUDIT = `
  CREATE TABLE written (
    id bigserial, at timestamptz NOT NULL DEFAULT clock_timestamp(), by text NOT NULL, leader text, epoch bigint, what text);
  CREATE FUNCTION note_writer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO public.written (by, leader, epoch, what)
      SELECT current_setting('application_name'), leader, epoch, TG_TABLE_NAME FROM public.live;
    RETURN NULL;
  END $$;
  ${['sync', 'live', 'live_pool', 'live_change']
    .map(
      (table) => `CREATE TRIGGER note_writer AFTER INSERT OR UPDATE OR DELETE ON ${table}
      FOR EACH ROW EXECUTE FUNCTION note_writer();`,
    )
    .join('\n')}`;

interface Written {
  readonly at: Date;
  readonly by: string;
  readonly leader: string | null;
  readonly epoch: number;
}
const written = async (since = 0): Promise<Written[]> => {
  const { rows } = await owner.query<Written & { epoch: string }>(
    `SELECT at, by, leader, epoch FROM written WHERE by LIKE 'replica-%' AND at >= to_timestamp($1::float8 / 1000) ORDER BY id`,
    [since],
  );
  return rows.map((row) => ({ ...row, epoch: Number(row.epoch) }));
};

interface Replica extends Supervised {
  readonly identity: string;
  output(): string;
}
async function replica(url = server.url): Promise<Replica> {
  const identity = `replica-${++count}`;
  const database = new URL(api.database.url);
  database.searchParams.set('application_name', identity);
  const options = {
    database: database.href,
    kubeconfig: server.kubeconfig,
    user: 'outgate',
    server: url,
    identity,
  };
  const script = fileURLToPath(new URL('../testing/replica.ts', import.meta.url));
  const log = join(dir, identity);
  const child = await supervise(process.execPath, [script, JSON.stringify(options)], { cwd: dir, log });
  const started = { ...child, identity, output: () => readFileSync(log, 'utf8') };
  replicas.push(started);
  return started;
}

/** The one that leads a later term than `after`, once its watch is live. */
const leader = (after: number) =>
  vi.waitFor(
    async () => {
      const { watch, leader: name, epoch } = await readWatch(api.database.db);
      const one = replicas.find(({ identity }) => identity === name);
      if (one === undefined || epoch <= after || watch?.phase !== 'live') throw new Error('a new leader must be live');
      return { one, epoch };
    },
    { timeout: 40_000, interval: 20 },
  );
/** When a later term began, by the clock that the database shares with us. */
const begun = async (after: number): Promise<number> =>
  vi.waitFor(
    async () => {
      const first = (await written()).find(({ epoch }) => epoch > after);
      if (first === undefined) throw new Error('a new term must begin');
      return first.at.getTime();
    },
    { timeout: 40_000, interval: 20 },
  );

const specOf = (i: number) => ({ cidr: `10.${Math.floor(i / 256)}.${i % 256}.0/24`, natOutgoing: true });
let pools = 0;
async function decide(many: number): Promise<void> {
  for (let i = 0; i < many; i++) {
    const name = `pool-${String(++pools).padStart(4, '0')}`;
    await api.caller('editor').pools.create({ name, spec: specOf(pools) });
  }
}
const inCluster = async (): Promise<{ metadata: { name: string; generation: number }; spec: { cidr: string } }[]> =>
  ((await must(server.as('admin'), 'GET', path)) as { items: [] }).items;
const synced = async (): Promise<number> =>
  (await readSync(api.database.db)).filter(({ state }) => state === 'Synced').length;

/** Everything that was decided is there, once, and the ledger says the same. */
async function expectWhole(): Promise<void> {
  await vi.waitFor(async () => expect(await synced()).toBe(pools), { timeout: 60_000, interval: 200 });
  const objects = await inCluster();
  expect(objects.map(({ metadata, spec }) => [metadata.name, spec.cidr])).toEqual(
    Array.from({ length: pools }, (_, i) => [`pool-${String(i + 1).padStart(4, '0')}`, specOf(i + 1).cidr]),
  );
  // an apply that comes again says the same, and moves nothing
  expect(objects.filter(({ metadata }) => metadata.generation !== 1)).toEqual([]);
  expect((await readLivePools(api.database.db)).map(({ name }) => name)).toEqual(
    objects.map(({ metadata }) => metadata.name),
  );
}
/** Each write was of the one whose term it was, and terms only grow. */
async function expectOneWriter(): Promise<void> {
  const all = await written();
  expect(all.filter(({ by, leader: of }) => by !== of)).toEqual([]);
  expect(all.map(({ epoch }) => epoch)).toEqual(all.map(({ epoch }) => epoch).toSorted((a, b) => a - b));
  const leaders = new Map<number, Set<string>>();
  for (const { epoch, by } of all) leaders.set(epoch, (leaders.get(epoch) ?? new Set()).add(by));
  expect([...leaders.values()].filter((of) => of.size !== 1)).toEqual([]);
}

it('leaders killed in the middle of applies: nothing is lost, no two write', { timeout: 300_000 }, async () => {
  for (let i = 0; i < 3; i++) await replica();
  const took: number[] = [];
  let { one, epoch } = await leader((await readLive(api.database.db)).epoch);
  for (let kill = 0; kill < 4; kill++) {
    const before = await synced();
    await decide(60);
    await vi.waitFor(async () => expect(await synced()).toBeGreaterThan(before), { timeout: 20_000, interval: 5 });
    const at = Date.now();
    await one.kill();
    took.push((await begun(epoch)) - at);
    ({ one, epoch } = await leader(epoch));
    await replica();
  }
  await expectWhole();
  await expectOneWriter();
  expect(Math.max(...took), `takeovers in ms: ${took}`).toBeLessThan(TAKEOVER_MS);
});

it('a leader that is shut down in the middle of applies hands over', { timeout: 120_000 }, async () => {
  for (let i = 0; i < 3; i++) await replica();
  const took: number[] = [];
  let { one, epoch } = await leader((await readLive(api.database.db)).epoch);
  for (let stop = 0; stop < 2; stop++) {
    const before = await synced();
    await decide(60);
    await vi.waitFor(async () => expect(await synced()).toBeGreaterThan(before), { timeout: 20_000, interval: 5 });
    const at = Date.now();
    one.signal('SIGTERM');
    took.push((await begun(epoch)) - at);
    expect(await one.ended).toBe(0);
    expect(one.output()).not.toMatch(/Error/);
    ({ one, epoch } = await leader(epoch));
  }
  await expectWhole();
  await expectOneWriter();
  expect(Math.max(...took), `takeovers in ms: ${took}`).toBeLessThan(HANDOVER_MS);
});

it('a leader that was frozen in the middle of applies writes nothing more', { timeout: 120_000 }, async () => {
  const ways = new Map<string, FaultProxy>();
  for (let i = 0; i < 3; i++) {
    const proxy = await startFaultProxy(server);
    proxies.push(proxy);
    ways.set((await replica(proxy.url)).identity, proxy);
  }
  const { one, epoch } = await leader((await readLive(api.database.db)).epoch);
  const before = await synced();
  await decide(100);
  await vi.waitFor(async () => expect(await synced()).toBeGreaterThan(before), { timeout: 20_000, interval: 5 });
  one.signal('SIGSTOP');
  const stopped = Date.now();
  await sleep(15_000);
  expect((await begun(epoch)) - stopped).toBeLessThan(TAKEOVER_MS);
  // work that it would do at once if it believed that it led
  await must(server.as('admin'), 'DELETE', `${path}/pool-0001`);
  const woken = Date.now();
  const requests = ways.get(one.identity)?.requests ?? [];
  const sent = requests.length;
  one.signal('SIGCONT');
  await soon(() => expect(one.output().trimEnd().split('\n').at(-1)).toMatch(/"follower"/));
  await sleep(2_000);
  const after = requests.slice(sent).filter((line) => !/leases/.test(line));
  expect(after.filter((line) => !line.startsWith('GET '))).toEqual([]);
  expect((await written(woken)).filter(({ by }) => by === one.identity)).toEqual([]);
  await expectOneWriter();
});
