/** All that cluster mode is made of, each a process of its own: API server, server, database, and a node with its agent. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { type Namespace, namespace } from '../../../agent/testing/namespaces.ts';
import { startAgent } from '../../../agent/testing/run-agent.ts';
import { testDatabase } from '../../../server/db/testing.ts';
import { policyRules } from '../../../server/kube/needed-rights.ts';
import { cookieOf, mutate, query } from '../../../server/testing/test-client.ts';
import { type ServerProcess, startServerProcess, withCluster } from '../../../server/testing/test-server.ts';
import { ensureBinaries } from '../binaries/build.ts';
import { type FaultProxy, startFaultProxy } from '../fault-proxy.ts';
import { grant } from '../rights.ts';
import { type ApiServer, startApiServer } from '../start-api-server.ts';

export interface ClusterSite {
  readonly cluster: ApiServer;
  /** the server's way to it */
  readonly proxy: FaultProxy;
  readonly server: ServerProcess;
  readonly cookie: string;
  /** `node-1`, where the agent runs */
  readonly node: Namespace;
}

export type Undo = () => Promise<void> | void;

export interface ClusterSiteOptions {
  /** for files of this site */
  readonly dir: string;
  /** of this site alone */
  readonly title: string;
  /** what takes it away again, the last first */
  readonly cleanUp: Undo[];
  /** Calico's types */
  readonly install: (cluster: ApiServer) => Promise<void>;
}

/** Comes when the server follows the pools of the cluster. Call `agentFile()` before several at once. */
export async function makeClusterSite({ dir, title, cleanUp, install }: ClusterSiteOptions): Promise<ClusterSite> {
  const binaries = await ensureBinaries((line) => console.error(line));
  const cluster = await startApiServer({ binaries, users: { outgate: [] } });
  cleanUp.push(() => cluster.stop());
  await install(cluster);
  const rules = [...policyRules('cluster'), ...policyRules('own')];
  await grant(cluster, 'outgate', { kind: 'User', name: 'outgate' }, rules);
  const proxy = await startFaultProxy(cluster);
  cleanUp.push(() => proxy.close());
  const file = (kind: string, text: string): string => {
    const path = join(dir, `${title}.${kind}`);
    writeFileSync(path, text);
    return path;
  };
  const database = await testDatabase();
  cleanUp.push(() => database.close());
  const text = readFileSync(cluster.kubeconfig, 'utf8').replaceAll(cluster.url, proxy.url);
  const server = await startServerProcess(database.url, withCluster(file('kubeconfig', text)));
  cleanUp.push(async () => void (await server.stop()));
  const cookie = await cookieOf(server.address);
  const node = namespace('site');
  cleanUp.push(() => node.remove());
  const made = await mutate(server.address, 'joinTokens.create', { name: 'rack' }, cookie);
  const agent = startAgent([
    ...['--source', `server:${server.address}`, '--node', 'node-1', '--netns', node.name],
    ...['--state-dir', join(dir, title), '--token-file', file('token', made.body.result.data.token)],
  ]);
  cleanUp.push(async () => {
    agent.kill('SIGKILL');
    await agent.ended;
  });
  const site = { cluster, proxy, server, cookie, node };
  await vi.waitFor(
    async () => {
      if ((await ask(site, 'cluster.get')).phase !== 'live') throw new Error('the pools must be followed');
    },
    { timeout: 300_000, interval: 100 },
  );
  return site;
}

/** The answer of a query. */
export const ask = async (
  { server, cookie }: Pick<ClusterSite, 'server' | 'cookie'>,
  procedure: string,
  input?: unknown,
) => (await query(server.address, procedure, input, cookie)).body.result.data;

/** Everything of ours in the kernel: rules and members of sets. */
export const kernelOf = (node: Namespace): string =>
  [...node.run('iptables-nft -t nat -S').split('\n'), ...node.run('ipset save').split('\n').sort()].join('\n');

export const membersOf = (kernel: string, set: string): string[] =>
  [...kernel.matchAll(new RegExp(`^add ${set} (\\S+)`, 'gm'))].map(([, member]) => member ?? '').sort();
