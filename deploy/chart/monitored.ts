/** Two real servers of one database and one cluster, with three nodes and a pool: all that the chart's alerts look at. */
import { afterAll, beforeAll, expect } from 'vitest';
import { calicoPath } from '../../e2e/cluster/install-crds.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { agentDoors } from '../../server/testing/agent-doors.ts';
import { serverOfFile } from '../../server/testing/file-server.ts';
import { soon } from '../../server/testing/soon.ts';
import { joinNode } from '../../server/testing/test-client.ts';
import { reportOf } from '../../server/testing/test-report.ts';
import { startServer, type TestServer, withCluster } from '../../server/testing/test-server.ts';

const POOLS = calicoPath('v3', 'ippools');
const FELIX = calicoPath('v3', 'felixconfigurations');

/** Call it once, at the top of the file; what it returns can be used inside tests. */
export function monitored() {
  const cluster = sharedServer();
  const admin = cluster.as('admin');
  const server = serverOfFile(withCluster(cluster.kubeconfig));
  const credentials = new Map<string, string>();
  const nodes: string[] = [];
  let follower: TestServer | undefined;

  const addNode = async (name: string): Promise<void> => {
    nodes.push(name);
    await must(admin, 'POST', '/api/v1/nodes', { metadata: { name } });
    await soon(async () => expect((await server.ask('nodes.list')).nodes).toHaveLength(nodes.length));
  };
  const removeNode = async (name: string): Promise<void> => {
    await must(admin, 'DELETE', `/api/v1/nodes/${name}`);
    nodes.splice(nodes.indexOf(name), 1);
    await soon(async () => expect((await server.ask('nodes.list')).nodes).toHaveLength(nodes.length));
  };
  /** The agents of these nodes report; by default they hold what is in effect. */
  const say = async (names: readonly string[], state: 'Programmed' | 'Drifted' | 'Failed', holds?: string) => {
    const revision = holds ?? (await server.ask('status.get')).revision;
    for (const name of names) {
      const body = { ...reportOf(name, { revision }), state };
      expect((await agentDoors(server).report(credentials.get(name) ?? '', body)).status).toBe(200);
    }
  };
  const read = async (address = ''): Promise<string> => (await fetch(`${address}/metrics`)).text();

  beforeAll(async () => {
    await soon(async () => expect((await server.ask('cluster.get')).election.role).toBe('leader'));
    follower = await startServer(server.databaseUrl, withCluster(cluster.kubeconfig));
    for (const name of ['a', 'b', 'c']) {
      await addNode(name);
      credentials.set(name, await joinNode(server.address, server.cookie, name));
    }
    await server.tell('pools.create', { name: 'ours', spec: { cidr: '10.1.0.0/16', natOutgoing: true } });
    await soon(async () => expect((await server.ask('pools.get', { name: 'ours' })).sync.state).toBe('Synced'));
    await soon(async () => expect((await server.ask('cluster.get')).phase).toBe('live'));
  });
  afterAll(async () => {
    await follower?.stop();
    await must(admin, 'DELETE', POOLS);
    await must(admin, 'DELETE', FELIX);
    for (const name of nodes) await request(admin, 'DELETE', `/api/v1/nodes/${name}`);
  });
  return {
    helm: cluster.helm,
    server,
    addNode,
    removeNode,
    say,
    /** as if these had last been heard of an hour ago */
    silence: (names: readonly string[]) =>
      server.db.query(
        `WITH silent AS (UPDATE node SET reported_at = now() - interval '1 hour' WHERE name = ANY($1))
         UPDATE cluster_node SET since = now() - interval '1 hour' WHERE name = ANY($1)`,
        [names],
      ),
    /** somebody changes our pool in the cluster */
    edit: (spec: object) => must(admin, 'PATCH', `${POOLS}/ours?fieldManager=kubectl-edit`, { spec }),
    /** somebody writes the FelixConfiguration of all nodes */
    felix: async (spec: object): Promise<void> => {
      await request(admin, 'DELETE', `${FELIX}/default`);
      const type = { apiVersion: 'projectcalico.org/v3', kind: 'FelixConfiguration' };
      await must(admin, 'POST', FELIX, { ...type, metadata: { name: 'default' }, spec });
    },
    /** what the two say now, first the one that leads */
    figures: async (): Promise<readonly [string, string]> => [
      await read(server.address),
      await read(follower?.address),
    ],
  };
}
