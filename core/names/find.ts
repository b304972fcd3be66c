/** Who is meant by a name, and who has an address. */

import { type NamedNode, type NamedPod, type NamedService, type ServiceSlice, serviceKey } from './objects.ts';
import { type EndKind, endKinds, type ReadEnd } from './read-end.ts';

/** What is known of the cluster; pods, services and slices by `namespace/name`. */
export interface Directory {
  readonly pods: ReadonlyMap<string, NamedPod>;
  readonly services: ReadonlyMap<string, NamedService>;
  readonly slices: ReadonlyMap<string, ServiceSlice>;
  readonly nodes: ReadonlyMap<string, NamedNode>;
}

export type Found =
  | { readonly kind: 'pod'; readonly pod: NamedPod }
  | { readonly kind: 'service'; readonly service: NamedService }
  | { readonly kind: 'node'; readonly node: NamedNode };

/** What stands for it alone in a question: `pod/shop/web-1`. */
export function fullName(found: Found): string {
  if (found.kind === 'node') return `node/${found.node.name}`;
  return found.kind === 'pod' ? `pod/${serviceKey(found.pod)}` : `service/${serviceKey(found.service)}`;
}

/** Everything that has the name and is of a kind that may stand there; pods first, then by name. */
export function findNamed(
  directory: Directory,
  end: Extract<ReadEnd, { is: 'name' }>,
  allowed: readonly EndKind[] = endKinds,
): Found[] {
  const { namespace, name } = end;
  const kinds = end.kinds.filter((kind) => allowed.includes(kind));
  const found: Found[] = [];
  if (kinds.includes('pod')) {
    for (const pod of called(directory.pods, namespace, name)) found.push({ kind: 'pod', pod });
  }
  if (kinds.includes('service')) {
    const services = new Set(called(directory.services, namespace, name));
    if (namespace === null) {
      for (const service of directory.services.values()) {
        if (service.type !== 'ExternalName' && service.hostNames.includes(name)) services.add(service);
      }
    }
    for (const service of services) found.push({ kind: 'service', service });
  }
  if (kinds.includes('node') && namespace === null) {
    for (const node of directory.nodes.values()) {
      if (node.name === name || node.hostNames.includes(name)) found.push({ kind: 'node', node });
    }
  }
  return found.sort((a, b) => endKinds.indexOf(a.kind) - endKinds.indexOf(b.kind) || order(fullName(a), fullName(b)));
}

function called<T extends { readonly name: string }>(
  objects: ReadonlyMap<string, T>,
  namespace: string | null,
  name: string,
): T[] {
  if (namespace !== null) {
    const one = objects.get(`${namespace}/${name}`);
    return one === undefined ? [] : [one];
  }
  return [...objects.values()].filter((one) => one.name === name);
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The node or pod that has the address: a node before the pods on its network. */
export function hostWith(directory: Directory, address: string): Exclude<Found, { kind: 'service' }> | null {
  for (const node of directory.nodes.values()) if (node.addresses.includes(address)) return { kind: 'node', node };
  for (const pod of directory.pods.values()) if (pod.addresses.includes(address)) return { kind: 'pod', pod };
  return null;
}

/** The service that a proxy answers for at the address, if one does. */
export function serviceAt(directory: Directory, address: string): NamedService | null {
  for (const service of directory.services.values()) {
    if (service.clusterIps.includes(address) || service.externalIps.includes(address)) return service;
  }
  return null;
}

/** The service that has the port on every node. */
export function serviceOfNodePort(directory: Directory, port: number, protocol: string): NamedService | null {
  if (port === 0) return null;
  for (const service of directory.services.values()) {
    if (service.ports.some((one) => one.nodePort === port && one.protocol === protocol)) return service;
  }
  return null;
}
