/** The type of the pools comes, goes and moves on a real API server; what was last known is never emptied by it. */
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { EVERYWHERE } from '../../core/cluster/agent-placement.ts';
import { ensureBinaries } from '../../e2e/cluster/binaries/build.ts';
import { CALICO_GROUP, type CalicoApi, calicoPath, installCrds, removeCrd } from '../../e2e/cluster/install-crds.ts';
import { kubectl } from '../../e2e/cluster/prepare-cluster.ts';
import { must } from '../../e2e/cluster/request.ts';
import { grant } from '../../e2e/cluster/rights.ts';
import { type ApiServer, startApiServer } from '../../e2e/cluster/start-api-server.ts';
import { readLivePools } from '../db/live.ts';
import { readWatch } from '../db/live-watch.ts';
import { readSync } from '../db/sync.ts';
import type { TestDatabase } from '../db/testing.ts';
import { makeHub } from '../events/hub.ts';
import { type Connection, openConnection } from '../kube/connection.ts';
import { fromKubeconfig } from '../kube/kubeconfig.ts';
import { LEASE_NAME, policyRules } from '../kube/needed-rights.ts';
import { readOwnTypes } from '../services/cluster/own-types.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { type Controller, startController } from './controller.ts';

let server: ApiServer;
let api: TestApi;
let database: TestDatabase;
let connection: Connection;
let controller: Controller;
const hub = makeHub();
const errors: unknown[] = [];

beforeAll(async () => {
  server = await startApiServer({
    binaries: await ensureBinaries((line) => console.error(line)),
    users: { outgate: [] },
  });
  const rules = [...policyRules('cluster'), ...policyRules('own')];
  await grant(server, 'follow-group', { kind: 'User', name: 'outgate' }, rules);
  api = await testApi();
  database = api.database;
  connection = openConnection(fromKubeconfig(server.kubeconfig, 'outgate'));
  controller = startController({
    db: database.db,
    hub,
    connection,
    leaseConnection: connection,
    lease: { namespace: 'default', name: LEASE_NAME },
    agents: EVERYWHERE,
    identity: 'only',
    now: () => performance.now(),
    date: Date.now,
    onState: () => {},
    onError: (error) => errors.push(error),
  });
});
afterAll(async () => {
  await controller?.stop();
  await connection?.close();
  await api?.close();
  await server?.stop();
});

const told = (expected: object) =>
  vi.waitFor(async () => expect((await readWatch(database.db)).watch).toMatchObject(expected), {
    timeout: 90_000,
    interval: 100,
  });
const known = async () => (await readLivePools(database.db)).map(({ name }) => name);
const knows = (names: string[]) => vi.waitFor(async () => expect(await known()).toEqual(names), { timeout: 20_000 });
const make = (api: CalicoApi, name: string, cidr: string) =>
  must(server.as('admin'), 'POST', calicoPath(api, 'ippools'), {
    apiVersion: `${CALICO_GROUP[api]}/${api}`,
    kind: 'IPPool',
    metadata: { name },
    spec: { cidr },
  });
/** Until it is ended, the database refuses whoever begins a term. */
async function refuseTerms(): Promise<{ end(): Promise<void> }> {
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`
    CREATE FUNCTION refuse_term() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no new term'; END $$;
    CREATE TRIGGER refuse_term BEFORE UPDATE OF epoch ON live FOR EACH ROW EXECUTE FUNCTION refuse_term()`);
  return {
    async end() {
      await owner.query('DROP FUNCTION refuse_term CASCADE');
      await owner.end();
    },
  };
}
const V1 = 'crd.projectcalico.org/v1';
const V3 = 'projectcalico.org/v3';

it('a cluster without Calico is said to be one', async () => {
  await told({
    phase: 'no-pools',
    group: null,
    from: null,
    lost: false,
    error: expect.stringContaining('serves neither'),
  });
  expect(controller.state()).toMatchObject({ election: { role: 'leader' }, watch: { phase: 'no-pools' } });
});

it('our copy of the types, applied by an administrator, is found within 30 s, and a pool that waits is synced', {
  timeout: 300_000,
}, async () => {
  const editor = api.caller('editor');
  const spec = { cidr: '10.9.0.0/16', natOutgoing: true };
  const { change } = await editor.pools.create({ name: 'ours', spec });
  const applied = Date.now();
  await kubectl(server, ['apply', '--server-side', '-f', '-'], { input: await readOwnTypes() });
  await told({ phase: 'live', group: V1, from: V1, error: null });
  expect(Date.now() - applied).toBeLessThan(30_000);
  await vi.waitFor(async () => expect(await readSync(database.db, ['ours'])).toMatchObject([{ state: 'Synced' }]), {
    timeout: 20_000,
  });
  expect(await must(server.as('admin'), 'GET', `${calicoPath('v1', 'ippools')}/ours`)).toMatchObject({ spec });
  await editor.pools.delete({ name: 'ours', expectedVersion: change.id, reason: 'the test is over' });
  hub.publish({ kind: 'resync' });
  await knows([]);
});

it('pools are followed in the better group once it has some', {
  timeout: 300_000,
}, async () => {
  const { epoch } = await readWatch(database.db);
  await make('v1', 'a', '10.1.0.0/16');
  await make('v1', 'b', '10.2.0.0/16');
  await knows(['a', 'b']);
  // a copy that is half made takes no pool away
  await installCrds(server, 'v3');
  await make('v3', 'a', '10.1.0.0/16');
  await told({ phase: 'live', group: V1, error: expect.stringContaining(`before it is believed; it lacks 'b'`) });
  await knows(['a', 'b']);
  // the database takes no new term in the moment of the move: it is tried again
  const refuse = await refuseTerms();
  await make('v3', 'b', '10.2.0.0/16');
  await vi.waitFor(() => expect(String(errors)).toContain('no new term'), { timeout: 90_000 });
  errors.length = 0;
  await refuse.end();
  await told({ phase: 'live', group: V3, from: V3, error: null });
  await knows(['a', 'b']);
  expect((await readWatch(database.db)).epoch).toBeGreaterThan(epoch);
});

it('a type that goes, or comes back empty, takes no pool with it', { timeout: 300_000 }, async () => {
  await removeCrd(server, 'v1', 'ippools');
  await removeCrd(server, 'v3', 'ippools');
  await told({ phase: 'no-pools', group: null, from: V3, lost: true });
  expect(await known()).toEqual(['a', 'b']);
  await removeCrd(server, 'v3', 'felixconfigurations');
  await installCrds(server, 'v3');
  await told({ phase: 'no-pools', lost: true, error: expect.stringContaining('must have a pool') });
  expect(await known()).toEqual(['a', 'b']);
  await make('v3', 'c', '10.3.0.0/16');
  await told({ phase: 'live', group: V3, lost: false });
  await knows(['c']);
  expect(errors).toEqual([]);
});
