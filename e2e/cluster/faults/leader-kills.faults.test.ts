/**
 * Three whole servers; twenty of them killed one after the other while they lead, each in the middle of applies, while
 * changes come by request to another: nothing is lost, nothing done twice, nothing left.
 */
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readLivePools } from '../../../server/db/live.ts';
import { readWatch } from '../../../server/db/live-watch.ts';
import { readPools } from '../../../server/db/pools.ts';
import { readSync } from '../../../server/db/sync.ts';
import { type TestDatabase, testDatabase } from '../../../server/db/testing.ts';
import { policyRules } from '../../../server/kube/needed-rights.ts';
import { cookieOf, mutate } from '../../../server/testing/test-client.ts';
import { type ServerProcess, startServerProcess, withCluster } from '../../../server/testing/test-server.ts';
import { ensureBinaries } from '../binaries/build.ts';
import { calicoPath, installCrds } from '../install-crds.ts';
import { grant } from '../rights.ts';
import { type ApiServer, startApiServer } from '../start-api-server.ts';
import { decisions, wrongIn } from './decisions.ts';
import { type Witness, witness } from './witness.ts';

const KILLS = 20;
const POOLS = 50;
/** in each round pools that are deleted again while nobody leads */
const BRIEF = 5;
const path = calicoPath('v3', 'ippools');

let database: TestDatabase;
let server: ApiServer;
let seen: Witness;
/** called at each sight of a new form of a pool */
let saw = (): void => {};
let cookie: string;
let replicas: ServerProcess[] = [];

beforeAll(async () => {
  database = await testDatabase();
  server = await startApiServer({
    binaries: await ensureBinaries((line) => console.error(line)),
    users: { outgate: [] },
  });
  await installCrds(server, 'v3');
  await grant(server, 'outgate', { kind: 'User', name: 'outgate' }, [...policyRules('cluster'), ...policyRules('own')]);
  seen = await witness(server.as('admin'), path, () => saw());
});
afterAll(async () => {
  await Promise.all(replicas.map((one) => one.stop()));
  await seen?.close();
  await server?.stop();
  await database?.close();
});

async function replica(): Promise<void> {
  const one = await startServerProcess(database.url, withCluster(server.kubeconfig));
  replicas.push(one);
}

/** By what it logged when it was elected. */
const leads = (one: ServerProcess, name: string): boolean =>
  one.lines.some((line) => line.includes('"role":"leader"') && line.includes(`"holder":"${name}"`));

async function end(one: ServerProcess): Promise<void> {
  const exited = once(one.child, 'exit');
  one.child.kill('SIGKILL');
  await exited;
}

/** The leader of a later term than `after`, once its watch is live. */
const leader = (after: number) =>
  vi.waitFor(
    async () => {
      const { watch, leader: name, epoch } = await readWatch(database.db);
      const one = replicas.find((each) => leads(each, name ?? ''));
      if (one === undefined || epoch <= after || watch?.phase !== 'live') throw new Error('a new leader must be live');
      return { one, epoch };
    },
    { timeout: 60_000, interval: 20 },
  );

const forms = (): number => [...seen.seen.values()].reduce((sum, { length }) => sum + length, 0);
const stored = (many: number): Promise<void> =>
  new Promise((resolve) => {
    saw = () => {
      if (forms() >= many) resolve();
    };
    saw();
  });

it('twenty leaders are killed in the middle of applies', { timeout: 900_000 }, async () => {
  const { db } = database;
  const names = Array.from({ length: POOLS }, (_, i) => `pool-${i}`);
  const decided = decisions(async (name, spec, version) => {
    const { pool } = await (version === null
      ? tell('pools.create', { name, spec })
      : tell('pools.update', { name, spec, expectedVersion: version }));
    return pool.version;
  });
  const lastOf = (name: string): object => decided.acknowledged.get(name)?.at(-1) ?? {};
  const brief: string[] = [];
  let cut = 0;

  await Promise.all([replica(), replica(), replica()]);
  let now = await leader(0);
  /** To a server that is not about to be killed. */
  const tell = async (procedure: string, input: object) => {
    const to = replicas.find((one) => one !== now.one);
    const { status, body } = await mutate(to?.address ?? '', procedure, input, cookie);
    if (status !== 200) throw new Error(`${procedure} must be answered: ${status} ${JSON.stringify(body)}`);
    return body.result.data;
  };
  cookie = await cookieOf(now.one.address);
  for (let kill = 0; kill < KILLS; kill++) {
    const before = forms();
    const short = Array.from({ length: BRIEF }, (_, i) => `brief-${kill}-${i}`);
    // another moment each time, from the first apply to nearly the last
    const killed = stored(before + 1 + Math.floor((kill * (POOLS - 10)) / KILLS)).then(() => end(now.one));
    for (const [i, name] of names.entries()) {
      await decided.next(name);
      const other = i % 10 === 0 ? short[i / 10] : undefined;
      if (other !== undefined)
        await tell('pools.create', { name: other, spec: { cidr: `10.${100 + kill}.${i}.0/24`, natOutgoing: true } });
    }
    await killed;
    replicas = replicas.filter((one) => one !== now.one);
    if (forms() < before + POOLS) cut++;
    for (const { name, sequence } of await readPools(db, short)) {
      await tell('pools.delete', { name, expectedVersion: sequence, reason: 'not needed' });
    }
    brief.push(...short);
    [now] = await Promise.all([leader(now.epoch), replica()]);
  }
  expect(cut, 'rounds in which something was still to be applied').toBeGreaterThan(KILLS / 2);

  await vi.waitFor(
    async () => {
      const versions = new Map((await readPools(db, names)).map(({ name, sequence }) => [name, sequence]));
      const rows = await readSync(db, names);
      const behind = rows.filter(
        ({ name, state, applied }) => state !== 'Synced' || applied?.version !== versions.get(name),
      );
      expect(behind).toEqual([]);
      expect(rows).toHaveLength(POOLS);
      // our own watch may be behind that
      for (const name of names) expect(seen.seen.get(name)?.at(-1)?.spec).toMatchObject(lastOf(name));
      expect([...seen.there].sort()).toEqual([...names].sort());
      expect((await readLivePools(db)).map(({ name }) => name).sort()).toEqual([...names].sort());
    },
    { timeout: 60_000, interval: 200 },
  );
  expect(decided.count()).toBe(KILLS * POOLS);
  for (const name of names) expect((await readPools(db, [name]))[0]?.spec).toEqual(lastOf(name));
  expect(
    names.flatMap((name) => wrongIn(name, decided.acknowledged.get(name) ?? [], seen.seen.get(name) ?? [])),
  ).toEqual([]);
  // made once at most, and gone
  expect(brief.filter((name) => (seen.seen.get(name) ?? []).length > 1)).toEqual([]);
});
