/** Objects of the API to what is held of them. Anything may stand in an object: nothing here throws. */
import { type Fields, fieldsOf } from '../calico/object.ts';
import { formatAddress, parseAddress } from '../net/address.ts';
import type {
  NamedNode,
  NamedPod,
  NamedService,
  ServiceEndpoint,
  ServicePort,
  ServiceSlice,
  TrafficPolicy,
} from './objects.ts';

/** Names that thousands of objects share are held once. */
export type Share = (text: string) => string;

export function readPod(object: unknown, share: Share): NamedPod {
  const { metadata, spec, status } = parts(object);
  const listed = list(status['podIPs']).map(({ ip }) => ip);
  return {
    namespace: share(text(metadata['namespace'])),
    name: text(metadata['name']),
    node: shared(spec['nodeName'], share),
    addresses: addressesIn(listed.length > 0 ? listed : [status['podIP']]),
    hostNetwork: spec['hostNetwork'] === true,
  };
}

export function readNamedNode(object: unknown): NamedNode {
  const { metadata, status } = parts(object);
  const listed = list(status['addresses']);
  const of = (...types: string[]): unknown[] =>
    types.flatMap((wanted) => listed.flatMap(({ type, address }) => (type === wanted ? [address] : [])));
  const name = text(metadata['name']);
  const names = of('Hostname', 'InternalDNS', 'ExternalDNS').map(text);
  return {
    name,
    addresses: addressesIn(of('InternalIP', 'ExternalIP')),
    hostNames: [...new Set(names)].filter((one) => one !== '' && one !== name),
  };
}

export function readService(object: unknown): NamedService {
  const { metadata, spec, status } = parts(object);
  const type = serviceTypes.find((one) => one === spec['type']) ?? 'ClusterIP';
  const ingress = list(fieldsOf(status['loadBalancer'])['ingress']);
  const balancers = ingress.filter(({ ipMode }) => ipMode !== 'Proxy').map(({ ip }) => ip);
  const names = type === 'ExternalName' ? [spec['externalName']] : ingress.map(({ hostname }) => hostname);
  const clusterIps = values(spec['clusterIPs']);
  return {
    namespace: text(metadata['namespace']),
    name: text(metadata['name']),
    type,
    clusterIps: type === 'ExternalName' ? [] : addressesIn(clusterIps.length > 0 ? clusterIps : [spec['clusterIP']]),
    externalIps: addressesIn([...values(spec['externalIPs']), ...balancers]),
    hostNames: names.map(text).filter((one) => one !== ''),
    ports: list(spec['ports']).flatMap(portOf),
    internalPolicy: policy(spec['internalTrafficPolicy']),
    externalPolicy: policy(spec['externalTrafficPolicy']),
  };
}

export function readSlice(object: unknown, share: Share): ServiceSlice {
  const { metadata } = parts(object);
  const fields = fieldsOf(object);
  const family = fields['addressType'] === 'IPv4' ? 4 : fields['addressType'] === 'IPv6' ? 6 : null;
  return {
    namespace: share(text(metadata['namespace'])),
    service: share(text(fieldsOf(metadata['labels'])['kubernetes.io/service-name'])),
    family,
    ports: list(fields['ports']).map(({ name, port, protocol }) => ({
      name: share(text(name)),
      port: typeof port === 'number' ? port : null,
      protocol: share(protocolOf(protocol)),
    })),
    endpoints: family === null ? [] : list(fields['endpoints']).flatMap((one) => endpointOf(one, share)),
  };
}

/** kube-proxy takes the first address alone: the others of an endpoint are the same by contract. */
function endpointOf(endpoint: Fields, share: Share): ServiceEndpoint[] {
  const [address] = addressesIn(values(endpoint['addresses']).slice(0, 1));
  if (address === undefined) return [];
  const conditions = fieldsOf(endpoint['conditions']);
  const target = fieldsOf(endpoint['targetRef']);
  const ready = conditions['ready'] !== false;
  const serving = typeof conditions['serving'] === 'boolean' ? conditions['serving'] : ready;
  return [
    {
      address,
      pod: target['kind'] === 'Pod' ? text(target['name']) : null,
      node: shared(endpoint['nodeName'], share),
      ready,
      servesWhileEnding: serving && conditions['terminating'] === true,
    },
  ];
}

const serviceTypes = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const;

function portOf({ name, port, protocol, nodePort }: Fields): ServicePort[] {
  if (typeof port !== 'number') return [];
  const own = typeof nodePort === 'number' ? nodePort : 0;
  return [{ name: text(name), port, protocol: protocolOf(protocol), nodePort: own }];
}

const protocolOf = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : 'tcp');
const policy = (value: unknown): TrafficPolicy => (value === 'Local' ? 'Local' : 'Cluster');
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const shared = (value: unknown, share: Share): string | null =>
  typeof value === 'string' && value !== '' ? share(value) : null;
const values = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const list = (value: unknown): Fields[] => values(value).map(fieldsOf);

/** Canonical, each once; what is no address (`None`) is left out. */
function addressesIn(found: readonly unknown[]): string[] {
  const read = found.flatMap((one) => {
    const parsed = parseAddress(text(one));
    return parsed.ok ? [formatAddress(parsed.value)] : [];
  });
  return [...new Set(read)];
}

function parts(object: unknown): { metadata: Fields; spec: Fields; status: Fields } {
  const fields = fieldsOf(object);
  return {
    metadata: fieldsOf(fields['metadata']),
    spec: fieldsOf(fields['spec']),
    status: fieldsOf(fields['status']),
  };
}
