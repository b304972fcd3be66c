/** Pods, services and slices on a test server, as controllers and kubelets would leave them: there are none. */
import { must, type Target } from './request.ts';

export async function makeNamespace(admin: Target, name: string): Promise<void> {
  const { items } = (await must(admin, 'GET', '/api/v1/namespaces')) as { items: { metadata: { name: string } }[] };
  if (items.some(({ metadata }) => metadata.name === name)) return;
  await must(admin, 'POST', '/api/v1/namespaces', { metadata: { name } });
}

export interface MadePod {
  readonly node?: string;
  readonly addresses?: readonly string[];
  readonly hostNetwork?: boolean;
}

export function podObject(name: string, { node = 'node-1', hostNetwork = false }: MadePod = {}): object {
  const spec = { nodeName: node, hostNetwork, containers: [{ name: 'main', image: 'example.com/none' }] };
  return { metadata: { name }, spec };
}

/** Scheduled, and with addresses when they are given. */
export async function makePod(admin: Target, namespace: string, name: string, pod: MadePod = {}): Promise<void> {
  await must(admin, 'POST', `/api/v1/namespaces/${namespace}/pods`, podObject(name, pod));
  if (pod.addresses !== undefined) await givePodAddresses(admin, namespace, name, pod.addresses);
}

export async function givePodAddresses(
  admin: Target,
  namespace: string,
  name: string,
  addresses: readonly string[],
): Promise<void> {
  const status = { phase: 'Running', podIP: addresses[0], podIPs: addresses.map((ip) => ({ ip })) };
  await must(admin, 'PATCH', `/api/v1/namespaces/${namespace}/pods/${name}/status`, { status });
}

/** The cluster IP that the server gave it; null: none. */
export async function makeService(
  admin: Target,
  namespace: string,
  name: string,
  spec: object,
): Promise<string | null> {
  const made = await must(admin, 'POST', `/api/v1/namespaces/${namespace}/services`, { metadata: { name }, spec });
  const { clusterIP } = (made as { spec: { clusterIP?: string } }).spec;
  return clusterIP === undefined || clusterIP === 'None' ? null : clusterIP;
}

export interface MadeEndpoint {
  readonly address: string;
  readonly node: string;
  readonly pod?: string;
  readonly ready?: boolean;
}

export async function makeSlice(
  admin: Target,
  namespace: string,
  service: string,
  endpoints: readonly MadeEndpoint[],
): Promise<void> {
  await must(admin, 'POST', `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
    metadata: { name: `${service}-1`, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: endpoints.map(({ address, node, pod, ready = true }) => ({
      addresses: [address],
      nodeName: node,
      conditions: { ready },
      ...(pod === undefined ? {} : { targetRef: { kind: 'Pod', namespace, name: pod } }),
    })),
  });
}

/** Takes away all pods, services and slices of a namespace. */
export async function clearNamespace(admin: Target, namespace: string): Promise<void> {
  await must(admin, 'DELETE', `/api/v1/namespaces/${namespace}/pods?gracePeriodSeconds=0`);
  await must(admin, 'DELETE', `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`);
  await must(admin, 'DELETE', `/api/v1/namespaces/${namespace}/services`);
}
