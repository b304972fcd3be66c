import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EffectiveState, StreamMessage } from '../../core/wire/state.ts';
import { type TestApi, testApi } from '../testing/test-api.ts';
import { desiredLedger } from './ledger.ts';
import { openStateCache, type StateCache } from './state-cache.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(async () => api?.close());

const open = (history?: number): Promise<StateCache> =>
  openStateCache({
    db: api.database.db,
    onMismatch: (sequence) => expect.fail(`change ${sequence} did not lead to its revision`),
    ...(history === undefined ? {} : { history }),
  });

/** What an agent does with a message. */
function applied(state: EffectiveState, message: StreamMessage | null): EffectiveState {
  if (message === null || message.type === 'heartbeat') return state;
  if (message.type === 'snapshot') return message.state;
  expect(message.from).toBe(state.sequence);
  const pools = new Map(state.pools.map((pool) => [pool.name, pool]));
  for (const name of message.remove) pools.delete(name);
  for (const pool of message.upsert) pools.set(pool.name, pool);
  return {
    sequence: message.sequence,
    revision: message.revision,
    pools: [...pools.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    settings: message.settings ?? state.settings,
    hosts: message.hosts ?? state.hosts,
  };
}

/** Random changes of every kind. */
async function change(i: number): Promise<void> {
  const admin = api.caller('admin');
  const name = `p-${(i * 7) % 11}`;
  const cidr = `10.${(i * 7) % 11}.0.0/16`;
  const { pools } = await admin.pools.list({ search: name });
  const there = pools.find((pool) => pool.name === name);
  const reason = 'random';
  if (i % 9 === 4) {
    const { settings, version } = await admin.settings.get();
    const natOutgoingExclusions = i % 2 ? 'IPPoolsOnly' : 'IPPoolsAndHostIPs';
    if (settings.global.natOutgoingExclusions === natOutgoingExclusions) return;
    await admin.settings.update({
      settings: { ...settings, global: { natOutgoingExclusions } },
      expectedVersion: version,
      reason,
    });
  } else if (i % 9 === 7) {
    const yaml = ['a', 'b'].map(
      (one) =>
        `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: ${one}-${i}}\nspec: {cidr: 172.${16 + (i % 16)}.${one === 'a' ? 0 : 128}.0/17}\n`,
    );
    await admin.pools.import({ yaml: yaml.join('---\n') }).catch(() => {});
  } else if (there === undefined) await admin.pools.create({ name, spec: { cidr } });
  else if (i % 3 === 0) await admin.pools.delete({ name, expectedVersion: there.version, reason });
  else {
    const spec = { cidr, natOutgoing: !there.spec.natOutgoing };
    await admin.pools.update({ name, spec, expectedVersion: there.version });
  }
}

it('two caches on one database converge, and so does everyone who follows their messages', async () => {
  const caches = [await open(), await open()] as const;
  let agent = caches[0].snapshot().state;
  let slow = caches[1].snapshot().state;
  for (let i = 0; i < 80; i++) {
    await change(i);
    const cache = caches[i % 2 ? 1 : 0];
    await Promise.all([cache.refresh(), cache.refresh()]);
    agent = applied(agent, cache.since(agent.sequence));
    expect(agent).toEqual(cache.snapshot().state);
    if (i % 10 === 9) slow = applied(slow, cache.since(slow.sequence));
  }
  for (const cache of caches) await cache.refresh();
  const fresh = await open();
  for (const state of [caches[0].snapshot().state, caches[1].snapshot().state, agent, slow]) {
    expect(state).toEqual(fresh.snapshot().state);
  }
  expect(caches[0].since(agent.sequence)).toBe(null);
});

it('a sequence that is unknown, too old or of another database gets a snapshot', async () => {
  const cache = await open(3);
  for (let i = 0; i < 6; i++) await change(i);
  const sequence = await cache.refresh();
  expect(cache.since(undefined)?.type).toBe('snapshot');
  expect(cache.since(sequence + 1)?.type).toBe('snapshot');
  expect(cache.since(sequence - 3)?.type).toBe('delta');
  expect(cache.since(sequence - 4)?.type).toBe('snapshot');
});

it('a refresh that is asked for while one runs sees what was written before it was asked', async () => {
  const cache = await open();
  for (let i = 100; i < 120; i++) {
    const running = cache.refresh();
    await change(i);
    const { sequence } = await api.caller('viewer').status.get();
    expect(await cache.refresh()).toBe(sequence);
    await running;
  }
});

it('a read that fails after one that moved the state leaves that state, whole and told', async () => {
  let reads = 0;
  let failing = false;
  const cache = await openStateCache({
    db: api.database.db,
    ledger: {
      ...desiredLedger,
      since: (db, sequence, limit) => {
        if (failing && ++reads === 2) throw new Error('the database is away');
        return desiredLedger.since(db, sequence, limit);
      },
    },
  });
  const before = cache.sequence;
  expect(cache.pools().some(({ name }) => name === 'told')).toBe(false);
  let moved = 0;
  cache.subscribe(() => moved++);
  await api.caller('admin').pools.create({ name: 'told', spec: { cidr: '203.0.113.0/24', natOutgoing: true } });
  failing = true;
  const [first, second] = await Promise.allSettled([cache.refresh(), cache.refresh()]);
  expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
  expect(cache.sequence).toBe(before + 1);
  expect(moved).toBe(1);
  expect(await cache.refresh()).toBe(before + 1);
  expect(cache.snapshot()).toEqual((await open()).snapshot());
});

it('nobody sees a state between changes that are read together', async () => {
  const cache = await open();
  const before = cache.sequence;
  // so many that sums are made in turns
  for (const third of [1, 2]) {
    const yaml = Array.from({ length: 600 }, (_, i) => {
      const cidr = `192.${third}.${Math.floor(i / 200)}.${i % 200}/32`;
      return `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: many-${third}-${i}}\nspec: {cidr: ${cidr}, blockSize: 32}\n`;
    });
    await api.caller('admin').pools.import({ yaml: yaml.join('---\n') });
  }
  const seen = new Set<number>();
  let over = false;
  const refreshed = cache.refresh().finally(() => {
    over = true;
  });
  while (!over) {
    seen.add(cache.sequence);
    await setImmediate();
  }
  expect(await refreshed).toBe(before + 2);
  seen.add(cache.sequence);
  expect([...seen]).toEqual([before, before + 2]);
});

it('state that does not lead to the revision in the log is loaded anew', async () => {
  const mismatches: number[] = [];
  const cache = await openStateCache({ db: api.database.db, onMismatch: (sequence) => mismatches.push(sequence) });
  let moved = 0;
  cache.subscribe(() => moved++);
  // behind everybody's back, as somebody with a SQL prompt would
  await api.database.db.query(
    "INSERT INTO pool (name, spec, cidr, sequence) VALUES ('odd', '{\"cidr\": \"198.18.0.0/15\"}', '198.18.0.0/15', 0)",
  );
  await api.caller('admin').pools.create({ name: 'good', spec: { cidr: '100.64.0.0/10' } });
  await cache.refresh();
  expect(cache.pool('good')).toBeDefined();
  expect(moved).toBe(1);
  expect(mismatches).toEqual([]);
  await api.database.db.query("UPDATE desired SET pool_sum = 'ff'");
  const { change } = await api.caller('admin').pools.create({ name: 'bad', spec: { cidr: '198.51.100.0/24' } });
  await cache.refresh();
  expect(mismatches).toEqual([change.id]);
  expect(cache.pool('odd')).toBeDefined();
  expect(cache.revision).toBe(change.revision);
});
