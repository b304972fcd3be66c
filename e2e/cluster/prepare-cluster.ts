/** Makes of an empty API server the cluster that the lab is: Calico's types, its nodes, and an account that may just do our work. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { policyRules } from '../../server/kube/needed-rights.ts';
import type { LabPlan } from '../lab/plan.ts';
import { type AgentAccount, podObject } from './agent-pods.ts';
import { CALICO_GROUP, type CalicoApi, calicoPath, crd, PLURALS, untilServed } from './install-crds.ts';
import { must } from './request.ts';
import { type Subject, untilMay } from './rights.ts';
import type { Reachable } from './start-api-server.ts';

/** Where Outgate keeps its lease. */
export const NAMESPACE = 'outgate';
/** The account of the nodes' agents, whose tokens their pods have. */
export const AGENTS: AgentAccount = { namespace: NAMESPACE, name: 'outgate-agent' };
/** The user that Outgate signs in as; `startApiServer` must know it. */
export const OUTGATE_USER = 'outgate';

/** Said again to a cluster that has it all, it changes nothing; what somebody made otherwise is as it was. Throws with the words of kubectl. */
export async function prepareCluster(server: Reachable, plan: LabPlan, apis: readonly CalicoApi[]): Promise<void> {
  const items = [
    ...apis.flatMap((api) => PLURALS.map((plural) => crd(api, plural))),
    ...rightsOf(apis),
    ...nodes(plan),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: AGENTS },
    ...plan.nodes.map(({ name }) => podObject(AGENTS, agentPod(name), name)),
  ];
  // all of it is of this cluster alone, and thrown away with it: nobody's change of it may stop a start
  await kubectl(server, ['apply', '--server-side', '--force-conflicts', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });
  for (const { name, v4, v6 } of plan.nodes) {
    // kubelets say this; there are none
    await must(server.as('admin'), 'PATCH', `/api/v1/nodes/${name}/status`, {
      status: {
        addresses: [v4, v6].map((address) => ({ type: 'InternalIP', address })),
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'the lab runs' }],
      },
    });
  }
  // Outgate takes its lease's namespace from there
  await kubectl(server, ['config', 'set-context', OUTGATE_USER, `--namespace=${NAMESPACE}`]);
  for (const api of apis) for (const plural of PLURALS) await untilServed(server, calicoPath(api, plural));
  for (const api of apis) await untilObeyed(server, { kind: 'User', name: OUTGATE_USER }, CALICO_GROUP[api]);
}

/** Resolves when the server obeys the roles of Outgate's server: one right of each says so. */
export async function untilObeyed(server: Reachable, subject: Subject, calicoGroup: string): Promise<void> {
  await untilMay(server, subject, { verb: 'list', group: calicoGroup, resource: 'ippools' });
  // the one right on leases that is bound to no name
  await untilMay(server, subject, {
    verb: 'create',
    group: 'coordination.k8s.io',
    resource: 'leases',
    namespace: NAMESPACE,
  });
}

/** The pod of a node's agent, as a DaemonSet would make it. */
export const agentPod = (node: string): string => `outgate-agent-${node}`;

/** No folder: what kubectl knows of a server's types it would keep by port for minutes, and the next server there may be another. */
const NO_CACHE = '/dev/null';

/** Stdout of kubectl, signed in as `admin`. Throws with its stderr when it fails. */
export async function kubectl(
  { kubectl: program, kubeconfig }: Pick<Reachable, 'kubectl' | 'kubeconfig'>,
  args: readonly string[],
  options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const child = spawn(program, ['--kubeconfig', kubeconfig, '--cache-dir', NO_CACHE, ...args], {
    env: { ...process.env, ...options.env },
  });
  child.stdin.on('error', () => {}); // it has ended; its exit code and words say why
  child.stdin.end(options.input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [code, out, said] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code === 0) return out;
  throw new Error(`kubectl ${args.join(' ')} must succeed; exit ${code}: ${said.trim()}`);
}

/** What the server needs, in a cluster of these groups; what it may ask about itself every account may. */
function rightsOf(apis: readonly CalicoApi[]): object[] {
  const calicoGroups = apis.map((api) => CALICO_GROUP[api]);
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const of = (kind: string): object => ({
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: 'outgate' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: OUTGATE_USER }],
  });
  const metadata = { name: 'outgate' };
  const inNamespace = { ...metadata, namespace: NAMESPACE };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion, kind: 'ClusterRole', metadata, rules: policyRules('cluster', { calicoGroups }) },
    { apiVersion, kind: 'ClusterRoleBinding', metadata, ...of('ClusterRole') },
    { apiVersion, kind: 'Role', metadata: inNamespace, rules: policyRules('own') },
    { apiVersion, kind: 'RoleBinding', metadata: inNamespace, ...of('Role') },
  ];
}

const nodes = (plan: LabPlan): object[] =>
  plan.nodes.map(({ name }) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } }));
