import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { writeOutcomes } from './sync.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api?.close());

const synced = { name: 'a', state: 'Synced', reason: 'AsDesired', detail: {} } as const;
const spec = { cidr: '10.1.0.0/16' };
/** What comes of this version of a pool that stood as it did for a year: whether it counts as standing so since now. */
async function starts(version: number, stand: object = synced): Promise<boolean> {
  const { db } = api.database;
  await db.query(`UPDATE sync SET since = now() - interval '1 year'`, []);
  await db.transaction((tx) => writeOutcomes(tx, [{ ...synced, ...stand, applied: { uid: 'u', version, spec } }]));
  const [{ now = false } = {}] = await db.query<{ now: boolean }>(
    `SELECT since > now() - interval '1 hour' AS now FROM sync WHERE name = 'a'`,
    [],
  );
  return now;
}

it('a pool is Synced since its last version came to the cluster: until then it was Pending, which no row says', async () => {
  expect([await starts(1), await starts(1), await starts(2), await starts(2)]).toEqual([true, false, true, false]);
});

it('what waits for somebody does so since it began to, whatever is decided meanwhile', async () => {
  const waits = { state: 'OutOfSync', reason: 'FieldChangedInCluster' };
  expect([await starts(3, waits), await starts(4, waits), await starts(4)]).toEqual([true, false, true]);
});
