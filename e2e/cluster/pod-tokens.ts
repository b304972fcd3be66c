/** What a kubelet does for a projected volume: a token for each node's pod in a file, replaced long before it expires. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LabPlan } from '../lab/plan.ts';
import type { Pod } from './agent-pods.ts';
import { AGENTS, agentPod } from './prepare-cluster.ts';
import { must } from './request.ts';
import { requestToken } from './rights.ts';
import type { Reachable } from './start-api-server.ts';

export interface PodTokens {
  /** They are replaced no more. */
  stop(): Promise<void>;
}

/** the shortest that the API gives */
const LIFETIME_S = 600;
/** of it, as the kubelet does */
const RENEW_AT = 0.8;
const RETRY_MS = 5_000;

/** One file in `directory` for each node, by its name. Rejects when the first ones cannot be had. */
export async function keepPodTokens(server: Reachable, plan: LabPlan, directory: string): Promise<PodTokens> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const writeAll = async (): Promise<void> => {
    for (const { name } of plan.nodes) {
      const path = `/api/v1/namespaces/${AGENTS.namespace}/pods/${agentPod(name)}`;
      const { metadata } = (await must(server.as('admin'), 'GET', path)) as { metadata: Pod };
      const pod = { name: metadata.name, uid: metadata.uid };
      const spec = { audiences: ['outgate'], expirationSeconds: LIFETIME_S, pod };
      const file = join(directory, name);
      writeFileSync(`${file}.new`, await requestToken(server, AGENTS, spec), { mode: 0o600 });
      // whoever reads sees the old one or the new one
      renameSync(`${file}.new`, file);
    }
  };
  await writeAll();
  const stopped = new AbortController();
  const keep = async (): Promise<void> => {
    for (let wait = LIFETIME_S * 1000 * RENEW_AT; ; ) {
      await delay(wait, undefined, { signal: stopped.signal }).catch(() => {});
      if (stopped.signal.aborted) return;
      wait = await writeAll().then(
        () => LIFETIME_S * 1000 * RENEW_AT,
        () => RETRY_MS,
      );
    }
  };
  const keeping = keep();
  return {
    async stop() {
      stopped.abort();
      await keeping;
    },
  };
}
