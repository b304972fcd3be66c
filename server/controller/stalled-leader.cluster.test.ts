/** A write of a leader that stalled within it is carried out when another one has led for long: it changes nothing any more. */
import { expect, it } from 'vitest';
import { history } from '../../e2e/cluster/history.ts';
import { type KeptWrite, keptWrite } from '../../e2e/cluster/kept-write.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { soon } from '../testing/soon.ts';
import { clusterPools } from './cluster-pools.ts';
import { lateWrites } from './late-writes.ts';
import { poolReader } from './pool-reader.ts';
import { syncPool } from './sync-pool.ts';

const site = ledTerms();
const { policy } = history(site);
const noNat = { ...nat, natOutgoing: false };
const editor = () => site.api.caller('editor').pools;
const version = async () => (await editor().get({ name: 'a' })).version;
const update = async (spec: typeof nat) =>
  (await editor().update({ name: 'a', spec, expectedVersion: await version() })).change.id;
const told = () => site.api.database.db.query('SELECT actor, cause FROM live_change ORDER BY sequence');

const isSent = () => soon(async () => expect((await site.stand('a'))?.detail).toHaveProperty('message'));

/** A leader looks at the pool, and ends before it can note what came of it. */
const looks = (connection = site.connection) =>
  syncPool(
    {
      read: poolReader(site.api.database.db).of,
      write: async () => true,
      sending: () => {},
      late: lateWrites(),
      cluster: clusterPools(connection, 'projectcalico.org/v3'),
      now: () => new Date(),
    },
    'a',
  );

async function isRefusedLate(comes: KeptWrite['comes'], version: number): Promise<void> {
  await site.stands('a', { state: 'Synced', applied: { version } });
  const before = await told();
  await expect(comes()).rejects.toMatchObject({ kind: 'stale' });
  const stored = await site.stored('a');
  expect(stored?.spec).toMatchObject(nat);
  expect(JSON.stringify(stored)).not.toContain('fence');
  await soon(async () => expect(site.leading?.queued()).toBe(0));
  expect(await site.stand('a')).toMatchObject({ state: 'Synced', reason: 'AsDesired' });
  expect(await told()).toEqual(before);
}

it('an apply of what was changed back meanwhile', async () => {
  await site.made();
  await site.end();
  await update(noNat);
  const { connection, comes } = keptWrite(site.connection);
  await looks(connection);
  const back = await update(nat);
  await site.begin();
  await isRefusedLate(comes, back);
});

it('an apply to a pool of which nobody noted that it was made', async () => {
  await site.begin();
  await site.end();
  await editor().create({ name: 'a', spec: nat });
  await looks();
  await update(noNat);
  const { connection, comes } = keptWrite(site.connection);
  await site.begin(connection);
  await isSent();
  await site.end();
  const back = await update(nat);
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
  const back = await update(nat);
  heal();
  await isRefusedLate(comes, back);
});

it('a deletion of a pool that was made again as it was', async () => {
  await site.made();
  await site.end();
  await editor().delete({ name: 'a', expectedVersion: await version(), reason: 'by mistake' });
  const { connection, comes } = keptWrite(site.connection);
  await looks(connection);
  const { change } = await editor().create({ name: 'a', spec: nat });
  await site.begin();
  await isRefusedLate(comes, change.id);
});

it('where none may come, nothing is written to hold it off', async () => {
  await site.made();
  const before = await site.stored('a');
  await site.end();
  await site.begin();
  await soon(async () => expect(site.leading?.mirrored().pools).toBe(true));
  await soon(async () => expect(site.leading?.queued()).toBe(0));
  const change = await policy('enforce');
  await site.stands('a', { applied: { version: change } });
  expect(await site.stored('a')).toEqual(before);
});
