/** `npm run cluster`: a real API server beside the product, which keeps what is stored in it from one start to the next. */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureBinaries } from '../../e2e/cluster/binaries/build.ts';
import { keepPodTokens, type PodTokens } from '../../e2e/cluster/pod-tokens.ts';
import { AGENTS, OUTGATE_USER, prepareCluster } from '../../e2e/cluster/prepare-cluster.ts';
import { type ApiServer, startApiServer } from '../../e2e/cluster/start-api-server.ts';
import { labPlan } from '../../e2e/lab/plan.ts';
import { type Paths, ROOT } from './paths.ts';

export interface KeptCluster {
  /** the administrator's */
  readonly kubeconfig: string;
  /** for the server, which signs in as an account with the rights that it needs and no more */
  readonly environment: Readonly<Record<string, string>>;
  /** a line that changes packets in the lab */
  readonly toTry: string;
  stop(): Promise<void>;
}

const LOOK_EVERY = 500;

/** Throws when there are neither programs nor a way to build them, or the server does not become ready. */
export async function keepCluster(paths: Paths, report: (sentence: string) => void): Promise<KeptCluster> {
  const binaries = await ensureBinaries(report);
  mkdirSync(paths.cluster, { recursive: true, mode: 0o700 });
  const server = await startApiServer({ binaries, users: { [OUTGATE_USER]: [] }, data: paths.cluster });
  let tokens: PodTokens;
  try {
    await prepareCluster(server, labPlan(), ['v3']);
    copyFileSync(server.kubeconfig, paths.kubeconfig);
    tokens = await keepPodTokens(server, labPlan(), paths.podTokens);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const stopped = new AbortController();
  const watching = keepServing(server, stopped.signal, report);
  return {
    kubeconfig: paths.kubeconfig,
    environment: {
      OUTGATE_CLUSTER: 'kubeconfig',
      OUTGATE_KUBECONFIG: paths.kubeconfig,
      OUTGATE_KUBECONTEXT: OUTGATE_USER,
      OUTGATE_AGENT_SERVICE_ACCOUNT: `${AGENTS.namespace}/${AGENTS.name}`,
    },
    toTry: `${server.kubectl} --kubeconfig ${paths.kubeconfig} apply -f ${join(ROOT, MANIFEST)}`,
    async stop() {
      stopped.abort();
      await Promise.all([watching, tokens.stop()]);
      await server.stop();
      rmSync(paths.kubeconfig, { force: true });
      rmSync(paths.podTokens, { recursive: true, force: true });
    },
  };
}

const MANIFEST = 'docs/manifests/masquerade-pods.yaml';

/** A start that fails ends both programs for good: without etcd there is nothing to serve. */
async function keepServing(server: ApiServer, stopped: AbortSignal, report: (sentence: string) => void): Promise<void> {
  const all = server.pids().length;
  while (!stopped.aborted) {
    await delay(LOOK_EVERY, undefined, { signal: stopped }).catch(() => {});
    if (stopped.aborted || server.pids().length === all) continue;
    report('the API server ended; starting it again');
    try {
      await server.kill();
      await server.start();
    } catch (error) {
      report(error instanceof Error ? error.message : String(error));
      return;
    }
  }
}
