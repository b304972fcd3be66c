/** A process that runs the controller as a server does, and prints each of its states as a line of JSON. Tests kill it. */
import { EVERYWHERE } from '../../core/cluster/agent-placement.ts';
import { startController } from '../controller/controller.ts';
import { openDatabase } from '../db/client.ts';
import { makeHub } from '../events/hub.ts';
import { startListener } from '../events/listener.ts';
import { openConnection } from '../kube/connection.ts';
import { fromKubeconfig, namespaceOf } from '../kube/kubeconfig.ts';
import type { ElectionState } from '../kube/lease.ts';
import { LEASE_NAME } from '../kube/needed-rights.ts';

export interface ReplicaOptions {
  /** its `application_name` tells who wrote */
  readonly database: string;
  readonly kubeconfig: string;
  readonly user: string;
  /** of the API server, or of a proxy before it */
  readonly server: string;
  readonly identity: string;
}

export interface ReplicaLine {
  /** milliseconds since 1970 */
  readonly at: number;
  readonly role: ElectionState['role'];
  readonly error: string | null;
}

const options = JSON.parse(process.argv[2] ?? '{}') as ReplicaOptions;
const credentials = { ...fromKubeconfig(options.kubeconfig, options.user), server: options.server };
const db = openDatabase({ url: options.database });
const hub = makeHub();
const listener = startListener({
  connectionString: options.database,
  onNotice: hub.publish,
  onConnected: () => hub.publish({ kind: 'resync' }),
  onLost: (reason) => console.error(reason),
});
const connections = [openConnection(credentials), openConnection(credentials)] as const;
const [connection, leaseConnection] = connections;
const controller = startController({
  db,
  hub,
  connection,
  leaseConnection,
  lease: { namespace: namespaceOf(options.kubeconfig, options.user), name: LEASE_NAME },
  agents: EVERYWHERE,
  identity: options.identity,
  now: () => performance.now(),
  date: Date.now,
  onState: ({ role, error }) => {
    const line: ReplicaLine = { at: Date.now(), role, error: error?.message ?? null };
    console.log(JSON.stringify(line));
  },
  onError: (error) => console.error(error),
});
process.once('SIGTERM', async () => {
  await controller.stop();
  await Promise.all([listener.close(), db.close(), ...connections.map((one) => one.close())]);
  process.exit(0);
});
