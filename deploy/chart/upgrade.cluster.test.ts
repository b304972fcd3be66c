/** `helm upgrade` beside what is installed already: Helm asks a real API server. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderChart, specOf } from '../../e2e/cluster/chart.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';

const server = sharedServer();
const { helm } = server;
const name = 'outgate-database';
const namespace = 'installed';
// a namespace of this file alone: what the suite's accounts live in belongs to no release
const path = `/apis/apps/v1/namespaces/${namespace}/statefulsets`;
const there = ['--dry-run=server', '--namespace', namespace, '--kubeconfig', server.kubeconfig];
const upgrade = (database: object) => renderChart(helm, { database }, [...there, '--kube-context', 'admin']);
beforeAll(() => must(server.as('admin'), 'POST', '/api/v1/namespaces', { metadata: { name: namespace } }));
afterAll(() => request(server.as('admin'), 'DELETE', `${path}/${name}`));

it('with another volume is refused before anything is changed, in words that say what to do', async () => {
  const bundled = { storage: '2048Mi', storageClass: 'fast' };
  const installed = await renderChart(helm, { database: { bundled } });
  const ownership = { 'meta.helm.sh/release-name': 'outgate', 'meta.helm.sh/release-namespace': namespace };
  const metadata = { name, labels: { 'app.kubernetes.io/managed-by': 'Helm' }, annotations: ownership };
  await must(server.as('admin'), 'POST', path, { metadata, spec: specOf(installed, 'StatefulSet', /database/) });
  await upgrade({ bundled });
  await upgrade({ bundled: { ...bundled, storage: '2Gi' } });
  await expect(upgrade({ bundled: { ...bundled, storage: '10Gi' } })).rejects.toThrow(
    /database.bundled.storage must stay 2Gi, as it was installed, not 10Gi.*delete statefulset outgate-database --cascade=orphan/s,
  );
  await expect(upgrade({ bundled: { storage: '2Gi' } })).rejects.toThrow(
    /database.bundled.storageClass must stay "fast", as it was installed, not ""/,
  );
  // a database of your own leaves the volume alone
  await upgrade({ external: { existingSecret: 'db' } });
});
