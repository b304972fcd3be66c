/** What an operator decides while the leader writes what came of the same pools: neither loses what the other wrote. */
import { expect, it } from 'vitest';
import type { Database } from '../../db/client.ts';
import { forgetSync, markLetGo } from '../../db/let-go.ts';
import { beginTerm, lockLive } from '../../db/live.ts';
import { countPools } from '../../db/pool-counts.ts';
import { makeMissingSync, readSync, type SyncOutcomeRow, writeOutcomes } from '../../db/sync.ts';
import { untilSomebodyWaits } from '../../db/testing.ts';
import { liveLedger } from '../../state/ledger.ts';
import { openStateCache } from '../../state/state-cache.ts';
import { soon } from '../../testing/soon.ts';
import { editor } from '../../testing/test-api.ts';
import { unheardSite } from '../../testing/unheard-cluster.ts';
import { getPool } from '../pools/get-pool.ts';
import { createPool, deletePool, updatePool } from '../pools/write-pool.ts';
import { comparePool } from './compare-pool.ts';
import { resolvePool, setPolicy } from './resolve-pool.ts';

const site = unheardSite();

const spec = { cidr: '10.1.0.0/16', natOutgoing: true };
const synced = (name: string, version: number): SyncOutcomeRow => ({
  name,
  state: 'Synced',
  reason: 'AsDesired',
  detail: {},
  applied: { uid: `uid-${name}`, version, spec },
});
it('pools that are deleted together while what came of them is written are deleted', async () => {
  const { db } = site.api.database;
  const epoch = await beginTerm(db, 'test');
  const admin = site.api.caller('admin');
  const yaml = ['a', 'b', 'c'].map((name, i) => pool(name, `10.${i}.0.0/16`)).join('---\n');
  const { change } = await admin.pools.import({ yaml });
  const version = change?.id ?? 0;
  let reverting: Promise<unknown> = Promise.resolve();
  await db.transaction(async (tx) => {
    await lockLive(tx, epoch);
    await writeOutcomes(tx, [synced('b', version)]);
    reverting = admin.changes.revert({ id: version, reason: 'not needed' });
    await untilSomebodyWaits(site.api.database.db);
    await writeOutcomes(tx, [synced('a', version), synced('c', version)]);
  });
  await reverting;
  const rows = await readSync(db);
  expect(rows.map(({ name, applied, deletedBy }) => [name, applied?.version, deletedBy])).toEqual(
    ['a', 'b', 'c'].map((name) => [name, version, version + 1]),
  );
});

it('released pools that are imported while the leader writes of them are ours again', async () => {
  const { db } = site.api.database;
  const epoch = await beginTerm(db, 'test');
  const names = ['let-go-a', 'let-go-b', 'let-go-c'];
  for (const name of names) await markLetGo(db, name, 1);
  const yaml = names.map((name, i) => pool(name, `10.2${i}.0.0/16`)).join('---\n');
  const refused = (name: string): SyncOutcomeRow => ({ ...synced(name, 1), state: 'Rejected', applied: null });
  let [importing, leading]: Promise<unknown>[] = [];
  await db.transaction(async (other) => {
    // has an import that waits for nobody else stop among them
    await other.query(`SELECT FROM sync WHERE name = 'let-go-a' FOR UPDATE`);
    await new Promise<void>((locked) => {
      leading = db.transaction(async (tx) => {
        await lockLive(tx, epoch);
        importing = site.api.caller('editor').pools.import({ yaml });
        await untilSomebodyWaits(db);
        await tx.query('SELECT FROM sync WHERE name = ANY($1) FOR UPDATE SKIP LOCKED', [names]);
        locked();
        await writeOutcomes(tx, names.map(refused));
      });
    });
  });
  await Promise.all([importing, leading]);
  expect(await db.query('SELECT name FROM sync WHERE name = ANY($1) AND let_go_by IS NULL', [names])).toHaveLength(3);
});

it('pools from before there was a cluster that are imported while the leader first comes to them are written', async () => {
  const { db } = site.api.database;
  const names = ['old-a', 'old-b', 'old-c'];
  const yaml = names.map((name, i) => pool(name, `10.3${i}.0.0/16`));
  await site.api.caller('editor').pools.import({ yaml: yaml.join('---\n') });
  const otherwise = yaml.reverse().join('---\n').replaceAll('cidr', 'natOutgoing: true, cidr');
  await db.query('DELETE FROM sync WHERE name = ANY($1)', [names]);
  let all: Promise<unknown>[] = [];
  const other = db.transaction(async (tx) => {
    // has both stop among them
    await tx.query(`INSERT INTO sync (name) VALUES ('old-b')`);
    all = [site.api.caller('editor').pools.import({ yaml: otherwise }), makeMissingSync(db)];
    await soon(async () => expect((await db.query('SELECT FROM pg_locks WHERE NOT granted')).length).toBe(2));
    throw new Error('given up');
  });
  await expect(other).rejects.toThrow('given up');
  await Promise.all(all);
  expect(await readSync(db, names)).toHaveLength(3);
});

it('a pool that is made again while the leader forgets the one of before is known to it', async () => {
  const { db } = site.api.database;
  const epoch = await beginTerm(db, 'test');
  const again = { name: 'again', spec: { cidr: '10.8.0.0/16' } };
  const { change } = await createPool(site.deps, editor, again);
  await deletePool(site.deps, editor, { name: 'again', expectedVersion: change.id, reason: 'not needed' });
  const forget = () =>
    db.transaction(async (tx) => {
      await lockLive(tx, epoch);
      await forgetSync(tx, ['again']);
    });
  let forgetting: Promise<void> = Promise.resolve();
  const beforeItsCommit: Database = {
    ...db,
    transaction: (work) =>
      db.transaction(async (tx) => {
        const made = await work(tx);
        forgetting = forget();
        await Promise.race([forgetting, untilSomebodyWaits(db)]);
        return made;
      }),
  };
  await createPool({ ...site.deps, db: beforeItsCommit }, editor, again);
  await forgetting;
  expect(await readSync(db, ['again'])).toHaveLength(1);
});

it.each([
  ['a policy', (at: At) => setPolicy(site.deps, editor, { ...at, policy: 'enforce' }), { policy: 'enforce' }],
  ['the use of force', (at: At) => resolvePool(site.deps, editor, { ...at, choice: 'ours' }), { policy: 'ask' }],
])('%s that is decided while an apply is noted leaves the note', async (what, decide, expected) => {
  const { db } = site.api.database;
  const epoch = await beginTerm(db, 'test');
  const name = what.replaceAll(' ', '-');
  const { change } = await site.api
    .caller('editor')
    .pools.create({ name, spec: { cidr: `192.168.${name.length}.0/24` } });
  let deciding: Promise<unknown> = Promise.resolve();
  await db.transaction(async (tx) => {
    await lockLive(tx, epoch);
    await writeOutcomes(tx, [synced(name, change.id)]);
    deciding = decide({ name, expectedVersion: change.id, reason: 'it must be so' });
    await untilSomebodyWaits(site.api.database.db);
  });
  await deciding;
  const [row] = await readSync(db, [name]);
  expect(row).toMatchObject({ state: 'Synced', applied: { uid: `uid-${name}`, version: change.id }, ...expected });
});

it('what was in the cluster is not said of a later decision, while nobody leads', async () => {
  const { db } = site.api.database;
  await beginTerm(db, 'test');
  const ours = { ...site.deps, effective: await openStateCache({ db, ledger: liveLedger }) };
  const name = 'waiting';
  const { change } = await site.api
    .caller('editor')
    .pools.create({ name, spec: { cidr: '10.9.0.0/16', natOutgoing: true } });
  await writeOutcomes(db, [synced(name, change.id)]);
  const { Synced: before } = (await countPools(db)).sync;
  expect((await getPool(ours, name)).sync).toMatchObject({ state: 'Synced', reason: 'AsDesired' });
  const edit = { name, spec: { cidr: '10.9.0.0/16', natOutgoing: false }, expectedVersion: change.id };
  const answer = await updatePool(ours, editor, edit);
  const waits = { state: 'Pending', reason: 'WaitingForCluster', since: null };
  expect([answer.pool.sync, (await getPool(ours, name)).sync, (await comparePool(ours, name)).sync]).toMatchObject(
    Array(3).fill(waits),
  );
  expect((await countPools(db)).sync.Synced).toBe(before - 1);
});

interface At {
  readonly name: string;
  readonly expectedVersion: number;
  readonly reason: string;
}

const pool = (name: string, cidr: string): string =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: { name: ${name} }\nspec: { cidr: ${cidr} }\n`;
