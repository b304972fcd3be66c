/** On which nodes the chart's pods run, and that the server knows where agents are meant to. */
import { expect, it } from 'vitest';
import { renderChart, specOf } from '../../e2e/cluster/chart.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { readEnvironment } from '../../server/env.ts';

const { helm } = sharedServer();

it('pods run on Linux nodes alone, whatever else is selected', async () => {
  const selectors = async (values: object) =>
    (await renderChart(helm, values))
      .filter(({ kind }) => ['Deployment', 'DaemonSet', 'StatefulSet', 'Job'].includes(kind))
      .map((object) => (object['spec'] as PodTemplate).template.spec.nodeSelector);
  const linux = { 'kubernetes.io/os': 'linux' };
  expect(await selectors({})).toEqual([linux, linux, linux, linux]);
  const infra = { role: 'infra' };
  const chosen = await selectors({
    server: { nodeSelector: infra },
    agent: { nodeSelector: infra },
    database: { external: { existingSecret: 'db', appUrlKey: 'app-url' } },
  });
  expect(chosen).toEqual([1, 2, 3].map(() => ({ ...linux, ...infra })));
});
interface PodTemplate {
  readonly template: { readonly spec: { readonly nodeSelector?: Readonly<Record<string, string>> } };
}

it.each([
  [{}, { nodeSelector: { 'kubernetes.io/os': 'linux' }, tolerations: [{ operator: 'Exists' }] }],
  [
    { agent: { nodeSelector: { egress: 'yes' }, tolerations: [{ key: 'egress', effect: 'NoSchedule' }] } },
    {
      nodeSelector: { 'kubernetes.io/os': 'linux', egress: 'yes' },
      tolerations: [{ key: 'egress', effect: 'NoSchedule' }],
    },
  ],
  [{ agent: { enabled: false } }, null],
])('the server knows on which nodes an agent is missing: %#', async (values, placement) => {
  const objects = await renderChart(helm, values);
  const { template } = specOf(objects, 'Deployment', /server/) as {
    template: { spec: { containers: { env: { name: string; value?: string }[] }[] } };
  };
  const env = template.spec.containers[0]?.env.map(({ name, value = 'x' }) => [name, value]) ?? [];
  const read = readEnvironment({ ...Object.fromEntries(env), DATABASE_URL: 'postgresql://x' });
  expect(read).toMatchObject({ ok: true, value: { agentPlacement: placement } });
  if (placement !== null) {
    const daemons = specOf(objects, 'DaemonSet', /agent/) as { template: { spec: object } };
    expect(daemons.template.spec).toMatchObject(placement);
  }
});
