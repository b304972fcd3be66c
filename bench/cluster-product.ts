/** A product on a real API server for one benchmark: kube-apiserver and etcd, PostgreSQL, the server process. */
import { setTimeout as delay } from 'node:timers/promises';
import { ensureBinaries, missingForCluster } from '../e2e/cluster/binaries/build.ts';
import { NAMESPACE, OUTGATE_USER, prepareCluster } from '../e2e/cluster/prepare-cluster.ts';
import { type ApiServer, startApiServer } from '../e2e/cluster/start-api-server.ts';
import { labPlan } from '../e2e/lab/plan.ts';
import { MEMORY } from '../scripts/supervisor/memory.ts';
import type { Embedded } from '../server/db/embedded.ts';
import { passingDatabase } from '../server/db/testing.ts';
import { cookieOf, mutate, query } from '../server/testing/test-client.ts';
import { ADMIN, type ServerProcess, startServerProcess } from '../server/testing/test-server.ts';
import { setApart } from './apart.ts';
import { type Pod, podOf } from './pod.ts';

export interface ClusterProduct {
  readonly cluster: ApiServer;
  readonly database: Embedded;
  readonly server: ServerProcess;
  ask<T>(procedure: string, input?: object): Promise<T>;
  tell<T>(procedure: string, input: object): Promise<T>;
  /** of the admin's session */
  readonly cookie: string;
  /** Resolves when so many pools are Synced and nothing waits. */
  synced(pools: number): Promise<void>;
  /** The server ends and starts anew: it reads the whole cluster, and looks at every pool. */
  restart(): Promise<void>;
  /** From here on the API server, with its etcd, has a core to itself: see apart.ts. */
  apart(): void;
}

const ASK_MS = 50;
const LONGEST_MS = 3000;

/** Runs `work` with a product that has the rights it needs and no others, and takes everything away after it. `how` it signs in: a pod needs root, and has pages, which must be built. */
export async function withClusterProduct<T>(
  work: (product: ClusterProduct) => Promise<T>,
  log: (line: string) => void,
  how: 'kubeconfig' | 'pod' = 'kubeconfig',
): Promise<T | { readonly skipped: string }> {
  const missing = await missingForCluster();
  if (missing.length > 0) return { skipped: missing.join('; ') };
  if (how === 'pod' && process.getuid?.() !== 0) return { skipped: 'a mount namespace needs root' };
  const ending: (() => unknown)[] = [];
  try {
    const cluster = await startApiServer({
      binaries: await ensureBinaries(log),
      users: { [OUTGATE_USER]: [] },
      durable: true,
    });
    ending.unshift(() => cluster.stop());
    await prepareCluster(cluster, labPlan(), ['v3']);
    const database = await passingDatabase('outgate-bench-');
    ending.unshift(() => database.stop());
    const { variables, within } = how === 'pod' ? podOf(cluster, OUTGATE_USER, NAMESPACE) : byKubeconfig(cluster);
    const own = { OUTGATE_ADMIN_EMAIL: ADMIN.email, OUTGATE_ADMIN_PASSWORD: ADMIN.password, LOG_LEVEL: 'info' };
    const options = { within, pages: how === 'pod' };
    const start = () => startServerProcess(database.url, { ...MEMORY, ...own, ...variables }, options);
    let server = await start();
    ending.unshift(() => server.stop());
    let cookie = await cookieOf(server.address);
    const said = <R>(procedure: string, { status, body }: Awaited<ReturnType<typeof query>>): R => {
      if (status !== 200) throw new Error(`${procedure}: ${status} ${JSON.stringify(body)}`);
      return body.result.data as R;
    };
    const ask = async <R>(procedure: string, input?: object): Promise<R> =>
      said(procedure, await query(server.address, procedure, input, cookie));
    return await work({
      cluster,
      database,
      get server() {
        return server;
      },
      get cookie() {
        return cookie;
      },
      ask,
      tell: async (procedure, input) => said(procedure, await mutate(server.address, procedure, input, cookie)),
      async synced(pools) {
        let first: { readonly at: number; readonly done: number } | null = null;
        for (;;) {
          const { counts, queued } = await ask<{ counts: Record<string, number>; queued: number }>('cluster.get');
          const [at, done] = [performance.now(), counts['Synced'] ?? 0];
          if (done === pools && queued === 0) return;
          first ??= { at, done };
          // who waits must not be the load: asked in half the time that is left, as it looks
          const left = done > first.done ? ((pools - done) * (at - first.at)) / (done - first.done) : 0;
          await delay(Math.min(LONGEST_MS, Math.max(ASK_MS, left / 2)));
        }
      },
      apart: () => void ending.push(setApart(cluster.pids(), [server.child.pid ?? 0, database.pid])),
      async restart() {
        await server.stop();
        server = await start();
        cookie = await cookieOf(server.address);
      },
    });
  } finally {
    for (const end of ending) await end();
  }
}

const byKubeconfig = ({ kubeconfig }: ApiServer): Pod => ({
  variables: { OUTGATE_CLUSTER: 'kubeconfig', OUTGATE_KUBECONFIG: kubeconfig, OUTGATE_KUBECONTEXT: OUTGATE_USER },
  within: [],
});
