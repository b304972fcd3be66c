/** The chart's pods on a real API server, at the Pod Security level that the docs say. */
import { beforeAll, expect, it } from 'vitest';
import { renderChart, specOf } from '../../e2e/cluster/chart.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';

const server = sharedServer();
const { helm } = server;
beforeAll(async () => {
  for (const level of ['restricted', 'privileged']) {
    await must(server.as('admin'), 'POST', '/api/v1/namespaces', {
      metadata: { name: `level-${level}`, labels: { 'pod-security.kubernetes.io/enforce': level } },
    });
  }
});

const podOf = (...which: Parameters<typeof specOf>): object =>
  (specOf(...which) as { template: { spec: object } }).template.spec;
const tryIn = async (level: string, spec: object) => {
  const { volumes = [] } = spec as { volumes?: { name: string }[] };
  // a StatefulSet's controller adds the volume of its claim
  const claim = volumes.some(({ name }) => name === 'data') ? [] : [{ name: 'data', emptyDir: {} }];
  const whole = { ...spec, priorityClassName: undefined, volumes: [...volumes, ...claim] };
  const pod = { metadata: { generateName: 'try-' }, spec: whole };
  return request(server.as('admin'), 'POST', `/api/v1/namespaces/level-${level}/pods?dryRun=All`, pod);
};

it.each([
  ['chosen users', {}],
  ['users of the platform', { server: { runAsUser: null }, database: { bundled: { runAsUser: null } } }],
])('server, database and uninstall are restricted (%s)', async (_name, values) => {
  const objects = await renderChart(helm, values);
  for (const [kind, name] of [
    ['Deployment', /server/],
    ['StatefulSet', /database/],
    ['Job', /uninstall/],
  ] as const) {
    const answer = await tryIn('restricted', podOf(objects, kind, name));
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  }
});

it.each(['enforce', 'cleanup'])(
  'agents (%s) need the level privileged, for network and host paths alone',
  async (mode) => {
    const spec = podOf(await renderChart(helm, { agent: { mode } }), 'DaemonSet', /agent/) as {
      hostNetwork: boolean;
      hostPID?: boolean;
      containers: Container[];
      initContainers?: Container[];
      volumes: { name: string; hostPath?: { path: string; type: string } }[];
    };
    expect((await tryIn('privileged', spec)).status).toBe(201);
    const refused = JSON.stringify((await tryIn('restricted', spec)).body);
    expect(refused).toContain('hostNetwork=true');
    expect(refused).not.toMatch(/hostPID|privileged=true|seccompProfile|allowPrivilegeEscalation/);
    const containers = [...spec.containers, ...(spec.initContainers ?? [])];
    for (const { securityContext } of containers) {
      expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
      expect(securityContext.capabilities.drop).toEqual(['ALL']);
      expect(['NET_ADMIN,NET_RAW', undefined]).toContain(securityContext.capabilities.add?.join());
    }
    const paths = spec.volumes.flatMap(({ hostPath }) => (hostPath === undefined ? [] : [hostPath]));
    const lock = { path: '/run/xtables.lock', type: 'FileOrCreate' };
    const state = { path: '/var/lib/outgate-agent', type: 'DirectoryOrCreate' };
    expect(paths).toEqual(mode === 'enforce' ? [lock, state] : [lock]);
  },
);

interface Container {
  readonly securityContext: { readonly capabilities: { readonly drop: string[]; readonly add?: string[] } };
}
