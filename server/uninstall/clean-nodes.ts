/**
 * Takes our NAT from every node: gives the agents' DaemonSet the template of pods that clean up, and waits until a pod of that
 * template is ready on every node. Nothing is taken away by itself when an agent ends, so that restarts and upgrades leave
 * traffic alone; this is the one way in which it goes (docs/decisions/0014-uninstall-cleans-nodes.md).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../kube/connection.ts';
import { KubeError } from '../kube/kube-error.ts';

export interface CleanNodesOptions {
  readonly connection: Connection;
  readonly namespace: string;
  /** of the DaemonSet */
  readonly name: string;
  /** of pods that clean up, as in `spec.template` */
  readonly template: object;
  /** how long to wait for all nodes */
  readonly waitMs: number;
  readonly say: (line: string) => void;
}

const LOOK_EVERY_MS = 1_000;

/**
 * True when every node is clean, or there are no agents. False when the time is over: what is not clean was said, with the
 * command for it. Rejects with a KubeError when the API server refuses; while it is away, it is asked again.
 */
export async function cleanNodes(options: CleanNodesOptions): Promise<boolean> {
  const { connection, namespace, name, waitMs, say } = options;
  const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets/${name}`;
  const end = Date.now() + waitMs;
  const patched = await patch(options, path, end);
  if (!patched) {
    say(`there is no DaemonSet ${namespace}/${name}: no agents to clean up after`);
    return true;
  }
  let told = '';
  for (;;) {
    const progress = await readProgress(connection, path).catch((error: unknown) => {
      if (isLasting(error)) throw error;
      return null;
    });
    if (progress !== null) {
      const line = `${progress.clean} of ${progress.nodes} nodes are clean`;
      if (progress.seen && line !== told) say(line);
      if (progress.seen) told = line;
      if (progress.seen && progress.clean === progress.nodes) return true;
    }
    if (Date.now() >= end) break;
    await sleep(Math.min(LOOK_EVERY_MS, Math.max(0, end - Date.now())));
  }
  await sayWhatIsLeft(options);
  return false;
}

/** False when there is no such DaemonSet. An API server that is away is asked again until `end`. */
async function patch({ connection, template }: CleanNodesOptions, path: string, end: number): Promise<boolean> {
  for (;;) {
    try {
      await connection.call({
        method: 'PATCH',
        path,
        type: 'application/json-patch+json',
        // whole, since a merge would leave parts of an agent that programs
        body: [
          { op: 'replace', path: '/spec/template', value: template },
          { op: 'replace', path: '/spec/updateStrategy', value: ALL_AT_ONCE },
        ],
      });
      return true;
    } catch (error) {
      if (error instanceof KubeError && error.failure.kind === 'not-found') return false;
      if (isLasting(error) || Date.now() >= end) throw error;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

const ALL_AT_ONCE = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '100%' } };

interface Progress {
  /** the controller has seen the template */
  readonly seen: boolean;
  readonly nodes: number;
  readonly clean: number;
}

async function readProgress(connection: Connection, path: string): Promise<Progress> {
  const { body } = await connection.call({ method: 'GET', path });
  const { metadata, status = {} } = body as {
    metadata: { generation: number };
    status?: Partial<
      Record<'observedGeneration' | 'desiredNumberScheduled' | 'updatedNumberScheduled' | 'numberReady', number>
    >;
  };
  const { desiredNumberScheduled: nodes = 0, updatedNumberScheduled = 0, numberReady = 0 } = status;
  return {
    seen: (status.observedGeneration ?? 0) >= metadata.generation,
    nodes,
    // a ready pod of the old template programs: until all are new, as many may be clean as are both
    clean: Math.min(updatedNumberScheduled, numberReady),
  };
}

/** Not answered is not the end, as long as there is time. */
const isLasting = (error: unknown): boolean =>
  !(error instanceof KubeError) ||
  ['forbidden', 'not-found', 'no-such-type', 'unauthorized', 'invalid', 'bad-request'].includes(error.failure.kind);

async function sayWhatIsLeft(options: CleanNodesOptions): Promise<void> {
  const { connection, namespace, name, template, waitMs, say } = options;
  const labels = (template as { metadata?: { labels?: Record<string, string> } }).metadata?.labels ?? {};
  const selector = ['app.kubernetes.io/instance', 'app.kubernetes.io/component']
    .map((key) => `${key}=${labels[key] ?? ''}`)
    .join(',');
  const { body } = await connection.call({
    method: 'GET',
    path: `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`,
  });
  const left = (body as { items: Pod[] }).items.filter((pod) => !isClean(pod));
  say(`after ${Math.round(waitMs / 1000)} s these nodes are not known to be clean:`);
  for (const pod of left) say(`  ${pod.spec.nodeName ?? 'no node yet'}: pod ${pod.metadata.name}, ${stateOf(pod)}`);
  if (left.length === 0) say(`  those without a pod of ${namespace}/${name}`);
  const image = (template as { spec?: { containers?: { image?: string }[] } }).spec?.containers?.[0]?.image;
  say('Nothing was uninstalled. Bring those nodes back, or delete their Node objects when they are gone for good,');
  say('and uninstall again. Or clean up on each of them by hand, then `helm uninstall --no-hooks`:');
  say(`  kubectl debug node/NODE -it --profile=sysadmin --image=${image} -- node outgate-agent.cjs --cleanup`);
}

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string; readonly initContainers?: readonly { readonly name: string }[] };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly initContainerStatuses?: readonly {
      readonly state?: { readonly waiting?: { readonly reason?: string } };
    }[];
  };
}

const isClean = ({ metadata, spec, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (spec.initContainers?.some(({ name }) => name === 'cleanup') ?? false) &&
  (status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false);

function stateOf({ metadata, spec, status }: Pod): string {
  if (metadata.deletionTimestamp !== undefined) return 'an agent that does not end: is the node there?';
  if (spec.initContainers === undefined) return 'an agent that was not replaced: is the node there?';
  const waiting = status?.initContainerStatuses?.[0]?.state?.waiting?.reason;
  return `cleanup ${waiting ?? status?.phase ?? 'Unknown'}; its log says why`;
}
