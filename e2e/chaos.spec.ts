/**
 * Blows in the middle of changes: the server, PostgreSQL and an agent are killed while two clients change pools. What was
 * acknowledged is there, what was not is there as a whole or not at all, and the kernel does its NAT as if nothing were.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@playwright/test';
import type { Pool } from '../core/pool/spec.ts';
import { revisionOf, sumOfPools } from '../core/wire/revision.ts';
import { type Api, signIn } from './api.ts';
import { labPlan } from './lab/plan.ts';
import { sendProbe } from './lab/probe.ts';
import { readKernel } from './node-kernel.ts';
import { type Attempt, changePools } from './pool-changer.ts';
import { type Outgate, startOutgate } from './start-outgate.ts';

const ADMIN = { email: 'ada@example.org', password: 'a long enough password' };
const INTERNET = '198.51.100.10';
/** acknowledged changes before each blow, and in all */
const BLOWS = { server: 20, database: 40, agent: 60 };
const ENOUGH = 90;
/** the clients stop here whatever happens */
const MOST = 5_000;

interface Change {
  id: number;
  reason: string | null;
  after: Pool | null;
  revision: string;
}

let outgate: Outgate;
let api: Api;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  outgate = await startOutgate({
    environment: { OUTGATE_ADMIN_EMAIL: ADMIN.email, OUTGATE_ADMIN_PASSWORD: ADMIN.password },
  });
  api = await signIn(outgate.url, ADMIN);
  await api.mutate('pools.create', { name: 'pods', spec: { cidr: '192.168.0.0/16', natOutgoing: true } });
  await converged();
});
test.afterAll(async () => {
  test.setTimeout(60_000);
  await outgate?.stop();
});

test('server, PostgreSQL and agent killed in the middle of changes: nothing acknowledged is lost, NAT goes on', async () => {
  test.setTimeout(240_000);
  const attempts: Attempt[] = [];
  const acknowledged = (): number => attempts.filter((one) => one.acknowledged !== null).length;
  let failed = false;
  let struck = false;
  const enough = (): boolean => failed || attempts.length >= MOST || (struck && acknowledged() >= ENOUGH);
  const clients = Promise.all([
    changePools(api, 'ada', '10.1', attempts, enough),
    changePools(await signIn(outgate.url, ADMIN), 'bob', '10.2', attempts, enough),
  ]);
  clients.catch(() => {
    failed = true;
  });
  /** Resolves at any moment of a change that is on its way. */
  const reached = async (count: number): Promise<void> => {
    await expect.poll(() => failed || acknowledged() >= count, { timeout: 60_000 }).toBe(true);
    do await delay(Math.random() * 20);
    while (!failed && !attempts.some(({ open }) => open));
  };
  try {
    const [server, database] = [await pidOf('server'), await postmaster()];
    await reached(BLOWS.server);
    await outageOf(server);
    await reached(BLOWS.database);
    await outageOf(database);
    await reached(BLOWS.agent);
    for (const agent of ['agent-node-1', 'agent-node-2']) await killAgent(agent, acknowledged);
    struck = true;
    await clients;
  } finally {
    failed = true;
  }

  await expectHistory(attempts);
  await converged();
  await expectKernels();
});

test('an agent that is killed with a change on its way to it programs it when it is back', async () => {
  for (const round of [0, 1, 2]) {
    const pid = await pidOf('agent-node-1');
    const { pool } = await api.mutate<{ pool: Pool & { version: number } }>('pools.create', {
      name: `race-${round}`,
      spec: { cidr: `10.3.${round}.0/24`, natOutgoing: true },
    });
    const update = api.mutate('pools.update', {
      name: pool.name,
      spec: { cidr: pool.spec.cidr, natOutgoing: false },
      expectedVersion: pool.version,
    });
    await delay(round * 4); // before the change is written, at that time, and about when it arrives
    process.kill(pid, 'SIGKILL');
    await update;
    await expectNatGoesOn();
    await converged();
    await expectKernels();
    expect(await pidOf('agent-node-1')).not.toBe(pid);
  }
});

/** Kills it and holds the supervisor back, so that the outage is long enough to look: the kernel must not move in it. */
async function outageOf(pid: number): Promise<void> {
  process.kill(outgate.pid, 'SIGSTOP');
  try {
    process.kill(pid, 'SIGKILL');
    await expect.poll(isReady, { intervals: [20] }).toBe(false);
    // what had left the server before has arrived
    const texts = async () => (await kernels()).map(({ text }) => text);
    const now = { last: [] as string[] };
    await expect
      .poll(
        async () => {
          const last = now.last;
          now.last = await texts();
          return isDeepStrictEqual(now.last, last);
        },
        { intervals: [300] },
      )
      .toBe(true);
    const before = now.last;
    await expectNatGoesOn();
    await delay(500);
    expect(await isReady()).toBe(false);
    expect(await texts()).toEqual(before);
  } finally {
    process.kill(outgate.pid, 'SIGCONT');
  }
  await expect.poll(isReady, { timeout: 40_000 }).toBe(true);
}

/** While changes go on. Its successor must come; the rules and sets of its node stay meanwhile. */
async function killAgent(name: string, acknowledged: () => number): Promise<void> {
  const pid = await pidOf(name);
  const before = acknowledged();
  process.kill(pid, 'SIGKILL');
  await expectNatGoesOn();
  await expect.poll(() => pidOf(name).catch(() => pid), { timeout: 30_000 }).not.toBe(pid);
  await expect.poll(acknowledged, { timeout: 30_000 }).toBeGreaterThan(before);
}

/** A real packet from a pod of each node: the other end sees the node's address. */
async function expectNatGoesOn(): Promise<void> {
  const plan = labPlan(outgate.labPrefix);
  for (const [from, address] of [
    ['pod-1a', '192.0.2.11'],
    ['pod-2a', '192.0.2.12'],
  ] as const) {
    expect(await sendProbe(plan, { from, to: INTERNET, proto: 'tcp' })).toMatchObject({ source: { address } });
  }
}

/** Sequences without gaps, what was acknowledged under its number, and the pools are what the changes in their order make. */
async function expectHistory(attempts: readonly Attempt[]): Promise<void> {
  const changes = await allChanges();
  expect(changes.map(({ id }) => id)).toEqual(changes.map((_, i) => i + 1));
  for (const { reason, name, spec, acknowledged } of attempts) {
    const found = changes.filter((change) => change.reason === reason);
    if (acknowledged !== null)
      expect(
        found.map(({ id }) => id),
        reason,
      ).toEqual([acknowledged]);
    expect(found.length, reason).toBeLessThanOrEqual(1);
    for (const { after } of found) expect(after).toEqual({ name, spec });
  }
  const made = new Map(
    changes.flatMap(({ id, after }) => (after === null ? [] : [[after.name, { ...after, version: id }]])),
  );
  const { pools, revision } = await desired();
  expect(new Map(pools.map(({ name, spec, version }) => [name, { name, spec, version }]))).toEqual(made);
  expect(revision).toBe(revisionOf(sumOfPools(pools), { global: {}, nodes: {} }, []));
  expect(changes.at(-1)?.revision).toBe(revision);
}

/** The members of the sets of both nodes are the desired pools, and packets say the same. */
async function expectKernels(): Promise<void> {
  const { pools } = await desired();
  const exempt = pools.map(({ spec }) => spec.cidr).sort();
  const sources = pools.flatMap(({ spec }) => (spec.natOutgoing ? [spec.cidr] : [])).sort();
  for (const kernel of await kernels()) expect(kernel).toMatchObject({ sources, exempt });
  await expectNatGoesOn();
}

async function converged(): Promise<void> {
  const states = async (): Promise<string[]> => {
    const { nodes, revision } = await api.query<{
      nodes: { name: string; state: string; revision: string }[];
      revision: string;
    }>('nodes.list', {});
    return nodes
      .map((node) => `${node.name} ${node.state} ${node.revision === revision ? 'effective' : 'behind'}`)
      .sort();
  };
  await expect
    .poll(states, { timeout: 30_000 })
    .toEqual(['node-1 Programmed effective', 'node-2 Programmed effective']);
}

const kernels = () => Promise.all(labPlan(outgate.labPrefix).nodes.map(({ namespace }) => readKernel(namespace)));

const desired = () =>
  api.query<{ pools: (Pool & { version: number })[]; revision: string }>('pools.list', { limit: 1000 });

/** The oldest first. */
async function allChanges(): Promise<Change[]> {
  const all: Change[] = [];
  let cursor: string | null = null;
  do {
    const page: { changes: Change[]; nextCursor: string | null } = await api.query('changes.list', {
      limit: 50,
      ...(cursor === null ? {} : { cursor }),
    });
    all.push(...page.changes);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all.reverse();
}

const isReady = async (): Promise<boolean> => {
  const answer = await fetch(`${outgate.url}/readyz`, { signal: AbortSignal.timeout(1000) }).catch(() => null);
  return answer?.ok ?? false;
};

const pidOf = async (name: string): Promise<number> =>
  Number(JSON.parse(await readFile(join(outgate.dataDir, `run/${name}.json`), 'utf8')).pid);

const postmaster = async (): Promise<number> =>
  Number((await readFile(join(outgate.dataDir, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]);
