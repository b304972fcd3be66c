/** The chart's uninstall job on a real API server, with the job's own account and environment. No controllers run: we are they. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Manifest, renderChart } from '../../e2e/cluster/chart.ts';
import { kubectl, NAMESPACE } from '../../e2e/cluster/prepare-cluster.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { requestToken, untilMay } from '../../e2e/cluster/rights.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { type Connection, openConnection } from '../kube/connection.ts';
import { fromKubeconfig } from '../kube/kubeconfig.ts';
import { cleanNodes } from './clean-nodes.ts';
import { readUninstall, type Uninstall } from './environment.ts';

const server = sharedServer();
const admin = server.as('admin');
const daemonSets = `/apis/apps/v1/namespaces/${NAMESPACE}/daemonsets`;
const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;
let objects: Manifest[];
let job: Uninstall;
let connection: Connection;
const said: string[] = [];

beforeAll(async () => {
  objects = await renderChart(server.helm);
  const hooks = objects.filter(({ kind, metadata }) => kind !== 'Job' && metadata.name === 'outgate-uninstall');
  await kubectl(server, ['apply', '--server-side', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: hooks }),
  });
  const account = { namespace: NAMESPACE, name: 'outgate-uninstall' };
  const right = { verb: 'patch', group: 'apps', resource: 'daemonsets', name: 'outgate-agent', namespace: NAMESPACE };
  await untilMay(server, { kind: 'ServiceAccount', ...account }, right);
  const token = await requestToken(server, account);
  const headers = async () => ({ authorization: `Bearer ${token}` });
  connection = openConnection({ ...fromKubeconfig(server.kubeconfig), headers });
  const { env } = (find('Job')['spec'] as JobSpec).template.spec.containers[0];
  const read = readUninstall(Object.fromEntries(env.map(({ name, value }) => [name, value])));
  if (!read.ok) throw new Error(read.errors.join('; '));
  job = read.value;
});
afterEach(async () => {
  said.length = 0;
  await request(admin, 'DELETE', `${daemonSets}/outgate-agent`);
  await request(admin, 'DELETE', `${pods}?gracePeriodSeconds=0`);
});
afterAll(async () => {
  await connection?.close();
  await kubectl(server, ['-n', NAMESPACE, 'delete', 'role,rolebinding,serviceaccount', 'outgate-uninstall']);
});

interface JobSpec {
  readonly template: { readonly spec: { readonly containers: [{ env: { name: string; value: string }[] }] } };
}

function find(kind: string): Manifest {
  const found = objects.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`the chart must have a ${kind}`);
  return found;
}

const clean = (waitMs: number, more: Partial<Uninstall> = {}) =>
  cleanNodes({ connection, ...job, ...more, waitMs, say: (line) => said.push(line) });

/** As the controller would say it of this generation, or of the one before. */
async function status(nodes: number, updated: number, ready: number, behind = 0): Promise<void> {
  const { metadata } = (await must(admin, 'GET', `${daemonSets}/outgate-agent`)) as {
    metadata: { generation: number };
  };
  await must(admin, 'PATCH', `${daemonSets}/outgate-agent/status`, {
    status: {
      observedGeneration: metadata.generation - behind,
      desiredNumberScheduled: nodes,
      currentNumberScheduled: nodes,
      numberMisscheduled: 0,
      updatedNumberScheduled: updated,
      numberReady: ready,
    },
  });
}

interface Stored {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly updateStrategy: { readonly rollingUpdate: { readonly maxUnavailable: unknown } };
    readonly template: { readonly spec: { containers: object[]; initContainers?: object[]; volumes: object[] } };
  };
}
const stored = async () => (await must(admin, 'GET', `${daemonSets}/outgate-agent`)) as Stored;

it('every node is given the pod that cleans up, and is waited for', async () => {
  await must(admin, 'POST', daemonSets, find('DaemonSet'));
  await status(3, 3, 3);
  let done = false;
  const running = clean(30_000).finally(() => {
    done = true;
  });
  await expect.poll(async () => (await stored()).metadata.generation).toBe(2);
  // the very pods of agent.mode=cleanup, and nothing of one that programs is left
  const { spec } = await stored();
  expect(spec.updateStrategy.rollingUpdate.maxUnavailable).toBe('100%');
  const wanted = (await renderChart(server.helm, { agent: { mode: 'cleanup' } })).find(
    ({ kind }) => kind === 'DaemonSet',
  );
  await must(admin, 'POST', daemonSets, { ...wanted, metadata: { name: 'wanted' } });
  const other = (await must(admin, 'GET', `${daemonSets}/wanted`)) as Stored;
  await must(admin, 'DELETE', `${daemonSets}/wanted`);
  expect(spec.template).toEqual(other.spec.template);
  expect(spec.template.spec.initContainers).toMatchObject([{ name: 'cleanup', args: ['--cleanup'] }]);

  // ready pods of the generation before do not count, nor does one that is new and not ready
  await status(3, 3, 3, 1);
  await new Promise((passed) => setTimeout(passed, 1_500));
  expect({ done, said }).toEqual({ done: false, said: [] });
  await status(3, 1, 3);
  await expect.poll(() => said).toEqual(['1 of 3 nodes are clean']);
  await status(3, 3, 2);
  await expect.poll(() => said.at(-1)).toBe('2 of 3 nodes are clean');
  expect(done).toBe(false);
  await status(3, 3, 3);
  expect(await running).toBe(true);
});

it('what is not clean in time is named, with the command for it', async () => {
  await must(admin, 'POST', daemonSets, find('DaemonSet'));
  await status(3, 3, 3);
  const { labels } = (job.template as { metadata: { labels: Record<string, string> } }).metadata;
  const pod = async (name: string, cleanup: boolean, podStatus: object): Promise<void> => {
    const container = { name: 'cleanup', image: 'agent' };
    await must(admin, 'POST', pods, {
      metadata: { name, labels },
      spec: {
        nodeName: `node-of-${name}`,
        containers: [{ name: 'agent', image: 'agent' }],
        ...(cleanup ? { initContainers: [container] } : {}),
      },
    });
    await must(admin, 'PATCH', `${pods}/${name}/status`, { status: podStatus });
  };
  const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  await pod('clean', true, ready);
  await pod('old', false, ready);
  const waiting = { name: 'cleanup', image: 'agent', imageID: '', ready: false, restartCount: 4 };
  const crash = { ...waiting, state: { waiting: { reason: 'CrashLoopBackOff' } } };
  await pod('fails', true, { phase: 'Pending', initContainerStatuses: [crash] });
  expect(await clean(100)).toBe(false);
  const text = said.join('\n');
  expect(text).toContain('node-of-old: pod old, an agent that was not replaced: is the node there?');
  expect(text).toContain('node-of-fails: pod fails, cleanup CrashLoopBackOff; its log says why');
  expect(text).not.toContain('node-of-clean');
  expect(text).toContain('kubectl debug node/NODE -it --profile=sysadmin --image=outgate-agent:');
});

it('no agents: nothing to do', async () => {
  expect(await clean(1_000)).toBe(true);
  expect(said).toEqual([`there is no DaemonSet ${NAMESPACE}/outgate-agent: no agents to clean up after`]);
});

it('the job may touch no other DaemonSet', async () => {
  await expect(clean(1_000, { name: 'calico-node', namespace: NAMESPACE })).rejects.toThrow(/cannot patch/);
  await expect(clean(1_000, { namespace: 'kube-system' })).rejects.toThrow(/cannot patch/);
});

it('a bad environment is named at once', () => {
  const read = readUninstall({ OUTGATE_DAEMONSET: 'x', OUTGATE_CLEANUP_SECONDS: '0', OUTGATE_CLEANUP_TEMPLATE: '{' });
  expect(read.ok ? [] : read.errors.map((line) => line.split(' ')[0])).toEqual([
    'OUTGATE_DAEMONSET',
    'OUTGATE_CLEANUP_SECONDS',
    'OUTGATE_CLEANUP_TEMPLATE',
  ]);
});
