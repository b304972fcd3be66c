/**
 * The API server is killed, frozen and cut off for five minutes in the middle of a thousand changes. Each has an API server,
 * a server process, a database and a node with its agent of its own; they run side by side and mostly wait.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { agentFile, workDir } from '../../../agent/testing/run-agent.ts';
import type { StreamMessage } from '../../../core/wire/state.ts';
import { joinNode, type Lines, mutate, openAgentStream } from '../../../server/testing/test-client.ts';
import { calicoPath, installCrds } from '../install-crds.ts';
import { type Decisions, decisions, stepOf, wrongIn } from './decisions.ts';
import { ask, type ClusterSite, kernelOf, makeClusterSite, membersOf, type Undo } from './site.ts';
import { type Witness, witness } from './witness.ts';

const OUTAGE_MS = 300_000;
/** after the return */
const CONVERGED_MS = 30_000;
const CHANGES = 1_000;
const POOLS = 100;
/** changes before the blow, and before the return */
const STRIKE_AT = 300;
const RETURN_AT = 700;
const path = calicoPath('v3', 'ippools');

interface Site extends ClusterSite {
  readonly decided: Decisions;
  readonly witness: Witness;
  readonly follower: Follower;
}

interface Outage {
  readonly what: string;
  /** in milliseconds; not all servers return at once, to two processors */
  readonly lasts: number;
  strike(site: Site): Promise<void> | void;
  /** resolves when the server is back */
  end(site: Site): Promise<void> | void;
}

const outages: readonly Outage[] = [
  {
    what: 'killed',
    lasts: OUTAGE_MS + 30_000,
    strike: ({ cluster }) => cluster.kill(),
    end: ({ cluster }) => cluster.start(),
  },
  {
    what: 'frozen',
    lasts: OUTAGE_MS,
    strike: ({ cluster }) => cluster.pause(),
    end: ({ cluster }) => cluster.resume(),
  },
  {
    what: 'cut off',
    lasts: OUTAGE_MS + 15_000,
    strike({ proxy }) {
      proxy.fail({ kind: 'hang' });
      proxy.cut();
    },
    end: ({ proxy }) => proxy.heal(),
  },
];

const dir = workDir();
const cleanUp: Undo[] = [];
beforeAll(() => void agentFile());
afterAll(async () => {
  for (const undo of cleanUp.toReversed()) await undo();
  dir.remove();
});

it.concurrent.each(outages)('the API server is $what for five minutes', { timeout: 1_500_000 }, async (outage) => {
  const site = await makeSite(outage.what);
  const { decided, node, follower } = site;
  const names = Array.from({ length: POOLS }, (_, i) => `pool-${String(i).padStart(3, '0')}`);
  let turn = 0;
  const decide = async (until: number, pauseMs = 0): Promise<void> => {
    const client = async (): Promise<void> => {
      while (turn < until) {
        await decided.next(names[turn++ % POOLS] ?? '');
        if (pauseMs > 0) await sleep(pauseMs);
      }
    };
    await Promise.all(Array.from({ length: 4 }, client));
  };

  // the first changes go on while it strikes, and are applied when it does
  const before = decide(STRIKE_AT);
  await vi.waitFor(() => expect(decided.count()).toBeGreaterThan(STRIKE_AT - 40), { timeout: 400_000, interval: 5 });
  await outage.strike(site);
  const struck = Date.now();
  await before;
  await sleep(5_000);
  const kernel = kernelOf(node);
  const known = follower.state();
  expect(kernel.split('\n').length).toBeGreaterThan(POOLS);
  const during = decide(RETURN_AT, (4 * (outage.lasts - 20_000)) / (RETURN_AT - STRIKE_AT));
  while (Date.now() - struck < outage.lasts) {
    await sleep(Math.min(10_000, outage.lasts / 10));
    expect(kernelOf(node)).toBe(kernel);
    expect(follower.state()).toEqual(known);
  }
  await during;
  const { phase, heardAt } = await ask(site, 'cluster.get');
  expect(Date.now() - Date.parse(heardAt), `${phase}`).toBeGreaterThan(outage.lasts - 15_000);

  await outage.end(site);
  const back = Date.now();
  const wanted = new Map([...decided.acknowledged].map(([name, all]) => [name, all.length - 1]));
  const after = decide(CHANGES, 200);
  const inCluster = (name: string): number => stepOf(site.witness.seen.get(name)?.at(-1)?.spec ?? {});
  await vi.waitFor(
    () => {
      expect([...wanted].filter(([name, step]) => inCluster(name) < step)).toEqual([]);
      expect([...wanted].filter(([name, step]) => follower.step(name) < step)).toEqual([]);
    },
    { timeout: 300_000, interval: 50 },
  );
  const took = Date.now() - back;
  await after;

  // nothing acknowledged is lost: it is in the database, in the cluster, with the agents and in the kernel
  expect(decided.count()).toBe(CHANGES);
  const last = new Map([...decided.acknowledged].map(([name, all]) => [name, all.at(-1)]));
  await vi.waitFor(async () => expect((await ask(site, 'cluster.get')).counts.Synced).toBe(POOLS), {
    timeout: 300_000,
    interval: 200,
  });
  const { pools } = await ask(site, 'pools.list', { limit: 200 });
  const form = ({ cidr, natOutgoing = false, nodeSelector }: Record<string, unknown>) => ({
    cidr,
    natOutgoing,
    nodeSelector,
  });
  const specs = (all: Iterable<readonly [string, object]>) =>
    new Map([...all].map(([name, spec]) => [name, form(spec as Record<string, unknown>)]));
  expect(specs(pools.map((pool: { name: string; spec: object }) => [pool.name, pool.spec]))).toEqual(last);
  await vi.waitFor(
    () => {
      expect(specs([...site.witness.seen].map(([name, seen]) => [name, seen.at(-1)?.spec ?? {}]))).toEqual(last);
      expect(specs(follower.state())).toEqual(last);
      const sources = [...last.values()].flatMap((spec) => (spec?.natOutgoing ? [spec.cidr] : [])).sort();
      expect(membersOf(kernelOf(node), 'outgate-src-v4')).toEqual(sources);
      expect(membersOf(kernelOf(node), 'outgate-exempt-v4')).toHaveLength(POOLS);
    },
    { timeout: 300_000, interval: 200 },
  );
  // none applied twice with effect
  expect(
    names.flatMap((name) => wrongIn(name, decided.acknowledged.get(name) ?? [], site.witness.seen.get(name) ?? [])),
  ).toEqual([]);
  expect(follower.lost).toEqual([]);
  expect(site.server.child.exitCode).toBe(null);
  expect(took, 'milliseconds from the return').toBeLessThan(CONVERGED_MS);
});

async function makeSite(what: string): Promise<Site> {
  const site = await makeClusterSite({
    dir: dir.path,
    title: what,
    cleanUp,
    install: (cluster) => installCrds(cluster, 'v3'),
  });
  const { cluster, server, cookie } = site;
  const seen = await witness(cluster.as('admin'), path);
  cleanUp.push(() => seen.close());
  const decided = decisions(async (name, spec, version) => {
    const procedure = version === null ? 'pools.create' : 'pools.update';
    const input = { name, spec, ...(version === null ? {} : { expectedVersion: version }) };
    for (;;) {
      const answer = await mutate(server.address, procedure, input, cookie).catch(() => null);
      if (answer === null) {
        // a connection that was closed while we wrote: was it decided?
        const found = await ask(site, 'pools.get', { name });
        if (found?.spec.nodeSelector !== spec.nodeSelector) continue;
        return found.version as number;
      }
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      return answer.body.result.data.pool.version as number;
    }
  });
  const follower = follow(await openAgentStream(server.address, await joinNode(server.address, cookie, 'follower')));
  cleanUp.push(() => follower.close());
  return { ...site, decided, witness: seen, follower };
}

/** What an agent holds: the stream, applied. */
interface Follower {
  state(): ReadonlyMap<string, object>;
  step(name: string): number;
  /** pools that were taken away, though nobody deleted any */
  readonly lost: readonly string[];
  close(): void;
}

function follow(stream: Lines): Follower {
  let state = new Map<string, object>();
  const lost: string[] = [];
  const take = (message: StreamMessage): void => {
    if (message.type === 'heartbeat') return;
    const before = state;
    state = new Map(message.type === 'snapshot' ? [] : before);
    const pools = message.type === 'snapshot' ? message.state.pools : message.upsert;
    for (const { name, spec } of pools) state.set(name, spec);
    if (message.type === 'delta') for (const name of message.remove) state.delete(name);
    lost.push(...[...before.keys()].filter((name) => !state.has(name)));
  };
  const run = async (): Promise<void> => {
    for (;;) take(await stream.next<StreamMessage>(() => true, 120_000));
  };
  run().catch(() => {});
  return {
    state: () => state,
    step: (name) => stepOf(state.get(name) ?? {}),
    lost,
    close: () => stream.close(),
  };
}
