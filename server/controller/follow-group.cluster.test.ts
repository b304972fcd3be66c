/** The type of the pools comes, goes and moves on a real API server; what was last known is never emptied by it. */
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { EVERYWHERE } from '../../core/cluster/agent-placement.ts';
import { ensureBinaries } from '../../e2e/cluster/binaries/build.ts';
import {
  CALICO_GROUP,
  type CalicoApi,
  type CalicoPlural,
  calicoPath,
  crd,
  installCrds,
  removeCrd,
} from '../../e2e/cluster/install-crds.ts';
import { kubectl } from '../../e2e/cluster/prepare-cluster.ts';
import { must } from '../../e2e/cluster/request.ts';
import { grant } from '../../e2e/cluster/rights.ts';
import { type ApiServer, startApiServer } from '../../e2e/cluster/start-api-server.ts';
import { followCarriedOut } from '../db/follow-carried-out.ts';
import { liveChangesSince, readLive, readLivePools } from '../db/live.ts';
import { readWatch } from '../db/live-watch.ts';
import { readSync } from '../db/sync.ts';
import type { TestDatabase } from '../db/testing.ts';
import { makeHub } from '../events/hub.ts';
import { type Connection, openConnection } from '../kube/connection.ts';
import { fromKubeconfig } from '../kube/kubeconfig.ts';
import { LEASE_NAME, policyRules } from '../kube/needed-rights.ts';
import { followAsIs, previewFollow } from '../services/cluster/follow-as-is.ts';
import { readOwnTypes } from '../services/cluster/own-types.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { unheard } from '../testing/unheard-cluster.ts';
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
  controller = start('first');
});
afterAll(async () => {
  await controller?.stop();
  await connection?.close();
  await api?.close();
  await server?.stop();
});

const start = (identity: string): Controller =>
  startController({
    db: database.db,
    hub,
    connection,
    leaseConnection: connection,
    lease: { namespace: 'default', name: LEASE_NAME },
    agents: EVERYWHERE,
    identity,
    now: () => performance.now(),
    date: Date.now,
    onState: () => {},
    onError: (error) => errors.push(error),
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
/** The FelixConfiguration `default` says so; made where there is none. */
const setPorts = (natPortRange: string) =>
  kubectl(server, ['apply', '--server-side', '-f', '-'], {
    input: JSON.stringify({
      apiVersion: V3,
      kind: 'FelixConfiguration',
      metadata: { name: 'default' },
      spec: { natPortRange },
    }),
  });
const ports = async () => (await readLive(database.db)).settings.global.natPortRange;
const says = (range: string | undefined) =>
  vi.waitFor(async () => expect(await ports()).toBe(range), { timeout: 20_000 });
/** The types of projectcalico.org/v3 are deleted, with all their objects, until the leader says so. */
async function lose(...plurals: CalicoPlural[]): Promise<void> {
  for (const plural of plurals) await removeCrd(server, 'v3', plural);
  await told({ lost: plurals.includes('ippools'), settingsLost: true, back: null });
}

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

it('pools are followed in the better group once it has some', { timeout: 300_000 }, async () => {
  const { epoch } = await readWatch(database.db);
  await make('v1', 'a', '10.1.0.0/16');
  await make('v1', 'b', '10.2.0.0/16');
  await knows(['a', 'b']);
  // a copy that is half made takes no pool away
  await installCrds(server, 'v3');
  await make('v3', 'a', '10.1.0.0/16');
  await told({
    phase: 'live',
    group: V1,
    error: expect.stringContaining(`before it is believed; it lacks 1 of 2 known pools: b,`),
  });
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

it('a type that goes takes no pool and no setting with it; it is followed again when all that was known is back', {
  timeout: 300_000,
}, async () => {
  const editor = api.caller('editor');
  const { change } = await editor.pools.create({ name: 'ours', spec: { cidr: '10.8.0.0/16' } });
  hub.publish({ kind: 'resync' });
  await setPorts('40000:50000');
  await knows(['a', 'b', 'ours']);
  await says('40000:50000');
  await removeCrd(server, 'v1', 'ippools');
  await lose('ippools', 'felixconfigurations');
  await told({ phase: 'no-pools', group: null, from: V3, lost: true });
  // our object, and it is to go: it is not waited for
  await editor.pools.delete({ name: 'ours', expectedVersion: change.id, reason: 'decided while nothing is there' });
  await installCrds(server, 'v3');
  await told({ phase: 'no-pools', error: expect.stringContaining('is back, and lacks 2 of 2 known pools: a, b;') });
  await make('v3', 'c', '10.3.0.0/16');
  await make('v3', 'a', '10.1.0.0/16');
  await told({ phase: 'no-pools', lost: true, back: { group: V3, pools: { known: 2, missing: ['b'] } } });
  expect(await known()).toEqual(['a', 'b', 'ours']);
  await make('v3', 'b', '10.2.0.0/16');
  // the pools do not wait for the settings, nor take them with them
  await told({ phase: 'live', group: V3, lost: false, back: { settings: { known: 1, missing: ['default'] } } });
  await knows(['a', 'b', 'c']);
  expect(await ports()).toBe('40000:50000');
  await setPorts('40000:50001');
  await says('40000:50001');
  await told({ settingsLost: false, back: null, error: null });
});

it('half of a backup is followed by somebody’s word alone: whoever leads then, once, and without no more than was seen', {
  timeout: 300_000,
}, async () => {
  const deps = { ...(await api.deps()), cluster: unheard };
  const admin = { id: null, name: 'admin', role: 'admin' } as const;
  const reason = 'the backup has no more';
  await expect(followAsIs(deps, admin, { since: 1, pools: ['a'], settings: [], reason })).rejects.toThrow(
    'is followed',
  );
  await lose('ippools', 'felixconfigurations');
  await installCrds(server, 'v3');
  await make('v3', 'a', '10.1.0.0/16');
  await told({ back: { pools: { known: 3, missing: ['b', 'c'] }, settings: { known: 1, missing: ['default'] } } });
  const seen = await previewFollow(deps);
  expect(seen).toMatchObject({
    group: V3,
    known: { pools: 3, settings: 1 },
    pools: [
      { name: 'b', cidr: '10.2.0.0/16', nats: false, exempts: true, ours: false },
      { name: 'c', cidr: '10.3.0.0/16', nats: false, exempts: true, ours: false },
    ],
    settings: [{ name: 'default', fields: { natPortRange: '40000:50001' } }],
    word: null,
  });
  const since = seen?.since ?? 0;
  const less = { since, pools: ['c'], settings: ['default'], reason };
  await expect(followAsIs(deps, admin, less)).rejects.toThrow('missing by now, and not shown to you: b. Nothing was');
  const other = { since: since - 1, pools: ['b', 'c'], settings: ['default'], reason };
  await expect(followAsIs(deps, admin, other)).rejects.toThrow('lost again and came back since you looked');
  await expect(followAsIs(deps, admin, { ...other, reason: undefined })).rejects.toThrow('reason must say why');
  expect(await known()).toEqual(['a', 'b', 'c']);

  // nobody leads when it is said, and by the time that somebody does one more is missing
  await controller.stop();
  const { change } = await followAsIs(deps, admin, { ...other, since });
  await must(server.as('admin'), 'DELETE', `${calicoPath('v3', 'ippools')}/a`);
  controller = start('second');
  await told({
    back: { since, pools: { missing: ['a', 'b', 'c'] } },
    error: expect.stringMatching(/change #\d+ .*: a$/),
  });
  expect(await known()).toEqual(['a', 'b', 'c']);
  expect(await previewFollow(deps)).toMatchObject({ word: { change: change.id, beyond: ['a'] } });
  await make('v3', 'a', '10.1.0.0/16');
  await told({ phase: 'live', group: V3, lost: false, settingsLost: false, back: null, error: null });
  await knows(['a']);
  expect(await ports()).toBe(undefined);
  expect((await readWatch(database.db)).word).toBe(null);
  expect(change).toMatchObject({ action: 'cluster.follow', target: 'b, c, FelixConfiguration default', reason });
  // what went is told as this change, and reached the nodes with it
  const moves = (await liveChangesSince(database.db, 0, 1000)).filter(({ cause }) => cause === change.id);
  expect(moves.map(({ action, pools }) => [action, pools])).toEqual(
    expect.arrayContaining([
      ['cluster.change', ['b', 'c']],
      ['settings.update', []],
    ]),
  );
  const reached = await followCarriedOut(database.db, [change.id]);
  expect(reached.get(change.id)).toBe(Math.max(...moves.map(({ sequence }) => sequence)));

  // the next loss needs a word of its own; that of the settings alone leaves the pools alone
  await setPorts('40000:50002');
  await says('40000:50002');
  await lose('felixconfigurations');
  await installCrds(server, 'v3', crd, ['felixconfigurations']);
  await told({ phase: 'live', back: { pools: { missing: [] }, settings: { known: 1, missing: ['default'] } } });
  await make('v3', 'd', '10.4.0.0/16');
  await knows(['a', 'd']);
  expect(await ports()).toBe('40000:50002');
  const next = await previewFollow(deps);
  await followAsIs(deps, admin, { since: next?.since ?? 0, pools: [], settings: ['default'], reason });
  await says(undefined);
  await told({ phase: 'live', settingsLost: false, back: null });
  expect(errors).toEqual([]);
});

it('a word of which half was used fits no later loss, however soon it comes', { timeout: 180_000 }, async () => {
  const deps = { ...(await api.deps()), cluster: unheard };
  const admin = { id: null, name: 'admin', role: 'admin' } as const;
  const felix = (name: string) =>
    must(server.as('admin'), 'POST', calicoPath('v3', 'felixconfigurations'), {
      apiVersion: V3,
      kind: 'FelixConfiguration',
      metadata: { name },
      spec: { natPortRange: '40000:50003' },
    });
  await make('v3', 'x', '10.5.0.0/16');
  await vi.waitFor(async () => expect(await known()).toContain('x'), { timeout: 20_000 });
  const others = (await known()).filter((name) => name !== 'x');
  const restore = async (there: ReadonlySet<string> = new Set()) => {
    for (const [i, name] of others.entries()) if (!there.has(name)) await make('v3', name, `10.${20 + i}.0.0/16`);
  };
  await felix('default');
  await felix('node.one');
  await says('40000:50003');
  await lose('ippools', 'felixconfigurations');
  await installCrds(server, 'v3');
  await restore();
  await felix('node.one');
  await told({ back: { pools: { missing: ['x'] }, settings: { missing: ['default'] } } });
  const seen = await previewFollow(deps);
  await controller.stop();
  const word = { since: seen?.since ?? 0, pools: ['x'], settings: ['default'], reason: 'the backup has no more' };
  await followAsIs(deps, admin, word);
  await must(server.as('admin'), 'DELETE', `${calicoPath('v3', 'felixconfigurations')}/node.one`);
  controller = start('third');
  // the pools are followed by it; of the settings more is missing by now
  await told({ phase: 'live', lost: false, back: { settings: { missing: ['default', 'node.one'] } } });
  await knows(others);
  await make('v3', 'x', '10.5.0.0/16');
  await knows([...others, 'x']);

  await must(server.as('admin'), 'DELETE', `${CRDS}/ippools.projectcalico.org`);
  await vi.waitFor(() => must(server.as('admin'), 'POST', CRDS, crd('v3', 'ippools')), {
    timeout: 20_000,
    interval: 10,
  });
  // for a moment the server may still store into the type that was deleted
  await vi.waitFor(
    async () => {
      const there = (await must(server.as('admin'), 'GET', calicoPath('v3', 'ippools'))) as {
        items: { metadata: { name: string } }[];
      };
      await restore(new Set(there.items.map(({ metadata }) => metadata.name)));
      expect((await readWatch(database.db)).watch).toMatchObject({ lost: true, back: { pools: { missing: ['x'] } } });
    },
    { timeout: 30_000, interval: 500 },
  );
  expect(await known()).toEqual([...others, 'x']);
  await make('v3', 'x', '10.5.0.0/16');
  await told({ phase: 'live', lost: false });
});

it('a leader that is not answered any more says that nobody follows the cluster, until somebody does again', {
  timeout: 180_000,
}, async () => {
  const { heardAt } = await readWatch(database.db);
  server.pause();
  try {
    await told({ phase: 'blind', group: V3, error: expect.stringContaining('the lease could not be renewed in time') });
    expect((await readWatch(database.db)).heardAt?.getTime()).toBeGreaterThanOrEqual(heardAt?.getTime() ?? 0);
  } finally {
    server.resume();
  }
  await told({ phase: 'live' });
});

it('a leader that begins while the type is gone knows that it was lost', { timeout: 180_000 }, async () => {
  await controller.stop();
  await removeCrd(server, 'v3', 'ippools');
  controller = start('fourth');
  await told({ phase: 'no-pools', group: null, from: V3, lost: true, settingsLost: true });
});

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
