/** The chart's server account may do what the table says and nothing else; agents may do nothing. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderChart, SERVER_ACCOUNT } from '../../e2e/cluster/chart.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { createServiceAccount, requestToken } from '../../e2e/cluster/rights.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { chartParts, chartRules, chartRulesFile } from '../../scripts/chart-rights.ts';
import { LEASE_NAME, type PolicyRule, policyRules, rightsToReview } from '../../server/kube/needed-rights.ts';

const server = sharedServer();
const REVIEW = '/apis/authorization.k8s.io/v1';

it.each(chartParts)('the rules of the role (%s) are those of the table', (part) => {
  expect(readFileSync(chartRulesFile(part), 'utf8'), 'run: node scripts/chart-rights.ts').toBe(chartRules(part));
});

it('tokens are reviewed only where the chart runs agents', async () => {
  const rules = async (enabled: boolean) => {
    const objects = await renderChart(server.helm, { agent: { enabled } });
    return words(objects.find(({ kind }) => kind === 'ClusterRole')?.['rules'] as PolicyRule[]);
  };
  expect(await rules(true)).toEqual(words(policyRules('cluster')));
  expect(await rules(false)).toEqual(words(policyRules('cluster', { agents: false })));
  expect(await rules(false)).not.toContain('create authentication.k8s.io/tokenreviews');
});

/** `verb group/resource` of every rule on objects, with the name that it is bound to. */
const words = (rules: readonly PolicyRule[]): string[] =>
  rules
    .flatMap(({ apiGroups, resources, resourceNames = [], verbs }) =>
      verbs.flatMap((verb) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            (resourceNames.length === 0 ? [''] : resourceNames.map((name) => `/${name}`)).map(
              (name) => `${verb} ${group}/${resource}${name}`,
            ),
          ),
        ),
      ),
    )
    .sort();

async function rightsOf(token: string, namespace: string): Promise<string[]> {
  const target = { ...server.as('admin'), token };
  const answer = await must(target, 'POST', `${REVIEW}/selfsubjectrulesreviews`, { spec: { namespace } });
  const { status } = answer as { status: { incomplete: boolean; resourceRules: PolicyRule[] } };
  expect(status.incomplete).toBe(false);
  return words(status.resourceRules);
}

/** What Kubernetes gives every account: questions about itself. */
async function everybodys(namespace: string): Promise<string[]> {
  await createServiceAccount(server, 'rights-test', `nobody-${namespace}`);
  return rightsOf(await requestToken(server, { namespace: 'rights-test', name: `nobody-${namespace}` }), namespace);
}

it.each([
  [SERVER_ACCOUNT.namespace, [...policyRules('cluster'), ...policyRules('own')]],
  ['default', policyRules('cluster')],
])('all that it may do in %s is in the table', async (namespace, rules) => {
  const may = await rightsOf(server.as('outgate').token, namespace);
  const more = await everybodys(namespace);
  expect(may.filter((right) => !more.includes(right))).toEqual(words(rules));
});

it('each right of the table is given, and its neighbours are refused', async () => {
  const ask = async (resourceAttributes: object): Promise<boolean> => {
    const body = { spec: { resourceAttributes } };
    const answer = await must(server.as('outgate'), 'POST', `${REVIEW}/selfsubjectaccessreviews`, body);
    return (answer as { status: { allowed: boolean } }).status.allowed;
  };
  const given = rightsToReview('projectcalico.org', SERVER_ACCOUNT.namespace, { agents: true });
  for (const right of given) expect(await ask(right), JSON.stringify(right)).toBe(true);
  // objects are listed and watched; by itself the lease alone is read
  expect(given.filter(({ verb }) => verb === 'get').map(({ resource }) => resource)).toEqual(['leases']);
  for (const { resource, group, namespace, name } of given) {
    for (const verb of ['get', 'update', 'deletecollection', 'escalate', 'bind', 'impersonate', '*']) {
      if (given.some((one) => one.resource === resource && one.verb === verb)) continue;
      const at = { verb, resource, group, namespace, name };
      expect(await ask(at), JSON.stringify(at)).toBe(false);
    }
  }
  const leases = { resource: 'leases', group: 'coordination.k8s.io', namespace: SERVER_ACCOUNT.namespace };
  for (const verb of ['get', 'update']) {
    const own = { ...leases, verb, name: LEASE_NAME };
    expect(await ask(own), verb).toBe(true);
    for (const other of [{ name: 'another' }, { name: '' }, { namespace: 'kube-system' }]) {
      expect(await ask({ ...own, ...other }), JSON.stringify({ verb, ...other })).toBe(false);
    }
  }
});

it('what it has no right to is refused by the server', async () => {
  for (const [method, path] of [
    ['GET', '/api/v1/secrets'],
    ['GET', `/api/v1/namespaces/${SERVER_ACCOUNT.namespace}/secrets`],
    ['GET', '/apis/apps/v1/daemonsets'],
    ['DELETE', '/api/v1/nodes/none'],
    ['DELETE', '/apis/projectcalico.org/v3/ippools'],
    ['POST', `/api/v1/namespaces/${SERVER_ACCOUNT.namespace}/pods`],
  ] as const) {
    expect((await request(server.as('outgate'), method, path)).status, `${method} ${path}`).toBe(403);
  }
});
