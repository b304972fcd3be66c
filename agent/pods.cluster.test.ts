/** The real agent as its pod: the real server, a real API server, a kernel. */
import { existsSync, renameSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPod, deletePod, type Pod, withClaims } from '../e2e/cluster/agent-pods.ts';
import { calicoPath } from '../e2e/cluster/install-crds.ts';
import { must } from '../e2e/cluster/request.ts';
import { createServiceAccount, requestToken } from '../e2e/cluster/rights.ts';
import { sharedServer } from '../e2e/cluster/shared-server.ts';
import { serverOfFile } from '../server/testing/file-server.ts';
import { mutate, query } from '../server/testing/test-client.ts';
import { withCluster } from '../server/testing/test-server.ts';
import { cannotRun, type Namespace, namespace } from './testing/namespaces.ts';
import { agentFile, runAgent, startAgent, workDir } from './testing/run-agent.ts';

describe.skipIf(cannotRun !== null)('an agent that is a pod', () => {
  const cluster = sharedServer();
  const admin = cluster.as('admin');
  const account = { namespace: 'agent-process', name: 'outgate-agent' };
  const dir = workDir();
  const agents: ReturnType<typeof startAgent>[] = [];
  let first: Pod;
  let node: Namespace;

  beforeAll(async () => {
    agentFile();
    node = namespace('pod');
    await createServiceAccount(cluster, account.namespace, account.name);
    await must(admin, 'POST', '/api/v1/nodes', { metadata: { name: 'node-k' } });
    first = await createPod(cluster, account, 'first', 'node-k');
  });
  const server = serverOfFile({
    ...withCluster(cluster.kubeconfig),
    OUTGATE_AGENT_SERVICE_ACCOUNT: `${account.namespace}/${account.name}`,
  });
  afterAll(async () => {
    for (const agent of agents) agent.kill('SIGKILL');
    await Promise.all(agents.map(({ ended }) => ended));
    await must(admin, 'DELETE', calicoPath('v3', 'ippools'));
    for (const name of ['first', 'second']) await deletePod(cluster, account, name);
    await must(admin, 'DELETE', '/api/v1/nodes/node-k');
    await must(admin, 'DELETE', `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}`);
    node.remove();
    dir.remove();
  });

  const tokenOf = (pod: Pod) => requestToken(cluster, account, { audiences: ['outgate'], pod });
  /** as a kubelet does: whoever reads sees the old one or the new one */
  const put = (name: string, token: string): string => {
    renameSync(dir.write(`${name}.new`, token), `${dir.path}/${name}`);
    return `${dir.path}/${name}`;
  };
  const flags = (state: string, tokenFile: string, name = 'node-k', netns = node) => [
    ...['--source', `server:${server.address}`, '--node', name, '--netns', netns.name],
    ...['--state-dir', `${dir.path}/${state}`, '--token-file', tokenFile],
  ];
  const start = (...given: Parameters<typeof flags>) => {
    const agent = startAgent(flags(...given));
    agents.push(agent);
    return agent.said;
  };
  const soon = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 25_000, interval: 50 });
  const view = async () =>
    (await query(server.address, 'nodes.get', { name: 'node-k' }, server.cookie)).body.result?.data;
  const reasons = async (): Promise<string[]> =>
    (await view()).conditions.map(({ reason }: { reason: string }) => reason);
  const inKernel = (cidr: string): boolean => node.tries(`ipset -q test outgate-src-v4 ${cidr}`);
  const makePool = (name: string, cidr: string) =>
    must(admin, 'POST', calicoPath('v3', 'ippools'), {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name },
      spec: { cidr, natOutgoing: true },
    });

  it('is told that its token is another node’s, and writes nothing', async () => {
    const token = put('first', await tokenOf(first));
    const { code, stderr } = await runAgent(...flags('other', token, 'node-z'), '--once');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("--node: must be the node that the token is for, 'node-k': 'node-z'"),
    ]);
  });

  it('signs in by the file, and goes on with the next token when one has expired', async () => {
    const good = await tokenOf(first);
    const short = () => put('first', withClaims(cluster, good, { exp: Math.floor(Date.now() / 1000) + 4 }));
    const said = start('first-state', short());
    await soon(async () => {
      // until the agent is there, which takes longer on a loaded machine, it is renewed
      short();
      expect((await view())?.state).toBe('Programmed');
    });
    await soon(() => expect(said()).toContain('TokenRefused'));
    expect(said()).toContain('expired');
    put('first', good);
    await makePool('one', '10.81.0.0/16');
    await soon(() => expect(inKernel('10.81.0.0/16')).toBe(true));
    await soon(async () =>
      expect(await view()).toMatchObject({ state: 'Programmed', signIn: 'service-account', pods: [{ name: 'first' }] }),
    );
    expect(existsSync(`${dir.path}/first-state/credential.json`)).toBe(false);
  });

  it('stands down while a newer pod is the agent, and takes over again when that one is gone', async () => {
    const second = await createPod(cluster, account, 'second', 'node-k');
    const said = start('second-state', put('second', await tokenOf(second)));
    await soon(async () => expect((await view()).pods[0]).toMatchObject({ name: 'second', served: true }));
    await soon(async () => expect(await reasons()).toContain('TwoAgents'));
    await makePool('two', '10.82.0.0/16');
    await soon(() => expect(inKernel('10.82.0.0/16')).toBe(true));
    // the older one would take away what it does not know
    node.run('ipset add outgate-src-v4 10.99.0.0/16');
    await soon(() => expect(inKernel('10.99.0.0/16')).toBe(false));
    expect(inKernel('10.82.0.0/16')).toBe(true);
    expect(said()).not.toContain('TwoAgents');

    const [, newer] = agents;
    newer?.kill('SIGTERM');
    await newer?.ended;
    await server.db.query(`UPDATE agent_pod SET seen_at = now() - interval '31 seconds' WHERE name = 'second'`);
    await makePool('three', '10.83.0.0/16');
    await soon(() => expect(inKernel('10.83.0.0/16')).toBe(true));
    await soon(async () => expect(await reasons()).not.toContain('TwoAgents'));
    expect((await view()).pods).toMatchObject([{ name: 'first', served: true }]);
  });

  it('an agent that had joined by a token stands down, too, when a pod takes its node', async () => {
    const other = namespace('old');
    try {
      const made = await mutate(server.address, 'joinTokens.create', { name: 'rack' }, server.cookie);
      const begin = (state: string, token: string) => start(state, put(`${state}-token`, token), 'node-o', other);
      const old = begin('joined', made.body.result.data.token);
      await soon(() => expect(old()).toContain('Programmed=True'));
      await must(admin, 'POST', '/api/v1/nodes', { metadata: { name: 'node-o' } });
      begin('pod', await tokenOf(await createPod(cluster, account, 'taker', 'node-o')));
      await soon(() => expect(old()).toContain('Programmed=Unknown TwoAgents'));
    } finally {
      for (const agent of agents.splice(-2)) {
        agent.kill('SIGKILL');
        await agent.ended;
      }
      await deletePod(cluster, account, 'taker');
      await must(admin, 'DELETE', '/api/v1/nodes/node-o');
      other.remove();
    }
  });
});
