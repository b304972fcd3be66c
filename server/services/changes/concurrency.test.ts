import { afterAll, beforeAll, expect, it } from 'vitest';
import { revisionOf, sumOfPools } from '../../../core/wire/revision.ts';
import { readState } from '../../db/state.ts';
import { refusal, type TestApi, testApi } from '../../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(async () => api?.close());

async function fromScratch(): Promise<{ revision: string; computed: string }> {
  const { desired, pools } = await readState(api.database.db);
  expect(desired.poolSum).toBe(sumOfPools(pools));
  return { revision: desired.revision, computed: revisionOf(sumOfPools(pools), desired.settings, desired.hosts) };
}

it('fifty changes at once: numbers without gaps, times in their order, and the revision of what is there', async () => {
  const [ada, bob] = [api.caller('editor', 'ada'), api.caller('admin', 'bob')];
  const versions = new Map<number, number>();
  for (let i = 0; i < 50; i++) {
    const { pool } = await ada.pools.create({ name: `p-${i}`, spec: { cidr: `10.${i}.0.0/16` } });
    versions.set(i, pool.version);
  }
  await Promise.all(
    [...versions].map(([i, expectedVersion]) => {
      const at = { name: `p-${i}`, expectedVersion, reason: 'all at once' };
      if (i % 5 === 0) return bob.pools.delete(at);
      if (i % 5 === 1) return bob.pools.create({ name: `q-${i}`, spec: { cidr: `172.16.${i}.0/24` } });
      return (i % 2 ? ada : bob).pools.update({ ...at, spec: { cidr: `10.${i}.0.0/16`, natOutgoing: true } });
    }),
  );
  const { changes } = await ada.changes.list({ limit: 200 });
  const oldestFirst = [...changes].reverse();
  expect(oldestFirst.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  const times = oldestFirst.map(({ at }) => Date.parse(at));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const { revision, computed } = await fromScratch();
  expect(revision).toBe(computed);
  expect(changes[0]?.revision).toBe(revision);
});

it('two operators who save the same pool: one wins, the other sees what is there, nothing is lost', async () => {
  const { pool } = await api.caller('admin').pools.create({ name: 'shared', spec: { cidr: '192.168.0.0/16' } });
  const save = (who: string, nodeSelector: string) =>
    api.caller('editor', who).pools.update({
      name: 'shared',
      spec: { cidr: '192.168.0.0/16', nodeSelector },
      expectedVersion: pool.version,
    });
  const results = await Promise.allSettled([save('ada', "rack == 'a'"), save('bob', "rack == 'b'")]);
  const lost = results.findIndex(({ status }) => status === 'rejected');
  const won = results[1 - lost];
  if (won?.status !== 'fulfilled') throw new Error('one must win');
  const again = await refusal(save('late', "rack == 'c'"));
  expect(again).toMatchObject({ code: 'CONFLICT', reason: 'VERSION_STALE', current: { spec: won.value.pool.spec } });
  expect(lost).toBeGreaterThanOrEqual(0);
});

it('pools that overlap are created at the same time: only one of them is', async () => {
  const editor = api.caller('editor');
  for (let round = 0; round < 5; round++) {
    const cidrs = [`100.${round}.0.0/16`, `100.${round}.1.0/24`, `100.${round}.0.0/17`, `100.${round}.1.128/25`];
    const results = await Promise.allSettled(
      cidrs.map((cidr, i) => editor.pools.create({ name: `o-${round}-${i}`, spec: { cidr } })),
    );
    const made = results.filter(({ status }) => status === 'fulfilled');
    expect(made).toHaveLength(1);
    const { pools } = await editor.pools.list({ search: `100.${round}.0.0/16` });
    expect(pools).toHaveLength(made.length);
    expect(pools.flatMap(({ violations }) => violations)).toEqual([]);
  }
  const { revision, computed } = await fromScratch();
  expect(revision).toBe(computed);
});

it('more are refused at once than there are connections: each is told what is there', async () => {
  const ada = api.caller('editor', 'ada');
  const { pool } = await ada.pools.create({ name: 'taken', spec: { cidr: '203.0.113.0/24' } });
  const again = () => refusal(ada.pools.create({ name: 'taken', spec: { cidr: '203.0.113.0/24' } }));
  const refused = await Promise.all(Array.from({ length: 40 }, again));
  for (const one of refused) expect(one).toMatchObject({ reason: 'NAME_TAKEN', current: { version: pool.version } });
});
