/** A pool that is released really lets go, on a real API server: our name goes from its object, and nothing else. */
import { expect, it, onTestFinished } from 'vitest';
import { OUR_MANAGER } from '../../core/cluster/managed-fields.ts';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { kubectl } from '../../e2e/cluster/prepare-cluster.ts';
import { must } from '../../e2e/cluster/request.ts';
import { grant, revoke } from '../../e2e/cluster/rights.ts';
import { forgetSync, markLetGo } from '../db/let-go.ts';
import { readLivePools } from '../db/live.ts';
import { openConnection } from '../kube/connection.ts';
import { fromKubeconfig } from '../kube/kubeconfig.ts';
import { apply } from '../kube/write.ts';
import { adoptPools } from '../services/cluster/adopt-pools.ts';
import { comparePool } from '../services/cluster/compare-pool.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import { soon } from '../testing/soon.ts';
import { editor } from '../testing/test-api.ts';
import { clusterPools } from './cluster-pools.ts';

const site = ledTerms();
const reason = 'somebody else looks after it';

async function release(): Promise<void> {
  const { version } = await site.api.caller('viewer').pools.get({ name: 'a' });
  await resolvePool(site.deps, editor, { name: 'a', choice: 'release', expectedVersion: version, reason });
}
const adopt = () => adoptPools(site.deps, editor, { names: ['a'], reason });
/** What it says, how often that was changed, and who is named: `outgate Apply`. */
const object = async () => {
  const stored = await site.stored('a');
  if (stored === null) throw new Error('the cluster must have it');
  const { generation, managedFields } = stored.metadata as typeof stored.metadata & { generation: number };
  const named = managedFields.map(({ manager, operation }) => `${manager} ${operation}`).sort();
  return { spec: stored.spec, generation, named };
};
const named = (...expected: string[]) => soon(async () => expect((await object()).named).toEqual(expected));
const forgotten = () => soon(async () => expect(await site.stand('a')).toBe(undefined));
/** As somebody does it from Git. */
const applied = (spec: object) =>
  kubectl(site.server, ['apply', '--server-side', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'a' }, spec }),
  });

it('where nobody else is named too: values stay, and another server-side apply meets no conflict', async () => {
  await site.made();
  const before = await object();
  await expect(applied({ ...nat, natOutgoing: false })).rejects.toThrow(/conflict with "outgate"/);
  await release();
  await forgotten();
  expect(await object()).toEqual({ ...before, named: ['outgate-lets-go Update'] });
  await soon(async () => expect((await readLivePools(site.api.database.db, ['a']))[0]?.claims).toEqual([]));
  await applied({ ...nat, natOutgoing: false });
  expect((await object()).spec['natOutgoing']).toBe(false);
});

it('of several owners only we go, also from what a GitOps tool owns', async () => {
  await site.made();
  await site.edit('a', { disabled: true });
  const annotations = { 'argocd.argoproj.io/tracking-id': 'net:projectcalico.org/IPPool:/a' };
  await must(site.server.as('admin'), 'PATCH', `${POOLS}/a?fieldManager=argocd-controller`, {
    metadata: { annotations },
  });
  await site.stands('a', { state: 'OutOfSync', reason: 'OwnedElsewhere' });
  const { spec } = await object();
  await release();
  await named('argocd-controller Update', 'kubectl-edit Update');
  await forgotten();
  expect((await object()).spec).toEqual(spec);
  await applied({ ...nat, natOutgoing: false });
});

it('what was released while nobody led is let go by the next leader, and what was half done is forgotten', async () => {
  await site.made();
  await site.end();
  await release();
  expect((await object()).named).toEqual(['outgate Apply']);
  await site.begin();
  await named('outgate-lets-go Update');
  await forgotten();
  // a leader that was killed before it could note it
  await site.end();
  await markLetGo(site.api.database.db, 'a', 1);
  const before = await object();
  await site.begin();
  await forgotten();
  expect(await object()).toEqual(before);
});

it('released before the cluster has it, it is let go when it comes', async () => {
  const { pool } = await site.api.caller('editor').pools.create({ name: 'a', spec: nat });
  await release();
  await site.begin();
  await site.stands('a', { detail: { absentSince: expect.any(String) } });
  // what a leader that ended had sent
  const body = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'a' }, spec: pool.spec };
  await apply(site.connection, { path: POOLS, manager: OUR_MANAGER, object: body, force: false });
  await named('outgate-lets-go Update');
  await forgotten();
  expect((await object()).spec).toMatchObject(nat);
});

it('released while it is being made, it is let go as soon as it is there', async () => {
  const { connection } = site;
  let released = false;
  await site.begin({
    ...connection,
    call: async (request) => {
      // decided when the leader has looked, and before it sends
      if (request.method === 'PATCH' && !released) {
        released = true;
        await release();
      }
      return connection.call(request);
    },
  });
  await site.api.caller('editor').pools.create({ name: 'a', spec: nat });
  await soon(async () => expect(await site.stored('a')).not.toBe(null));
  await named('outgate-lets-go Update');
  await forgotten();
});

it('adopted again it is ours again, before it was let go and after, and is deleted as ours', async () => {
  await site.made();
  await site.end();
  await release();
  const { change } = await adopt();
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: change.id } });
  expect((await object()).named).toEqual(['outgate Apply']);
  await release();
  await named('outgate-lets-go Update');
  await forgotten();
  const again = await adopt();
  await named('outgate Apply', 'outgate-lets-go Update');
  await site.stands('a', { state: 'Synced', applied: { version: again.change.id } });
  // in whose name it was let go is nobody else, neither there nor in History
  expect((await comparePool(site.deps, 'a')).rows.flatMap(({ managers }) => managers)).toEqual([]);
  const off = { name: 'a', spec: { ...nat, natOutgoing: false }, expectedVersion: again.change.id };
  const { change: last } = await site.api.caller('editor').pools.update(off);
  await site.stands('a', { state: 'Synced', applied: { version: last.id } });
  const { changes } = await site.api.caller('viewer').changes.list({ pool: 'a' });
  expect(changes.map(({ actor }) => actor)).not.toContain('outgate-lets-go');
  await site.api.caller('editor').pools.delete({ name: 'a', expectedVersion: last.id, reason: 'not needed' });
  await soon(async () => expect(await site.stored('a')).toBe(null));
});

it('what a leader forgets late is not what was adopted meanwhile', async () => {
  await site.made();
  await forgetSync(site.api.database.db, ['a']);
  expect(await site.stand('a')).toMatchObject({ state: 'Synced' });
});

it('a right that is missing is waited for', async () => {
  await site.made();
  await site.end();
  const reader = openConnection(fromKubeconfig(site.server.kubeconfig, 'nobody'));
  const rule = (...verbs: string[]) => [{ apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs }];
  await grant(site.server, 'let-go-test', { kind: 'User', name: 'nobody' }, rule('get', 'list', 'watch'));
  onTestFinished(async () => {
    await reader.close();
    await revoke(site.server, 'let-go-test');
    await revoke(site.server, 'let-go-test-more');
  });
  await release();
  await site.begin(reader);
  await site.stands('a', { state: 'Forbidden', detail: { missing: 'patch ippools.projectcalico.org' } });
  await grant(site.server, 'let-go-test-more', { kind: 'User', name: 'nobody' }, rule('patch'));
  await named('outgate-lets-go Update');
  await forgotten();
});

it('an object that has changed since it was looked at is looked at again', async () => {
  await site.made();
  const [seen] = await readLivePools(site.api.database.db, ['a']);
  if (seen === undefined) throw new Error('it must be known');
  await site.edit('a', { disabled: true });
  const { disown } = clusterPools(site.connection, 'projectcalico.org/v3');
  await expect(disown(seen)).rejects.toMatchObject({ kind: 'stale' });
  await expect(disown({ ...seen, name: 'none' })).rejects.toMatchObject({ kind: 'not-found' });
  expect((await object()).named).toContain('outgate Apply');
});
