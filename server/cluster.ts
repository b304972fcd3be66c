/** The cluster that this server works with: how it is reached, and the controller that runs in one of all servers. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { AgentPlacement } from '../core/cluster/agent-placement.ts';
import { poolGroups } from './controller/cluster-pools.ts';
import { startController } from './controller/controller.ts';
import { rehearsePools } from './controller/rehearse-pools.ts';
import { rehearseSettings } from './controller/rehearse-settings.ts';
import type { Database } from './db/client.ts';
import { readWatch } from './db/live-watch.ts';
import type { ClusterEnvironment, ServiceAccount } from './env.ts';
import type { Hub } from './events/hub.ts';
import type { Log } from './http/log.ts';
import { type Connection, openConnection } from './kube/connection.ts';
import type { Credentials } from './kube/credentials.ts';
import { inCluster, ownNamespace } from './kube/in-cluster.ts';
import { readBlocks } from './kube/ipam-blocks.ts';
import { LEASE_NAME, rightsToReview } from './kube/needed-rights.ts';
import { reviewRights, whoAmI } from './kube/rights.ts';
import { reviewToken } from './kube/token-review.ts';
import { watchNames } from './kube/watch-names.ts';
import type { Cluster } from './services/cluster/reach.ts';
import { shareReads } from './services/cluster/used-addresses.ts';

export interface OpenClusterOptions {
  readonly env: ClusterEnvironment;
  /** of the agents, if they sign in by one */
  readonly agentAccount: ServiceAccount | null;
  /** where agents are meant to run */
  readonly agents: AgentPlacement;
  readonly db: Database;
  readonly hub: Hub;
  readonly log: Log;
}

/** Throws when the kubeconfig cannot be read, or we are in no cluster; an API server that is away is waited for. */
export async function openCluster(options: OpenClusterOptions): Promise<OpenedCluster> {
  const { env, agentAccount, agents, db, hub, log } = options;
  const { credentials, namespace } = await reach(env);
  const connection = openConnection(credentials());
  const leaseConnection = openConnection(credentials());
  const controller = startController({
    db,
    hub,
    connection,
    leaseConnection,
    lease: { namespace, name: LEASE_NAME },
    agents,
    identity: `${hostname()}-${randomUUID().slice(0, 8)}`,
    now: () => performance.now(),
    date: Date.now,
    onState: ({ role, holder, error }) => log.info({ role, holder, error: error?.message }, 'election'),
    onError: (error) => log.warn({ error }, 'controller'),
  });
  const names = watchNames(connection, Date.now);
  return {
    server: connection.server,
    names,
    election: controller.election,
    takeUp: controller.takeUp,
    rights: () => rightsOf(connection, db, namespace, agentAccount !== null),
    rehearsePools: (pools) => rehearsePools(connection, db, pools),
    rehearseSettings: (wanted) => rehearseSettings(connection, db, wanted),
    reviewToken: (token, signal) => reviewToken(connection, token, signal),
    usedAddresses: shareReads({ read: (range) => readBlocks(connection, range), now: () => performance.now() }),
    close: async () => {
      await Promise.all([controller.stop(), names.stop()]);
      await Promise.all([connection.close(), leaseConnection.close()]);
    },
  };
}

export interface OpenedCluster extends Cluster {
  /** the body of the answer to a TokenReview; rejects with a KubeError */
  reviewToken(token: string, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

/** Each connection gets credentials of its own. The Kubernetes client is loaded only where a kubeconfig must be read. */
async function reach(env: ClusterEnvironment): Promise<{ credentials: () => Credentials; namespace: string }> {
  if (env.kind === 'in-cluster') {
    return { credentials: () => inCluster(process.env, Date.now), namespace: await ownNamespace() };
  }
  const { fromKubeconfig, namespaceOf } = await import('./kube/kubeconfig.ts');
  return {
    credentials: () => fromKubeconfig(env.file, env.context),
    namespace: namespaceOf(env.file, env.context),
  };
}

async function rightsOf(
  connection: Connection,
  db: Database,
  namespace: string,
  tokens: boolean,
): ReturnType<Cluster['rights']> {
  const { watch } = await readWatch(db);
  const group = (watch?.group ?? poolGroups[0]).replace(/\/.*$/, '');
  const [user, rights] = await Promise.all([
    whoAmI(connection),
    reviewRights(connection, rightsToReview(group, namespace, { agents: tokens })),
  ]);
  return { user, rights };
}
