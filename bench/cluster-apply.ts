/**
 * Ten thousand pools into a real API server, at once: through Outgate (the import until all are Synced), by `kubectl apply
 * --server-side` of the same text, and by a bare loop of PATCHes with 16 in flight. Twice, with other pools, and in the other
 * order; the peers write a copy of the type in a group that Outgate does not watch. Between the two the pools are left alone
 * and the server starts anew: nothing may be written. Then, in another cluster, the API server has a core to itself, and import
 * and loop run again: only there the loop goes as fast as that server can, and not as fast as all of them together.
 */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { writePools } from '../core/calico/write.ts';
import { calicoPath } from '../e2e/cluster/install-crds.ts';
import { kubectl, OUTGATE_USER } from '../e2e/cluster/prepare-cluster.ts';
import { must, request } from '../e2e/cluster/request.ts';
import type { ApiServer } from '../e2e/cluster/start-api-server.ts';
import { barePatch } from './bare-patch.ts';
import { type Bench, figure } from './bench.ts';
import { type ClusterProduct, withClusterProduct } from './cluster-product.ts';
import { manyPool, millisecondsSince } from './kernel-node.ts';
import { installPeer, peerManifest, peerObject } from './peer-type.ts';

const POOLS = 10_000;
const IN_FLIGHT = 16;

export const bench: Bench = {
  summary: '10k pools into a real API server, against kubectl and a bare loop; a resync of them',
  run: async (log) => {
    const shared = await withClusterProduct((product) => measure(product, log), log);
    if ('skipped' in shared || availableParallelism() < 2) return shared;
    const apart = await withClusterProduct((product) => measureApart(product, log), log);
    return 'skipped' in apart ? apart : [...shared, ...apart];
  },
};

async function measure(product: ClusterProduct, log: (line: string) => void) {
  const { cluster } = product;
  const peerPath = await installPeer(cluster);
  const [ours, answered, raw, byKubectl]: [number[], number[], number[], number[]] = [[], [], [], []];
  const round = async (number: number): Promise<void> => {
    const pools = poolsOf(number);
    const turns = [
      async () => {
        const { answer, synced } = await imported(product, pools, (number + 1) * POOLS);
        answered.push(answer);
        ours.push(synced);
      },
      async () => raw.push(await bareLoop(cluster, peerPath, pools)),
      async () => byKubectl.push(await applied(cluster, pools)),
    ];
    for (const turn of number === 0 ? turns : turns.reverse()) await turn();
    const [a, b, c] = [ours, raw, byKubectl].map((runs) => runs.at(-1)?.toFixed(1));
    log(`round ${number + 1} of 2: ${a} s, bare loop ${b} s, kubectl ${c} s`);
  };
  await round(0);
  const again = await resync(product);
  await round(1);
  const peer = { name: 'the bare loop', runs: raw };
  return [
    figure(`${POOLS} pools, import to all Synced`, 's', ours, {
      peer,
      goal: BARE_GOAL,
    }),
    figure(`${POOLS} pools, import to all Synced`, 's', ours, {
      peer: { name: 'kubectl apply --server-side', runs: byKubectl },
      goal: { text: 'at most 1/3 of kubectl', check: (_, ratio) => ratio <= 1 / 3 },
    }),
    figure(`${POOLS} pools, import to its answer`, 's', answered, { peer }),
    ...again,
  ];
}

async function measureApart(product: ClusterProduct, log: (line: string) => void) {
  const { cluster } = product;
  product.apart();
  const peerPath = await installPeer(cluster);
  const [ours, raw]: [number[], number[]] = [[], []];
  for (const round of [0, 1]) {
    const pools = poolsOf(round);
    const turns = [
      async () => ours.push((await imported(product, pools, (round + 1) * POOLS)).synced),
      async () => raw.push(await bareLoop(cluster, peerPath, pools)),
    ];
    for (const turn of round === 0 ? turns : turns.reverse()) await turn();
    log(`round ${round + 1} of 2: ${ours.at(-1)?.toFixed(1)} s, bare loop ${raw.at(-1)?.toFixed(1)} s`);
  }
  return [
    figure(`${POOLS} pools, the API server on a core of its own`, 's', ours, {
      peer: { name: 'the bare loop', runs: raw },
      goal: BARE_GOAL,
    }),
  ];
}

const BARE_GOAL = {
  text: 'at most 1.1 x the bare loop',
  check: (_: number, ratio: number): boolean => ratio <= 1.1,
};

const poolsOf = (round: number): Pools => Array.from({ length: POOLS }, (_, i) => manyPool(round * POOLS + i));

type Pools = readonly ReturnType<typeof manyPool>[];

/** Seconds until it was answered, and until `all` pools are Synced. */
async function imported(
  product: ClusterProduct,
  pools: Pools,
  all: number,
): Promise<{ answer: number; synced: number }> {
  const start = process.hrtime.bigint();
  await product.tell('pools.import', { yaml: writePools(pools, 'v3') });
  const answer = millisecondsSince(start) / 1000;
  await product.synced(all);
  return { answer, synced: millisecondsSince(start) / 1000 };
}

/** Seconds. */
async function bareLoop(cluster: ApiServer, path: string, pools: Pools): Promise<number> {
  const { apply, close } = barePatch(cluster.as(OUTGATE_USER), IN_FLIGHT);
  const left = pools.values();
  const start = process.hrtime.bigint();
  const one = async (): Promise<void> => {
    for (const pool of left) {
      const object = peerObject(pool, 'raw');
      const status = await apply(`${path}/${object.metadata.name}`, object);
      if (status !== 201) throw new Error(`${pool.name}: ${status}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  close();
  return millisecondsSince(start) / 1000;
}

/** Seconds. */
async function applied(cluster: ApiServer, pools: Pools): Promise<number> {
  const input = peerManifest(pools, 'kubectl');
  const start = process.hrtime.bigint();
  await kubectl(cluster, ['--context', OUTGATE_USER, 'apply', '--server-side', '-f', '-'], { input });
  return millisecondsSince(start) / 1000;
}

/** A server that starts anew looks at every pool: what it writes is counted by the API server, and seen in PostgreSQL. */
async function resync(product: ClusterProduct) {
  const stand = async () => ({
    requests: await requestsWritten(product),
    rows: await rowsOf(product),
    versions: await versionsOf(product.cluster),
  });
  const before = await stand();
  const start = process.hrtime.bigint();
  await product.restart();
  const restarted = millisecondsSince(start) / 1000;
  // the leader tells of its queue once a second: what is empty twice was not about to be filled
  for (let quiet = 0; quiet < 2; ) {
    const { phase, queued, election } = await product.ask<{
      phase: string;
      queued: number;
      election: { role: string };
    }>('cluster.get');
    quiet = phase === 'live' && queued === 0 && election.role === 'leader' ? quiet + 1 : 0;
    await delay(1500);
  }
  const seconds = millisecondsSince(start) / 1000;
  const after = await stand();
  const rows = [...after.rows].filter((row) => !before.rows.has(row)).length;
  const moved = after.versions.filter((version, i) => version !== before.versions[i]).length;
  const none = { text: 'none', check: (median: number) => median === 0 };
  return [
    figure('resync: requests that write a pool', 'requests', [after.requests - before.requests], { goal: none }),
    figure('resync: resource versions that moved', 'pools', [moved], { goal: none }),
    figure('resync: rows written for pools', 'rows', [rows], { goal: none }),
    figure('resync: start to the queue empty', 's', [seconds], {
      peer: { name: 'the start alone', runs: [restarted] },
    }),
  ];
}

async function requestsWritten({ cluster }: ClusterProduct): Promise<number> {
  const { body } = await request(cluster.as('admin'), 'GET', '/metrics');
  const counts = String(body).matchAll(
    /^apiserver_request_total\{[^}]*group="projectcalico\.org"[^}]*resource="ippools"[^}]*verb="(?:APPLY|PATCH|POST|PUT|DELETE)"[^}]*\} (\S+)$/gm,
  );
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Where every row stands and who wrote it: a row that was written stands elsewhere. The server's own counts come late. */
async function rowsOf({ database }: ClusterProduct): Promise<Set<string>> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ row: string }>(
      ['sync', 'live_pool', 'live_change']
        .map((table) => `SELECT '${table} ' || ctid::text || ' ' || xmin::text AS row FROM ${table}`)
        .join(' UNION ALL '),
    );
    return new Set(rows.map(({ row }) => row));
  } finally {
    await client.end();
  }
}

async function versionsOf(cluster: ApiServer): Promise<string[]> {
  const { items } = (await must(cluster.as('admin'), 'GET', calicoPath('v3', 'ippools'))) as {
    items: { metadata: { name: string; uid: string; resourceVersion: string } }[];
  };
  return items.map(({ metadata: { name, uid, resourceVersion } }) => `${name} ${uid} ${resourceVersion}`);
}
