/** Objects of a large cluster, as large as real ones: some 7 kB a pod, most of it what Outgate does not need. */
export const PODS = 50_000;
export const NODES = 5_000;
export const SERVICES = 5_000;
const ENDPOINTS = 10;
const APPS = ['cart', 'web', 'checkout', 'search', 'payments', 'inventory', 'kafka', 'redis', 'ingest', 'billing'];

const uid = (kind: number, i: number): string => `${hex(kind, 8)}-0000-4000-8000-${hex(i, 12)}`;
const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');
const namespaceOf = (i: number): string => `team-${(i % 400).toString().padStart(3, '0')}`;
const nodeName = (i: number): string => `worker-${(i % NODES).toString().padStart(4, '0')}.eu-1.example.com`;
const serviceName = (i: number): string => `${APPS[i % APPS.length]}-${hex(i, 5)}`;
const podName = (i: number): string =>
  `${serviceName(Math.floor(i / ENDPOINTS))}-${hex(i * 2_654_435 + 7, 10)}-${hex(i, 5)}`;
const podAddress = (i: number): string => `10.${128 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
const CREATED = '2026-08-01T00:00:00Z';

const meta = (kind: number, i: number, name: string, managed: object) => ({
  name,
  uid: uid(kind, i),
  creationTimestamp: CREATED,
  labels: {
    'app.kubernetes.io/name': APPS[i % APPS.length],
    'app.kubernetes.io/part-of': 'shop',
    'pod-template-hash': hex(i, 10),
  },
  managedFields: [
    {
      manager: 'kube-controller-manager',
      operation: 'Update',
      apiVersion: 'v1',
      time: CREATED,
      fieldsType: 'FieldsV1',
      fieldsV1: managed,
    },
  ],
});

/** What the manager of a pod claims: a good third of a real pod. */
const claims = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [
    `f:field-${i}`,
    { '.': {}, [`k:{"name":"value-${i}"}`]: { 'f:name': {}, 'f:value': {} } },
  ]),
);

export function fakePod(i: number) {
  const address = podAddress(i);
  const env = Array.from({ length: 20 }, (_, n) => ({
    name: `SETTING_${n}`,
    value: `https://service-${n}.example.com/path/${i}`,
  }));
  const condition = (type: string) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: CREATED });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...meta(1, i, podName(i), claims), namespace: namespaceOf(Math.floor(i / ENDPOINTS)) },
    spec: {
      nodeName: nodeName(i),
      ...(i % 50 === 0 ? { hostNetwork: true } : {}),
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      terminationGracePeriodSeconds: 30,
      securityContext: {},
      containers: [
        {
          name: 'main',
          image: `registry.example.com/team/${serviceName(i)}:v1.2.3`,
          env,
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: 'IfNotPresent',
        },
      ],
    },
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }, { ip: `fd00:10::${hex(i >> 16, 1)}:${hex(i & 0xffff, 4)}` }],
      hostIP: nodeAddress(i),
      qosClass: 'Burstable',
      startTime: CREATED,
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
    },
  };
}

const nodeAddress = (i: number): string => `192.0.${(i % NODES) >> 8}.${(i % NODES) & 255}`;

export function fakeNode(i: number) {
  const images = Array.from({ length: 40 }, (_, n) => ({
    names: [`registry.example.com/team/image-${n}@sha256:${hex(n, 64)}`, `registry.example.com/team/image-${n}:v1`],
    sizeBytes: 100_000_000 + n,
  }));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: meta(2, i, nodeName(i), claims),
    spec: {},
    status: {
      addresses: [
        { type: 'InternalIP', address: nodeAddress(i) },
        { type: 'Hostname', address: nodeName(i) },
      ],
      images,
    },
  };
}

export function fakeService(i: number) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...meta(3, i, serviceName(i), {}), namespace: namespaceOf(i) },
    spec: {
      type: 'ClusterIP',
      // the server looks after addresses: thousands that it did not give out would keep it busy
      clusterIP: 'None',
      clusterIPs: ['None'],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
      selector: { app: serviceName(i) },
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }],
    },
    status: { loadBalancer: {} },
  };
}

export function fakeSlice(i: number) {
  const { labels, ...metadata } = meta(4, i, `${serviceName(i)}-abcde`, {});
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...metadata,
      labels: { ...labels, 'kubernetes.io/service-name': serviceName(i) },
      namespace: namespaceOf(i),
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: Array.from({ length: ENDPOINTS }, (_, n) => ({
      addresses: [podAddress(i * ENDPOINTS + n)],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: nodeName(i * ENDPOINTS + n),
      targetRef: {
        kind: 'Pod',
        namespace: namespaceOf(i),
        name: podName(i * ENDPOINTS + n),
        uid: uid(1, i * ENDPOINTS + n),
      },
    })),
  };
}
