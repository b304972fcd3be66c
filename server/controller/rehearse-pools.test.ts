import { afterAll, beforeAll, expect, it } from 'vitest';
import { beginTerm } from '../db/live.ts';
import { writeWatch } from '../db/live-watch.ts';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import type { Answer, Call, Connection } from '../kube/connection.ts';
import { failure, KubeError } from '../kube/kube-error.ts';
import { rehearsePools } from './rehearse-pools.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  const epoch = await beginTerm(database.db, 'test');
  const from = 'projectcalico.org/v3';
  const watch = { group: from, phase: 'live', since: 0, error: null, queued: 0, from } as const;
  const lost = { lost: false, settingsLost: false, back: null };
  await writeWatch(database.db, epoch, { watch: { ...watch, ...lost }, heardAt: null });
});
afterAll(() => database?.close());

const pools = Array.from({ length: 500 }, (_, index) => ({ name: `p${index}`, spec: { cidr: '10.1.0.0/16' } }));

/** A cluster that refuses every pool, and how many calls it had, in all and at a time. */
function refusing(answer: (call: Call) => Promise<void>) {
  const calls = { all: 0, now: 0, most: 0 };
  const call = async (asked: Call): Promise<Answer> => {
    calls.all++;
    calls.most = Math.max(calls.most, ++calls.now);
    await answer(asked).finally(() => calls.now--);
    throw new KubeError('PATCH', failure('invalid', 'not on this site'));
  };
  const unused = () => Promise.reject(new Error('not asked'));
  const connection: Connection = { server: '', call, stream: unused, close: unused };
  return { connection, calls };
}

const silence = ({ signal }: Call): Promise<void> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));

it('each of hundreds is asked, a few at a time', async () => {
  const { connection, calls } = refusing(() => new Promise((resolve) => setTimeout(resolve, 5)));
  const refused = await rehearsePools(connection, database.db, pools);
  expect(refused.size).toBe(500);
  expect(refused.get('p499')).toEqual([{ field: 'spec', message: 'not on this site' }]);
  expect(calls).toMatchObject({ all: 500, most: 32 });
});

it('a cluster that does not answer about one is not asked about the others; what it refused counts', async () => {
  let answered = 0;
  const { connection, calls } = refusing((call) => (answered++ < 40 ? Promise.resolve() : silence(call)));
  const refused = await rehearsePools(connection, database.db, pools);
  expect(refused.size).toBe(40);
  expect(calls.all).toBe(40 + 32);
});
