/** A pool of ours was deleted here, and the cluster has it still: that is said, and it is no pool of others that may be adopted. */
import { expect, it, onTestFinished } from 'vitest';
import { ledTerms, nat, POOLS } from '../../../e2e/cluster/led-terms.ts';
import { must } from '../../../e2e/cluster/request.ts';
import { grant, revoke } from '../../../e2e/cluster/rights.ts';
import { writeSync } from '../../db/sync.ts';
import { gauges } from '../../http/gauges.ts';
import { openConnection } from '../../kube/connection.ts';
import { failure, KubeError } from '../../kube/kube-error.ts';
import { fromKubeconfig } from '../../kube/kubeconfig.ts';
import { apply } from '../../kube/write.ts';
import { soon } from '../../testing/soon.ts';
import { editor } from '../../testing/test-api.ts';
import { getChange } from '../changes/list-changes.ts';
import { revertChange } from '../changes/revert-change.ts';
import { createPool, deletePool } from '../pools/write-pool.ts';
import { adoptPools } from './adopt-pools.ts';
import { getCluster } from './cluster.ts';
import { listLivePools } from './live-pools.ts';

const site = ledTerms();
const reason = 'not needed';
const object = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'a' }, spec: nat };
const told = async () =>
  (await gauges(site.deps, () => 0)).find(({ name }) => name === 'outgate_pools_refused')?.values;
const deleted = async (): Promise<number> => {
  const version = (await site.stand('a'))?.applied?.version ?? 0;
  return (await deletePool(site.deps, editor, { name: 'a', expectedVersion: version, reason })).change.id;
};

it('while nobody leads', async () => {
  await site.made();
  await site.end();
  const change = await deleted();
  expect(await listLivePools(site.deps)).toMatchObject([{ name: 'a', deletion: { change, refused: null } }]);
  expect((await getCluster(site.deps)).live).toMatchObject({ managed: 0, observed: 0, deleting: 1 });
  expect((await getChange(site.deps, change)).notGone).toEqual({ names: ['a'], refused: null, finalizers: [] });
  await expect(adoptPools(site.deps, editor, { names: ['a'], reason })).rejects.toThrow(
    `a cannot be adopted: change ${change} deleted it here; revert that to keep it`,
  );
  await site.begin();
  await soon(async () => expect(await site.stored('a')).toBe(null));
  await soon(async () => expect((await getChange(site.deps, change)).notGone).toBe(null));
  expect(await listLivePools(site.deps)).toEqual([]);
});

it('what was refused of it before is not said of its deletion, and the revert of that keeps it', async () => {
  await site.made();
  await site.end();
  const row = await site.stand('a');
  if (row === undefined) throw new Error('it must be known');
  const refusal = { state: 'Rejected', reason: 'RefusedByCluster', detail: { message: 'no' } } as const;
  await writeSync(site.api.database.db, [{ ...row, ...refusal }]);
  const change = await deleted();
  expect(await listLivePools(site.deps)).toMatchObject([{ name: 'a', deletion: { change, refused: null } }]);
  await revertChange(site.deps, editor, { id: change, reason: 'it is needed' });
  expect(await listLivePools(site.deps)).toMatchObject([{ name: 'a', standing: 'managed', deletion: null }]);
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { uid: row.applied?.uid } });
});

it('while the right to delete is missing, by the cluster’s own words', async () => {
  await site.made();
  await site.end();
  const keeper = openConnection(fromKubeconfig(site.server.kubeconfig, 'nobody'));
  const rule = (...verbs: string[]) => [{ apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs }];
  await grant(site.server, 'keeps', { kind: 'User', name: 'nobody' }, rule('get', 'list', 'watch', 'patch'));
  onTestFinished(async () => {
    await keeper.close();
    await revoke(site.server, 'keeps');
    await revoke(site.server, 'keeps-no-more');
  });
  await site.begin(keeper);
  const change = await deleted();
  const refused = {
    message: expect.stringContaining('cannot delete resource "ippools"'),
    missing: 'delete ippools.projectcalico.org',
  };
  await soon(async () =>
    expect(await listLivePools(site.deps)).toMatchObject([{ name: 'a', deletion: { change, refused } }]),
  );
  expect((await getChange(site.deps, change)).notGone).toEqual({ names: ['a'], refused, finalizers: [] });
  expect((await getCluster(site.deps)).refused).toEqual({ deletion: 1, release: 0 });
  expect(await told()).toEqual([
    { labels: { what: 'deletion' }, value: 1 },
    { labels: { what: 'release' }, value: 0 },
  ]);
  await grant(site.server, 'keeps-no-more', { kind: 'User', name: 'nobody' }, rule('delete'));
  await soon(async () => expect(await site.stored('a')).toBe(null));
});

it('what was refused before it was deleted there is not said while a finalizer holds it', async () => {
  await site.made();
  await site.hold('a', ['example.com/wait']);
  await site.end();
  let isRefused = true;
  const { connection } = site;
  await site.begin({
    ...connection,
    call: async (call) => {
      if (call.method === 'DELETE' && isRefused) throw new KubeError('', failure('forbidden', 'the webhook says no'));
      return connection.call(call);
    },
  });
  const change = await deleted();
  await soon(async () => expect((await getCluster(site.deps)).refused).toEqual({ deletion: 1, release: 0 }));
  isRefused = false;
  await soon(async () => expect(await listLivePools(site.deps)).toMatchObject([{ deleting: true }]));
  await soon(async () =>
    expect(await listLivePools(site.deps)).toMatchObject([{ name: 'a', deletion: { change, refused: null } }]),
  );
  expect((await getCluster(site.deps)).refused).toEqual({ deletion: 0, release: 0 });
});

it('what others delete there needs no right of ours: that it is missing is not said of it, nor of the pool that is made again', async () => {
  await site.made();
  await site.hold('a', ['example.com/wait']);
  await site.end();
  const keeper = openConnection(fromKubeconfig(site.server.kubeconfig, 'nobody'));
  const verbs = ['get', 'list', 'watch', 'patch', 'create'];
  const rule = [{ apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs }];
  await grant(site.server, 'keeps', { kind: 'User', name: 'nobody' }, rule);
  onTestFinished(async () => {
    await keeper.close();
    await revoke(site.server, 'keeps');
  });
  await site.begin(keeper);
  const change = await deleted();
  await soon(async () => expect((await getCluster(site.deps)).refused).toEqual({ deletion: 1, release: 0 }));
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await soon(async () =>
    expect(await listLivePools(site.deps)).toMatchObject([{ deleting: true, deletion: { change, refused: null } }]),
  );
  expect((await getCluster(site.deps)).refused).toEqual({ deletion: 0, release: 0 });
  const moved = { ...nat, cidr: '10.2.0.0/16' };
  const { change: again } = await createPool(site.deps, editor, { name: 'a', spec: moved });
  // the leader has looked at it, and at what came after
  await createPool(site.deps, editor, { name: 'b', spec: { cidr: '10.8.0.0/16' } });
  await site.stands('b', { state: 'Synced' });
  expect(await site.stand('a')).toMatchObject({ state: 'Pending', reason: 'WaitingForCluster' });
  await site.hold('a', []);
  await site.stands('a', { state: 'Synced', applied: { version: again.id } });
});

it('while the right to take our name from what stays there is missing', async () => {
  await site.made();
  await apply(site.connection, { path: POOLS, manager: 'gateway-controller', object, force: false });
  await site.end();
  const reader = openConnection(fromKubeconfig(site.server.kubeconfig, 'nobody'));
  const rule = (...verbs: string[]) => [{ apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs }];
  await grant(site.server, 'reads', { kind: 'User', name: 'nobody' }, rule('get', 'list', 'watch', 'delete'));
  onTestFinished(async () => {
    await reader.close();
    await revoke(site.server, 'reads');
    await revoke(site.server, 'reads-no-more');
  });
  await site.begin(reader);
  await deleted();
  const missing = 'patch ippools.projectcalico.org';
  await soon(async () =>
    expect(await listLivePools(site.deps)).toMatchObject([{ name: 'a', deletion: null, heldFast: { missing } }]),
  );
  expect((await getCluster(site.deps)).refused).toEqual({ deletion: 0, release: 1 });
  expect(await told()).toContainEqual({ labels: { what: 'release' }, value: 1 });
  await grant(site.server, 'reads-no-more', { kind: 'User', name: 'nobody' }, rule('patch'));
  await soon(async () => expect(await listLivePools(site.deps)).toMatchObject([{ name: 'a', heldFast: null }]));
  expect((await getCluster(site.deps)).refused).toEqual({ deletion: 0, release: 0 });
});
