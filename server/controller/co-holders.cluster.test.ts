/** Who else holds fields of a pool of ours is named, on a real API server, and does not take the pool away. */
import { expect, it } from 'vitest';
import type { PoolSpec } from '../../core/pool/spec.ts';
import { fieldTerms, synced } from '../../e2e/cluster/field-terms.ts';
import { nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import { apply } from '../kube/write.ts';
import { comparePool } from '../services/cluster/compare-pool.ts';
import { listLivePools } from '../services/cluster/live-pools.ts';
import { resolvePool, setPolicy } from '../services/cluster/resolve-pool.ts';
import { soon } from '../testing/soon.ts';
import { editor } from '../testing/test-api.ts';

const { site, pool, update, object, settled } = fieldTerms();
const reason = 'it is ours to say';
const stranger = 'nightly-job';

/** Server-side, as somebody does it with a name of their own. */
const applyAs = (manager: string, spec: Partial<PoolSpec>, force = false) =>
  apply(site.connection, {
    path: POOLS,
    manager,
    object: { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'a' }, spec },
    force,
  });
const comparison = () => comparePool(site.deps, 'a');
const holdersOf = async (field: string) => (await comparison()).rows.find((row) => row.field === field)?.managers;
const enforce = async () => {
  const { version: expectedVersion } = await pool();
  await setPolicy(site.deps, editor, { name: 'a', policy: 'enforce', expectedVersion, reason });
};

it.each(['ask', 'enforce'] as const)(
  'by %s, a value that somebody applies as we do is shared, and the pool stays ours',
  async (policy) => {
    await site.made();
    if (policy === 'enforce') await enforce();
    const before = await object();
    await applyAs(stranger, nat);
    await soon(async () => expect(await holdersOf('natOutgoing')).toEqual([stranger]));
    expect(await comparison()).toMatchObject({ live: { owner: 'outgate', class: 'managed' }, patch: null });
    expect(await listLivePools(site.deps)).toMatchObject([{ standing: 'managed', owner: 'outgate' }]);
    // a decision about what they do not hold is carried out
    await update({ disabled: true });
    await settled();
    expect((await object()).spec).toEqual({ ...before.spec, disabled: true });
  },
);

it('another value that they take by force is a change in the cluster, and is taken back by force', async () => {
  await site.made();
  await applyAs(stranger, { ...nat, natOutgoing: false }, true);
  await site.stands('a', {
    state: 'OutOfSync',
    reason: 'FieldChangedInCluster',
    detail: { fields: ['natOutgoing'], managers: [stranger] },
  });
  const { version: expectedVersion } = await pool();
  await resolvePool(site.deps, editor, { name: 'a', choice: 'ours', expectedVersion, reason });
  await settled();
  expect((await object()).spec).toMatchObject(nat);
  expect(await holdersOf('natOutgoing')).toEqual([]);
});

it('where a tool owns it by its mark, it is as it should be until something else is wanted', async () => {
  await site.made();
  const annotations = { 'argocd.argoproj.io/tracking-id': 'net:projectcalico.org/IPPool:/a' };
  await must(site.server.as('admin'), 'PATCH', `${POOLS}/a?fieldManager=argocd-controller`, {
    metadata: { annotations },
  });
  await site.stands('a', { ...synced, detail: { fields: [], managers: ['argocd'] } });
  const { sync, live } = await comparison();
  expect({ sync, live }).toMatchObject({ sync: { managers: ['argocd'] }, live: { owner: 'argocd', class: 'gitops' } });
  await update({ disabled: true });
  await site.stands('a', { state: 'OutOfSync', reason: 'OwnedElsewhere', detail: { managers: ['argocd'] } });
  expect((await object()).spec).not.toHaveProperty('disabled');
  await site.edit('a', { disabled: true }, 'argocd-controller');
  await site.stands('a', { ...synced, applied: { version: (await pool()).version } });
});
