/**
 * `helm install`, `upgrade` and `uninstall` on a real API server. No controller runs there, so no pod does: what Helm finds of an
 * older release, and what it refuses before anything is changed.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHART } from '../../e2e/cluster/chart.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';

const server = sharedServer();
const admin = server.as('admin');
const namespace = 'installed';
const there = ['--namespace', namespace, '--kubeconfig', server.kubeconfig, '--kube-context', 'admin', '--no-hooks'];

async function helm(command: string, database: object | null): Promise<string> {
  const chart = database === null ? [] : [CHART, '--values', '-'];
  const run = promisify(execFile)(server.helm, [command, 'outgate', ...chart, ...there], { maxBuffer: 1e8 });
  run.child.stdin?.end(JSON.stringify({ database }));
  return (await run).stdout;
}
const statefulSet = `/apis/apps/v1/namespaces/${namespace}/statefulsets/outgate-database`;
const secret = `/api/v1/namespaces/${namespace}/secrets/outgate-database`;
const password = async () => ((await must(admin, 'GET', secret)) as { data: { password: string } }).data.password;
const version = async () =>
  ((await must(admin, 'GET', statefulSet)) as { metadata: { resourceVersion: string } }).metadata.resourceVersion;

const bundled = { storage: '2048Mi', storageClass: 'fast' };
beforeAll(async () => {
  await must(admin, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  expect(await helm('install', { bundled })).toContain('The link for the first one');
});
afterAll(() => request(admin, 'DELETE', `/api/v1/namespaces/${namespace}`));

it('an upgrade keeps the password that the install made up, and greets nobody anew', async () => {
  const before = await password();
  // Kubernetes keeps 2048Mi as 2Gi
  for (const storage of ['2048Mi', '2Gi']) {
    expect(await helm('upgrade', { bundled: { ...bundled, storage } })).not.toContain('The link for the first one');
  }
  expect(await password()).toBe(before);
});

it('another volume is refused before anything is changed, in words that say what to do', async () => {
  const before = await version();
  await expect(helm('upgrade', { bundled: { ...bundled, storage: '10Gi' } })).rejects.toThrow(
    /database.bundled.storage must stay 2Gi, as it was installed, not 10Gi.*delete statefulset outgate-database --cascade=orphan/s,
  );
  await expect(helm('upgrade', { bundled: { ...bundled, storageClass: '' } })).rejects.toThrow(
    /database.bundled.storageClass must stay "fast", as it was installed, not ""/,
  );
  expect(await version()).toBe(before);
});

it('what the words say works: another StatefulSet around the same data', async () => {
  await must(admin, 'DELETE', `${statefulSet}?propagationPolicy=Orphan`);
  // what no garbage collector does here
  await must(admin, 'PATCH', statefulSet, { metadata: { finalizers: [] } });
  const before = await password();
  await helm('upgrade', { bundled: { ...bundled, storage: '10Gi' } });
  const { spec } = (await must(admin, 'GET', statefulSet)) as {
    spec: { volumeClaimTemplates: { spec: { resources: { requests: { storage: string } } } }[] };
  };
  expect(spec.volumeClaimTemplates[0]?.spec.resources.requests.storage).toBe('10Gi');
  expect(await password()).toBe(before);
});

it('a database of your own takes the trial one away, and the uninstall all but its password, which a new install finds', async () => {
  await helm('upgrade', { external: { existingSecret: 'db' } });
  expect((await request(admin, 'GET', statefulSet)).status).toBe(404);
  const kept = await password();
  await helm('uninstall', null);
  expect(await password()).toBe(kept);
  const left: string[] = [];
  for (const type of [
    'apis/apps/v1/deployments',
    'apis/apps/v1/daemonsets',
    'api/v1/services',
    'api/v1/serviceaccounts',
    'apis/networking.k8s.io/v1/networkpolicies',
    'apis/rbac.authorization.k8s.io/v1/roles',
    'apis/rbac.authorization.k8s.io/v1/rolebindings',
    'apis/rbac.authorization.k8s.io/v1/clusterroles',
    'apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  ]) {
    const { items } = (await must(admin, 'GET', `/${type}?labelSelector=app.kubernetes.io/name%3Doutgate`)) as {
      items: { metadata: { name: string; namespace?: string } }[];
    };
    for (const { metadata } of items) {
      if (metadata.namespace === namespace || metadata.name.startsWith(`${namespace}.`))
        left.push(`${type} ${metadata.name}`);
    }
  }
  expect(left).toEqual([]);
  await helm('install', { bundled });
  expect(await password()).toBe(kept);
  await helm('uninstall', null);
});
