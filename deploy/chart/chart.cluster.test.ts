/** The chart: Helm renders it, and a real API server takes every object. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { CHART, type Manifest, renderChart } from '../../e2e/cluster/chart.ts';
import { untilServed } from '../../e2e/cluster/install-crds.ts';
import { kubectl } from '../../e2e/cluster/prepare-cluster.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';

const server = sharedServer();
const { helm } = server;
const CRDS = new URL('../../e2e/cluster/crds/monitoring.yaml', import.meta.url);
const MONITORING = { serviceMonitor: true, rules: true, dashboard: true };

beforeAll(async () => {
  await kubectl(server, ['apply', '--server-side', '-f', '-'], { input: readFileSync(CRDS, 'utf8') });
  for (const plural of ['servicemonitors', 'prometheusrules']) {
    await untilServed(server, `/apis/monitoring.coreos.com/v1/${plural}`);
  }
});
afterAll(() => kubectl(server, ['delete', '-f', '-'], { input: readFileSync(CRDS, 'utf8') }));

it('installs the images of this version', () => {
  const [chart] = parseAllDocuments(readFileSync(`${CHART}/Chart.yaml`, 'utf8')).map((one) => one.toJS());
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(chart).toMatchObject({ version, appVersion: version });
});

it('is taken by helm lint', async () => {
  await promisify(execFile)(helm, ['lint', '--strict', CHART]);
});

const external = { external: { existingSecret: 'db', appUrlKey: 'app-url' } };
const SOME_KINDS = ['ServiceAccount', 'ClusterRole', 'Role', 'Deployment', 'Service', 'NetworkPolicy'];
const TABLE: readonly [name: string, values: object, has: readonly string[], hasNot: readonly string[]][] = [
  [
    'the default',
    {},
    [...SOME_KINDS, 'DaemonSet', 'StatefulSet', 'Secret', 'Job'],
    ['PodDisruptionBudget', 'Ingress', 'ServiceMonitor', 'PrometheusRule', 'ConfigMap'],
  ],
  ['an external database', { database: external }, ['Deployment', 'DaemonSet'], ['StatefulSet', 'Secret']],
  ['a bundled database with a Secret of yours', { database: { bundled: { existingSecret: 'db' } } }, [], ['Secret']],
  ['three servers', { server: { replicas: 3 }, database: external }, ['PodDisruptionBudget'], []],
  [
    'an ingress with TLS',
    { ingress: { enabled: true, host: 'outgate.example', tlsSecret: 'tls', className: 'nginx' } },
    ['Ingress'],
    [],
  ],
  ['no agents', { agent: { enabled: false } }, ['Deployment'], ['DaemonSet', 'Job']],
  ['agents that clean up', { agent: { mode: 'cleanup' } }, ['DaemonSet'], []],
  ['monitoring', { monitoring: MONITORING }, ['ServiceMonitor', 'PrometheusRule', 'ConfigMap'], []],
  [
    'users that the platform chooses',
    { server: { runAsUser: null }, database: { bundled: { runAsUser: null } } },
    ['StatefulSet'],
    [],
  ],
  ['no network policy', { networkPolicy: { enabled: false } }, [], ['NetworkPolicy']],
  [
    'everything',
    {
      images: {
        registry: 'registry.example:5000/team/a/',
        tag: `1.2.3@sha256:${'0'.repeat(64)}`,
        pullSecrets: ['pull'],
      },
      url: 'https://outgate.example',
      server: {
        trustedProxies: ['10.0.0.0/8', 'fd00::/8'],
        nodeSelector: { role: 'infra' },
        tolerations: [{ key: 'infra', operator: 'Exists' }],
        podAnnotations: { a: 'b' },
      },
      admin: { existingSecret: 'admin' },
      agent: {
        serverUrl: 'https://outgate.example',
        caConfigMap: 'ca',
        maxUnavailable: 3,
        nodeSelector: { a: 'b' },
        seLinuxOptions: { type: 'spc_t' },
      },
      service: { annotations: { a: 'b' } },
      networkPolicy: { from: [{ ipBlock: { cidr: '192.0.2.0/24' } }, { namespaceSelector: {} }] },
      monitoring: { ...MONITORING, labels: { release: 'prometheus' } },
    },
    ['Deployment', 'DaemonSet'],
    [],
  ],
];

describe.each(TABLE)('%s', (_name, values, has, hasNot) => {
  it('is rendered, and the API server takes every object', async () => {
    const objects = await renderChart(helm, values);
    const kinds = objects.map(({ kind }) => kind);
    for (const kind of has) expect(kinds).toContain(kind);
    for (const kind of hasNot) expect(kinds).not.toContain(kind);
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    const args = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict', '-o', 'name'];
    const taken = await kubectl(server, [...args, '-f', '-'], { input });
    expect(taken.trim().split('\n')).toHaveLength(objects.length);
  });
});

describe('names', () => {
  // as long as Helm takes them, with a point, with a digit first
  it.each(['r'.repeat(53), `${'r'.repeat(39)}-outgate-${'x'.repeat(5)}`, 'my.release', '1st'])(
    'the API server takes every object of the release %s',
    async (release) => {
      const objects = await renderChart(helm, { monitoring: MONITORING, server: { replicas: 2 } }, [], release);
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      const args = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-o', 'name', '-f', '-'];
      expect((await kubectl(server, args, { input })).trim().split('\n')).toHaveLength(objects.length);
      // what is made of a StatefulSet's name is a label of its pods: `NAME-` and ten characters
      const [longest = ''] = objects.map(({ metadata }) => metadata.name).sort((a, b) => b.length - a.length);
      expect(longest.length, longest).toBeLessThanOrEqual(63);
    },
  );

  it('two releases share nothing that is the whole cluster’s, however they and their namespaces are called', async () => {
    const shared = async (namespace: string, release: string) =>
      (await renderChart(helm, {}, ['--namespace', namespace], release))
        .filter(({ kind }) => kind.startsWith('Cluster'))
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const one = await shared('a-b', 'c-outgate');
    expect(one).toHaveLength(2);
    for (const other of [await shared('a', 'b-c-outgate'), await shared('a', 'c-outgate')]) {
      expect(other.filter((name) => one.includes(name))).toEqual([]);
    }
  });
});

it('no password is in what is rendered but the one that is made up, and that is another each time', async () => {
  const secretOf = (objects: readonly Manifest[]) =>
    objects.find(({ kind }) => kind === 'Secret')?.['data'] as { password: string };
  const [one, other] = [await renderChart(helm), await renderChart(helm)];
  const password = Buffer.from(secretOf(one).password, 'base64').toString();
  expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(secretOf(other).password).not.toBe(secretOf(one).password);
  expect(JSON.stringify(one.filter(({ kind }) => kind !== 'Secret'))).not.toContain(password);
});

const BAD: readonly [values: object, words: RegExp][] = [
  [{ sever: {} }, /sever/],
  [{ images: { registry: 'https://images.example/team/' } }, /images\/registry.*pattern/s],
  [{ images: { registry: 'registry.example' } }, /images\/registry.*pattern/s],
  [{ images: { server: 'outgate-server:1.2' } }, /images\/server.*pattern/s],
  [{ images: { tag: ':1.2' } }, /images\/tag.*pattern/s],
  [{ database: { bundled: { image: 'https://images.example/postgres:18' } } }, /image.*pattern/s],
  [{ server: { replica: 2 } }, /'replica' not allowed/],
  [{ server: { replicas: 0 } }, /server\/replicas.*minimum/s],
  [{ server: { replicas: '2' } }, /server\/replicas.*want integer/s],
  [{ server: { logLevel: 'verbose' } }, /server\/logLevel.*must be one of/s],
  [{ server: { runAsUser: 0 } }, /server\/runAsUser.*minimum/s],
  [{ server: { trustedProxies: ['the proxy'] } }, /trustedProxies\/0.*pattern/s],
  [{ url: 'outgate.example' }, /url.*pattern/s],
  [{ url: 'https://outgate.example/path' }, /url.*pattern/s],
  [{ agent: { mode: 'observe' } }, /agent\/mode.*'enforce', 'cleanup'/s],
  [{ agent: { backend: 'nftables' } }, /agent\/backend.*must be one of/s],
  [{ agent: { maxUnavailable: '0%' } }, /maxUnavailable/],
  // one address cannot be that of every node, and without brackets an IPv6 one is no host
  [{ agent: { metrics: { host: '192.0.2.11' } } }, /metrics\/host.*'0.0.0.0', '\[::\]'/s],
  [{ agent: { metrics: { host: '::' } } }, /metrics\/host/],
  // which needs a right that the agent does not have
  [{ agent: { metrics: { port: 80 } } }, /metrics\/port.*minimum/s],
  [{ agent: { seLinuxOptions: { kind: 'spc_t' } } }, /seLinuxOptions.*'kind' not allowed/s],
  [{ agent: { stateDir: '/etc' } }, /stateDir.*pattern/s],
  [{ ingress: { enabled: true } }, /ingress\/host.*minLength/s],
  [{ database: { password: 'secret' } }, /'password' not allowed/],
  [{ database: { bundled: { storage: 'big' } } }, /storage.*pattern/s],
  [{ database: { external: { port: 70000 } } }, /port.*maximum/s],
  [{ networkPolicy: { apiServerPorts: [] } }, /apiServerPorts.*minItems/s],
  [{ uninstall: { timeoutSeconds: 1 } }, /timeoutSeconds.*minimum/s],
  [{ monitoring: { interval: 'often' } }, /interval.*pattern/s],
];

it.each(BAD)('%j is refused by name', async (values, words) => {
  await expect(renderChart(helm, values)).rejects.toThrow(words);
});

it('the values file names all that the schema allows', () => {
  const [values] = parseAllDocuments(readFileSync(`${CHART}/values.yaml`, 'utf8')).map((one) => one.toJS());
  const schema = JSON.parse(readFileSync(`${CHART}/values.schema.json`, 'utf8')) as Schema;
  const check = (value: unknown, { properties }: Schema, path: string): void => {
    if (properties === undefined || typeof value !== 'object' || value === null) return;
    for (const [key, one] of Object.entries(properties)) {
      if (path === '' && key === 'global') continue;
      if (!(key in value))
        expect(['requests', 'limits', 'user', 'role', 'type', 'level'], `${path}/${key}`).toContain(key);
      else check((value as Record<string, unknown>)[key], one, `${path}/${key}`);
    }
  };
  check(values, schema, '');
});
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}
