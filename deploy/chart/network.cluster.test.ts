/** What the chart lets pass: ports, and who may reach them. */
import { expect, it } from 'vitest';
import { renderChart, specOf } from '../../e2e/cluster/chart.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';

const { helm } = sharedServer();

interface Policy {
  readonly ingress: { readonly ports: { readonly port: string | number }[]; readonly from?: object[] }[];
}
const rulesFor = async (values: object, port: string) => {
  const { ingress } = specOf(await renderChart(helm, values), 'NetworkPolicy', /server/) as Policy;
  return ingress.filter(({ ports }) => ports.some((one) => one.port === port)).map(({ from }) => from);
};

it('figures are behind a port of their own, which Service and ingress do not show', async () => {
  const objects = await renderChart(helm, {
    ingress: { enabled: true, host: 'outgate.example' },
    monitoring: { serviceMonitor: true },
  });
  const { template } = specOf(objects, 'Deployment', /server/) as {
    template: { spec: { containers: { env: object[]; ports: object[] }[] } };
  };
  expect(template.spec.containers[0]?.env).toContainEqual({ name: 'OUTGATE_METRICS_LISTEN', value: ':7173' });
  expect(template.spec.containers[0]?.ports).toContainEqual({ name: 'metrics', containerPort: 7173 });
  const { ports } = specOf(objects, 'Service', /^outgate-server$/) as { ports: object[] };
  expect(ports).toEqual([{ name: 'http', port: 7171, targetPort: 'http' }]);
  expect(JSON.stringify(specOf(objects, 'Ingress', /./))).not.toContain('metrics');
  // the scraper's Service is the one that its ServiceMonitor selects
  for (const part of ['server', 'agent']) {
    const { selector, endpoints } = specOf(objects, 'ServiceMonitor', new RegExp(part)) as {
      selector: { matchLabels: Record<string, string> };
      endpoints: { port: string }[];
    };
    const selected = objects.filter(
      ({ kind, metadata }) =>
        kind === 'Service' &&
        Object.entries(selector.matchLabels).every(([key, value]) => metadata.labels?.[key] === value),
    );
    expect(selected.map(({ metadata }) => metadata.name)).toEqual([`outgate-${part}-metrics`]);
    const { ports: scraped } = specOf(selected, 'Service', /metrics/) as { ports: { name: string }[] };
    expect(scraped.map(({ name: port }) => port)).toEqual(endpoints.map(({ port }) => port));
  }
});

it('they are for pods of the cluster, or for whom the values name; the pages for all, or for whom the values name', async () => {
  expect(await rulesFor({}, 'metrics')).toEqual([[{ namespaceSelector: {} }]]);
  expect(await rulesFor({}, 'http')).toEqual([undefined]);
  const from = [{ ipBlock: { cidr: '192.0.2.0/24' } }];
  const metricsFrom = [{ podSelector: { matchLabels: { app: 'prometheus' } } }];
  expect(await rulesFor({ networkPolicy: { from, metricsFrom } }, 'metrics')).toEqual([metricsFrom]);
  expect(await rulesFor({ networkPolicy: { from, metricsFrom } }, 'http')).toEqual([from]);
});

it('every pod of the chart on the pods’ network has a policy that lets it do its work, and no other', async () => {
  const objects = await renderChart(helm);
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy').map(({ spec }) => spec as Policy & Selects);
  const ports = (rules: readonly { ports: { port: string | number }[] }[]) =>
    rules.flatMap((rule) => rule.ports.map(({ port }) => port));
  const found: Record<string, unknown> = {};
  for (const { kind, spec } of objects) {
    const labels = (spec as Partial<Templated> | undefined)?.template?.metadata.labels;
    if (labels === undefined || kind === 'DaemonSet') continue;
    const own = policies.filter(({ podSelector }) =>
      Object.entries(podSelector.matchLabels).every(([key, value]) => labels[key] === value),
    );
    const name = String(labels['app.kubernetes.io/component']);
    expect(own, name).toHaveLength(1);
    for (const { policyTypes, ingress, egress } of own) {
      expect(policyTypes).toEqual(['Ingress', 'Egress']);
      found[name] = [ports(ingress), ports(egress)];
    }
  }
  expect(found).toEqual({
    server: [
      ['http', 'metrics'],
      [53, 53, 5353, 5353, 443, 6443, 5432],
    ],
    database: [['postgresql'], []],
    uninstall: [[], [443, 6443]],
  });
});
interface Selects {
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly policyTypes: readonly string[];
  readonly egress: readonly { readonly ports: { readonly port: number }[] }[];
}
interface Templated {
  readonly template: { readonly metadata: { readonly labels: Readonly<Record<string, string>> } };
}

it('the server may ask for names where DNS listens on another port (OpenShift)', async () => {
  const { egress } = specOf(await renderChart(helm), 'NetworkPolicy', /server/) as {
    egress: { ports: { port: number; protocol: string }[] }[];
  };
  const open = egress.flatMap(({ ports }) => ports.map(({ port, protocol }) => `${port}/${protocol}`));
  expect(open).toEqual(expect.arrayContaining(['53/UDP', '53/TCP', '5353/UDP', '5353/TCP']));
});
