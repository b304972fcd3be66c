/** A look at a pool by what was read before the outcome of the look before it was written. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLivePool } from '../../core/cluster/live-pool.ts';
import { readAtHand } from '../db/at-hand.ts';
import { beginTerm } from '../db/live.ts';
import { readSync } from '../db/sync.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { lateWrites } from './late-writes.ts';
import { type Outcome, poolWriter } from './pool-writer.ts';
import { type SyncPoolOptions, syncPool } from './sync-pool.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

const [one, other] = [
  { cidr: '10.1.0.0/16', natOutgoing: true },
  { cidr: '10.1.0.0/16', natOutgoing: false },
];

const CLAIM = { 'f:cidr': {}, 'f:natOutgoing': {} };

/** The cluster has this version of the pool, in its object's version of that number. */
function applied(version: number, spec: typeof one): Outcome {
  const managedFields = [{ manager: 'outgate', operation: 'Apply', fieldsV1: { 'f:spec': CLAIM } }];
  const metadata = { name: 'a', uid: 'uid', resourceVersion: String(version), managedFields };
  const taken = readLivePool({ metadata, spec });
  const row = { name: 'a', state: 'Synced', reason: 'AsDesired', detail: {} } as const;
  return { name: 'a', row: { ...row, applied: { uid: 'uid', version, spec } }, taken };
}

it('is taken again: nobody else would look at a pool that was set back meanwhile', async () => {
  const { db } = api.database;
  const { pools } = api.caller('editor');
  const late = lateWrites();
  late.settled('a');
  const writer = poolWriter({ db, epoch: await beginTerm(db, 'test'), underWay: new Map() });
  const { pool: first } = await pools.create({ name: 'a', spec: one });
  await writer.outcome(applied(first.version, one));
  const { pool: second } = await pools.update({ name: 'a', spec: other, expectedVersion: first.version });
  await pools.update({ name: 'a', spec: one, expectedVersion: second.version });
  const hand = (await readAtHand(db, ['a'])).get('a');
  if (hand === undefined) throw new Error('nothing was read');
  await writer.outcome(applied(second.version, other));
  const sent: string[] = [];
  const untouched = { apply: async () => sent.push('apply'), remove: async () => sent.push('remove') };
  const options: SyncPoolOptions = {
    read: async () => hand,
    write: writer.outcome,
    sending: writer.sending,
    late,
    cluster: untouched as unknown as SyncPoolOptions['cluster'],
    now: () => new Date(),
  };
  expect(await syncPool(options, 'a')).toBe('again');
  expect(sent).toEqual([]);
  expect((await readSync(db, ['a']))[0]?.applied).toMatchObject({ version: second.version });
});
