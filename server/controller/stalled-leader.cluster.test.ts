/** A write that was sent long since, and is carried out when something else is decided and Synced, is refused: it changes nothing. */
import { expect, it } from 'vitest';
import { endsBeforeNoting, madeUnnoted } from '../../e2e/cluster/ends-before-noting.ts';
import { history } from '../../e2e/cluster/history.ts';
import { keptWrite } from '../../e2e/cluster/kept-write.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { beginTerm } from '../db/live.ts';
import { failure, KubeError } from '../kube/kube-error.ts';
import { soon } from '../testing/soon.ts';
import { clusterPools } from './cluster-pools.ts';
import { lateWrites } from './late-writes.ts';
import { poolReader } from './pool-reader.ts';
import { poolWriter } from './pool-writer.ts';
import { syncPool } from './sync-pool.ts';

const site = ledTerms();
const { policy, update } = history(site);
const noNat = { natOutgoing: false };
const editor = () => site.api.caller('editor').pools;
const version = async () => (await editor().get({ name: 'a' })).version;
const told = () => site.api.database.db.query('SELECT actor, cause FROM live_change ORDER BY sequence');
const isSent = () => soon(async () => expect((await site.stand('a'))?.detail).toHaveProperty('message'));

async function isRefusedLate(comes: () => Promise<unknown>, version: number): Promise<void> {
  await site.stands('a', { state: 'Synced', applied: { version } });
  const before = await told();
  await expect(comes()).rejects.toMatchObject({ kind: 'stale' });
  expect((await site.stored('a'))?.spec).toMatchObject(nat);
  await soon(async () => expect(site.leading?.queued()).toBe(0));
  expect(await site.stand('a')).toMatchObject({ state: 'Synced', reason: 'AsDesired' });
  expect(await told()).toEqual(before);
}

it('an apply of what was changed back meanwhile; the next apply leaves no trace of that', async () => {
  await site.made();
  await site.end();
  await update(noNat);
  const { connection, comes } = keptWrite(site.connection);
  await endsBeforeNoting(site, 'a', connection);
  const back = await update({});
  await site.begin();
  await isRefusedLate(comes, back);
  expect(JSON.stringify(await site.stored('a'))).toContain('outgate/fence');
  const next = await update({ disabled: true });
  await site.stands('a', { state: 'Synced', applied: { version: next } });
  expect(JSON.stringify(await site.stored('a'))).not.toContain('outgate/fence');
});

it('an apply to a pool of which nobody noted that it was made', async () => {
  await madeUnnoted(site);
  await update(noNat);
  const { connection, comes } = keptWrite(site.connection);
  await site.begin(connection);
  await isSent();
  await site.end();
  const back = await update({});
  await site.begin();
  await isRefusedLate(comes, back);
});

it('an apply of this very leader, of which no answer came', async () => {
  await site.made();
  await site.end();
  const { connection, comes, heal } = keptWrite(site.connection);
  await site.begin(connection);
  await update(noNat);
  await isSent();
  const back = await update({});
  heal();
  await isRefusedLate(comes, back);
});

it('an apply of which no answer came, and whose second try the cluster refused', async () => {
  await site.made();
  await site.end();
  const { connection, comes, heal } = keptWrite(site.connection);
  let [isWell, refused] = [true, 0];
  await site.begin({
    ...connection,
    async call(request) {
      if (request.method === 'GET' || isWell) return site.connection.call(request);
      // the first one hangs, and a server with as much to do refuses the next ones
      if (refused++ === 0) return connection.call(request);
      throw new KubeError('', failure('busy', 'too many requests', { status: 429 }));
    },
  });
  const known = await policy('enforce');
  await site.stands('a', { settledVersion: known });
  isWell = false;
  await update(noNat);
  await soon(async () => expect(refused).toBeGreaterThan(1));
  const back = await update({});
  heal();
  isWell = true;
  await isRefusedLate(comes, back);
});

it('a deletion of a pool that was made again as it was', async () => {
  await site.made();
  await site.end();
  await editor().delete({ name: 'a', expectedVersion: await version(), reason: 'by mistake' });
  const { connection, comes } = keptWrite(site.connection);
  await endsBeforeNoting(site, 'a', connection);
  const { change } = await editor().create({ name: 'a', spec: nat });
  await site.begin();
  await isRefusedLate(comes, change.id);
});

it('a cluster that wants no such annotation does not refuse the pool', async () => {
  await site.made();
  await site.end();
  await update(noNat);
  const back = await update({});
  const { call } = site.connection;
  let refused = 0;
  await site.begin({
    ...site.connection,
    async call(request) {
      if (!JSON.stringify(request.body ?? {}).includes('outgate/fence')) return call(request);
      refused++;
      throw new KubeError('', failure('invalid', 'this annotation is not allowed', { status: 422 }));
    },
  });
  await site.stands('a', { state: 'Synced', applied: { version: back } });
  expect(refused).toBe(1);
});

it('where none may come, nothing is written to hold it off', async () => {
  await site.made();
  await site.end();
  const before = await site.stored('a');
  const { db } = site.api.database;
  const writer = poolWriter({ db, epoch: await beginTerm(db, 'test'), underWay: new Map() });
  const cluster = clusterPools(site.connection, 'projectcalico.org/v3');
  const { outcome: write, sending } = writer;
  const [read, late] = [poolReader(db).of, lateWrites()];
  const look = () => syncPool({ read, write, sending, late, cluster, now: () => new Date() }, 'a');
  expect(await look()).toBe('settled');
  const change = await policy('enforce');
  expect(await look()).toBe('settled');
  expect(await site.stand('a')).toMatchObject({ state: 'Synced', applied: { version: change } });
  // what is refused does not come late
  const refused = new KubeError('', failure('busy', 'too many requests', { status: 429 }));
  const sent = late.sending('a', before?.metadata.resourceVersion ?? null, () => Promise.reject(refused));
  await expect(sent).rejects.toBe(refused);
  await policy('ask');
  expect(await look()).toBe('settled');
  expect(await site.stored('a')).toEqual(before);
});
