/** Who else holds what goes with a pool, or keeps it in the cluster, is said before it is deleted, on a real API server, and it comes so. */
import { expect, it } from 'vitest';
import type { PoolSpec } from '../../../core/pool/spec.ts';
import { ledTerms, nat, POOLS } from '../../../e2e/cluster/led-terms.ts';
import { must } from '../../../e2e/cluster/request.ts';
import { readLivePools } from '../../db/live.ts';
import { apply } from '../../kube/write.ts';
import { soon } from '../../testing/soon.ts';
import { editor } from '../../testing/test-api.ts';
import { getPool } from './get-pool.ts';
import { previewDelete } from './preview-delete.ts';
import { deletePool } from './write-pool.ts';

const site = ledTerms();
const name = 'a';
const reason = 'no longer used';

const applyAs = (manager: string, spec: Partial<PoolSpec>) => async () => {
  const object = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name }, spec };
  await apply(site.connection, { path: POOLS, manager, object, force: false });
};
const mark = async () => {
  const annotations = { 'argocd.argoproj.io/tracking-id': 'net:projectcalico.org/IPPool:/a' };
  await must(site.server.as('admin'), 'PATCH', `${POOLS}/a?fieldManager=argocd-controller`, {
    metadata: { annotations },
  });
};
const version = async () => (await site.stored(name))?.metadata as { resourceVersion: string } | undefined;
/** What was done there is known here. */
const seen = () =>
  soon(async () => {
    const [live] = await readLivePools(site.api.database.db, [name]);
    expect(live?.resourceVersion).toBe((await version())?.resourceVersion);
  });
const del = async () => {
  const { version: expectedVersion } = await getPool(site.deps, name);
  await deletePool(site.deps, editor, { name, expectedVersion, reason });
  await soon(async () => expect(await site.stand(name)).toBe(undefined));
};
const namedThere = async () => (await site.stored(name))?.metadata.managedFields.map(({ manager }) => manager);

it.each([
  { what: 'nobody', act: async () => {}, told: [], named: undefined },
  {
    what: 'somebody who applies a field',
    act: applyAs('nightly-job', { natOutgoing: true }),
    told: [{ name, becomes: 'deleted', managers: ['nightly-job'], finalizers: [] }],
    named: undefined,
  },
  {
    what: 'somebody who has set what we leave out',
    act: () => site.edit(name, { disableBGPExport: true }),
    told: [{ name, becomes: 'deleted', managers: ['kubectl-edit'], finalizers: [] }],
    named: undefined,
  },
  {
    what: 'somebody who applies all of it, and another a field',
    act: async () => {
      await applyAs('gateway-controller', nat)();
      await applyAs('nightly-job', { natOutgoing: true })();
    },
    told: [{ name, becomes: 'disowned', managers: ['gateway-controller'], finalizers: [] }],
    named: ['gateway-controller', 'nightly-job'],
  },
  {
    what: 'a tool that owns it by its mark',
    act: mark,
    told: [{ name, becomes: 'disowned', managers: ['argocd'], finalizers: [] }],
    named: ['argocd-controller'],
  },
])('beside us, $what', async ({ act, told, named }) => {
  await site.made();
  await act();
  await seen();
  expect((await previewDelete(site.deps, [name])).inCluster).toEqual(told);
  await del();
  await soon(async () => expect(await namedThere()).toEqual(named));
});

it('what will hold it there once it is deleted is said before, and while it does', async () => {
  await site.made();
  await site.hold('a', ['example.com/wait']);
  await seen();
  const held = { name, becomes: 'deleted', managers: [], finalizers: ['example.com/wait'] };
  expect((await previewDelete(site.deps, [name])).inCluster).toEqual([held]);
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.stands(name, { reason: 'BeingDeleted' });
  expect((await previewDelete(site.deps, [name])).inCluster).toEqual([held]);
});

it('of a pool there that never was ours, nothing goes', async () => {
  await site.make(name, nat);
  await site.begin();
  await site.api.caller('editor').pools.create({ name, spec: nat });
  await site.stands(name, { reason: 'NotAdopted' });
  const before = await version();
  expect((await previewDelete(site.deps, [name])).inCluster).toEqual([
    { name, becomes: 'kept', managers: ['kubectl'], finalizers: [] },
  ]);
  await del();
  expect(await version()).toEqual(before);
});
