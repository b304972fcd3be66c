/** The chart as Helm renders it, and its roles on a test server. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { CALICO_GROUP } from './install-crds.ts';
import { kubectl, NAMESPACE, untilObeyed } from './prepare-cluster.ts';
import { requestToken } from './rights.ts';
import type { Reachable } from './start-api-server.ts';

export const CHART = fileURLToPath(new URL('../../deploy/chart/outgate', import.meta.url));
/** The server's account when the release is called `outgate`. */
export const SERVER_ACCOUNT = { namespace: NAMESPACE, name: 'outgate-server' };

/** As much of any object as tests look at. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Of a release in the namespace `outgate`, unless `args` name another; `values` as in a values file. Rejects with Helm's words. */
export async function renderChart(
  helm: string,
  values: object = {},
  args: readonly string[] = [],
  release = 'outgate',
): Promise<Manifest[]> {
  const run = promisify(execFile)(
    helm,
    ['template', release, CHART, '--namespace', NAMESPACE, '--values', '-', ...args],
    { maxBuffer: 1e8 },
  );
  run.child.stdin?.end(JSON.stringify(values));
  const { stdout } = await run;
  return parseAllDocuments(stdout).flatMap((document) => {
    const object = document.toJS() as Manifest | null;
    return object === null ? [] : [object];
  });
}

/** The spec of the first object of this kind whose name fits. */
export function specOf(objects: readonly Manifest[], kind: string, name: RegExp): unknown {
  const found = objects.find((object) => object.kind === kind && name.test(object.metadata.name));
  if (found === undefined) throw new Error(`the chart must have a ${kind} named ${name}`);
  return found['spec'];
}

/** Applies the chart's namespace, account and roles for the server. Resolves with a token of that account. */
export async function installServerAccount(server: Reachable, helm: string): Promise<string> {
  const items: object[] = await renderChart(helm, {}, ['--show-only', 'templates/server/rbac.yaml']);
  items.unshift({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await kubectl(server, ['apply', '--server-side', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });
  await untilObeyed(server, { kind: 'ServiceAccount', ...SERVER_ACCOUNT }, CALICO_GROUP.v3);
  return requestToken(server, SERVER_ACCOUNT, { expirationSeconds: 86_400 });
}

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
}

/** The spec of the PrometheusRule. */
export async function chartRules(helm: string): Promise<{ groups: { rules: Rule[] }[] }> {
  const objects = await renderChart(helm, { monitoring: { rules: true } });
  return specOf(objects, 'PrometheusRule', /outgate/) as { groups: { rules: Rule[] }[] };
}

/** What the panels of the dashboard ask, and the names of the labels that their legends show; the namespace is ours. */
export async function chartPanels(helm: string): Promise<{ expr: string; legend: string[] }[]> {
  const objects = await renderChart(helm, { monitoring: { dashboard: true } });
  const dashboard = objects.find(({ metadata }) => metadata.name === 'outgate-dashboard') as Manifest & {
    data: { 'outgate.json': string };
  };
  const { panels } = JSON.parse(dashboard.data['outgate.json']) as {
    panels: { targets: { expr: string; legendFormat: string }[] }[];
  };
  return panels
    .flatMap(({ targets }) => targets)
    .map(({ expr, legendFormat }) => ({
      expr: expr.replaceAll('$namespace', NAMESPACE),
      legend: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label),
    }));
}
