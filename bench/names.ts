/**
 * Names of a large cluster: 50,000 pods, 5,000 services with ten endpoints each and 5,000 nodes in a real API server; how long a
 * replica takes to know them, what it holds, and how fast a name is completed, beside a bare scan over the same names. The objects
 * are put into etcd directly, as large as real ones: through the API server's front they would take ten minutes to make.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { complete } from '../core/names/complete.ts';
import { endKinds } from '../core/names/read-end.ts';
import { ensureBinaries, missingForCluster } from '../e2e/cluster/binaries/build.ts';
import { type ApiServer, startApiServer } from '../e2e/cluster/start-api-server.ts';
import { type Connection, openConnection } from '../server/kube/connection.ts';
import { fromKubeconfig } from '../server/kube/kubeconfig.ts';
import { watchNames } from '../server/kube/watch-names.ts';
import { type Bench, type Figure, figure } from './bench.ts';
import { putObjects } from './etcd.ts';
import { fakeNode, fakePod, fakeService, fakeSlice, NODES, PODS, SERVICES } from './names-objects.ts';

const ROUNDS = 200;
const MEMORY_MB = 100;

export const bench: Bench = {
  summary: `names of ${PODS.toLocaleString('en')} pods: memory, and completion beside a bare scan`,
  async run(log) {
    const missing = await missingForCluster();
    if (missing.length > 0) return { skipped: missing.join('; ') };
    const server = await startApiServer({ binaries: await ensureBinaries(log), durable: true });
    try {
      await fill(server, log);
      const connection = openConnection(fromKubeconfig(server.kubeconfig));
      try {
        return await measure(connection, log);
      } finally {
        await connection.close();
      }
    } finally {
      await server.stop();
    }
  },
};

async function measure(connection: Connection, log: (line: string) => void): Promise<Figure[]> {
  const raw = await bareList(connection, log);
  log(`bare list of the pods: ${Math.round(raw.ms)} ms, ${Math.round(raw.bytes / 2 ** 20)} MiB of text`);
  const before = settled();
  const start = performance.now();
  const names = watchNames(connection, Date.now);
  try {
    const types = ['pods', 'services', 'endpointslices', 'nodes'] as const;
    while (types.some((type) => names.known(type).phase !== 'live')) await delay(10);
    const known = performance.now() - start;
    await delay(500);
    const after = settled();
    const { directory } = names;
    if (directory.pods.size !== PODS) throw new Error(`${PODS} pods must be known: ${directory.pods.size}`);
    log(`known after ${Math.round(known)} ms`);
    const keys = [...directory.pods.keys(), ...directory.services.keys(), ...directory.nodes.keys()];
    const typed = queries(keys);
    const ours = times(typed, (query) => complete(directory, query, 12, endKinds).length);
    const scan = times(typed, (query) => keys.filter((key) => key.includes(query)).length);
    const goal = { text: 'at most twice the scan', check: (_: number, ratio: number) => ratio <= 2 };
    return [
      figure('pods, services, endpoints and nodes known', 'ms', [known], {
        peer: { name: 'bare list and parse of the pods alone', runs: [raw.ms] },
      }),
      figure('heap held', 'MB', [(after.heap - before.heap) / 1e6], {
        goal: { text: `at most ${MEMORY_MB} MB`, check: (median) => median <= MEMORY_MB },
      }),
      figure('resident memory more than before', 'MB', [(after.rss - before.rss) / 1e6]),
      figure('completion p50', 'ms', [at(ours, 0.5)], { peer: { name: 'bare scan', runs: [at(scan, 0.5)] }, goal }),
      figure('completion p99', 'ms', [at(ours, 0.99)], { peer: { name: 'bare scan', runs: [at(scan, 0.99)] }, goal }),
    ];
  } finally {
    await names.stop();
  }
}

/** What somebody types, letter by letter, towards names spread over all there are; and what is nowhere. */
function queries(keys: readonly string[]): string[] {
  return Array.from({ length: ROUNDS }, (_, i) => {
    const key = keys[Math.floor((i / ROUNDS) * keys.length)] ?? '';
    const name = key.slice(key.indexOf('/') + 1);
    const kinds = [name.slice(0, 1 + (i % name.length)), key.slice(0, 1 + (i % key.length)), name.slice(3), `zz${i}`];
    return kinds[i % kinds.length] ?? '';
  });
}

function times(typed: readonly string[], ask: (query: string) => number): number[] {
  let found = 0;
  const all: number[] = [];
  for (const measured of [false, true]) {
    for (const query of typed) {
      const start = performance.now();
      found += ask(query);
      if (measured) all.push(performance.now() - start);
    }
  }
  if (found === 0) throw new Error('something must be found');
  return all.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** Memory after everything that can go is gone. */
function settled(): { heap: number; rss: number } {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, rss };
}

/** The API server's own cache needs a while for what came into etcd behind it: until then a second page is refused. */
async function bareList(connection: Connection, log: (line: string) => void): ReturnType<typeof rawList> {
  for (let tries = 1; ; tries++) {
    try {
      await rawList(connection);
      return await rawList(connection);
    } catch (error) {
      if (tries === 120) throw error;
      if (tries === 1) log('the API server takes them in');
      await delay(2_000);
    }
  }
}

async function rawList(connection: Connection): Promise<{ ms: number; bytes: number }> {
  const start = performance.now();
  let token = '';
  let bytes = 0;
  do {
    const page = new URLSearchParams({ limit: '500', ...(token === '' ? {} : { continue: token }) });
    const { body } = await connection.call({ method: 'GET', path: `/api/v1/pods?${page}` });
    const { items, metadata } = body as { items: unknown[]; metadata: { continue?: string } };
    if (bytes === 0) bytes = (JSON.stringify(items).length / items.length) * PODS;
    token = metadata.continue ?? '';
  } while (token !== '');
  return { ms: performance.now() - start, bytes };
}

async function fill(server: ApiServer, log: (line: string) => void): Promise<void> {
  await putObjects(server, NODES, (i) => [`/registry/minions/${fakeNode(i).metadata.name}`, fakeNode(i)]);
  await putObjects(server, PODS, (i) => keyed('/registry/pods', fakePod(i)));
  await putObjects(server, SERVICES, (i) => keyed('/registry/services/specs', fakeService(i)));
  await putObjects(server, SERVICES, (i) => keyed('/registry/endpointslices', fakeSlice(i)));
  log(`${PODS + NODES + 2 * SERVICES} objects are in etcd`);
}

const keyed = (
  prefix: string,
  object: { metadata: { name: string; namespace: string } },
): readonly [string, object] => [`${prefix}/${object.metadata.namespace}/${object.metadata.name}`, object];
