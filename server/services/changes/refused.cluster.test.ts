/** What a change decides of a pool, and we may not write there: its row says so. What the cluster refuses itself: rejected.cluster.test.ts. */
import { expect, it, onTestFinished } from 'vitest';
import { ledTerms, nat } from '../../../e2e/cluster/led-terms.ts';
import { grant, revoke } from '../../../e2e/cluster/rights.ts';
import { openConnection } from '../../kube/connection.ts';
import { fromKubeconfig } from '../../kube/kubeconfig.ts';
import { getChange } from './list-changes.ts';

const site = ledTerms();
const pools = () => site.api.caller('editor').pools;
const told = async (change: number) => (await getChange(site.deps, change)).refused;

it('a right that is missing is told of a pool that is made, and of its next change, until the cluster has them', async () => {
  const reader = openConnection(fromKubeconfig(site.server.kubeconfig, 'nobody'));
  const rule = (...verbs: string[]) => [{ apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs }];
  await grant(site.server, 'reads', { kind: 'User', name: 'nobody' }, rule('get', 'list', 'watch'));
  onTestFinished(async () => {
    await reader.close();
    await revoke(site.server, 'reads');
  });
  await site.begin(reader);
  const { change: creation } = await pools().create({ name: 'a', spec: nat });
  await site.stands('a', { state: 'Forbidden' });
  const missing = 'patch ippools.projectcalico.org';
  const refused = { names: ['a'], message: expect.stringContaining('cannot patch resource "ippools"'), missing };
  expect(await told(creation.id)).toEqual(refused);
  const off = { name: 'a', spec: { ...nat, natOutgoing: false }, expectedVersion: creation.id };
  const { change } = await pools().update(off);
  expect(await Promise.all([creation.id, change.id].map(told))).toEqual([refused, refused]);
  await grant(site.server, 'writes', { kind: 'User', name: 'nobody' }, rule('patch', 'create'));
  onTestFinished(() => revoke(site.server, 'writes'));
  await site.stands('a', { state: 'Synced', applied: { version: change.id } });
  expect(await Promise.all([creation.id, change.id].map(told))).toEqual([null, null]);
});
