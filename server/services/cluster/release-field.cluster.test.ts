/** A field of a pool is let go to whoever holds it on a real API server: nothing moves there, and it is not ours to write any more. */
import { expect, it } from 'vitest';
import type { PoolField } from '../../../core/cluster/compare.ts';
import { fieldTerms, synced } from '../../../e2e/cluster/field-terms.ts';
import { nat, POOLS } from '../../../e2e/cluster/led-terms.ts';
import { rememberedPools } from '../../db/live.ts';
import { apply } from '../../kube/write.ts';
import { soon } from '../../testing/soon.ts';
import { editor } from '../../testing/test-api.ts';
import { exportPools } from '../pools/export-pools.ts';
import { previewDelete } from '../pools/preview-delete.ts';
import { deletePool } from '../pools/write-pool.ts';
import { simulateFlow } from '../simulate/simulate-flow.ts';
import { getCluster } from './cluster.ts';
import { comparePool } from './compare-pool.ts';
import { listLivePools } from './live-pools.ts';
import { resolvePool, setPolicy } from './resolve-pool.ts';

const { site, pool, choose, update, object, seenWith, released, weHold, editedThere, settled } = fieldTerms();
const reason = 'the gateway decides it';
/** Server-side, as another controller does it. */
const applyAs = (manager: string, spec: object) =>
  apply(site.connection, {
    path: POOLS,
    manager,
    object: { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'a' }, spec },
    force: false,
  });
const row = async (field: PoolField) => (await comparePool(site.deps, 'a')).rows.find((one) => one.field === field);
const heldBy = (manager: string, field: PoolField = 'natOutgoing') =>
  soon(async () => expect((await row(field))?.managers).toEqual([manager]));

it('what somebody wrote stays theirs: nothing is written, later changes of it are no difference and stand in History', async () => {
  await site.made();
  await editedThere();
  const before = await object();
  const change = await choose('release-field');
  expect(change).toMatchObject({
    action: 'pool.release-field',
    before: { spec: nat, letGo: ['natOutgoing'] },
    after: { spec: { ...nat, natOutgoing: false } },
  });
  await settled();
  expect(await object()).toEqual(before);
  await site.edit('a', { natOutgoing: true }, 'nightly-job');
  await seenWith('natOutgoing', true);
  expect(await pool()).toMatchObject({ spec: nat, sync: { ...synced, released: ['natOutgoing'] } });
  expect((await exportPools(site.deps, { names: ['a'], api: 'v3' })).yaml).toContain('natOutgoing: true');
  const flow = { from: '10.1.0.9', to: '198.51.100.1', protocol: 'TCP' } as const;
  const { answers } = await simulateFlow(site.deps, { flow });
  expect(answers.slice(0, 2)).toMatchObject([
    { truth: 'desired', verdict: 'SNAT' },
    { truth: 'live', verdict: 'SNAT' },
  ]);
  expect(await row('natOutgoing')).toMatchObject({
    desired: true,
    live: true,
    differs: false,
    released: true,
    managers: ['nightly-job'],
  });
  const [theirs] = (await pool()).changes;
  expect(theirs).toMatchObject({ action: 'cluster.change', actor: 'nightly-job', role: 'cluster' });
  // a decision about another field is carried out, and is that decision's move
  await site.edit('a', { natOutgoing: false }, 'nightly-job');
  await seenWith('natOutgoing', false);
  const { change: off } = await update({ disabled: true });
  await settled();
  expect((await object()).spec).toMatchObject({ natOutgoing: false, disabled: true });
  expect((await pool()).changes[0]).toMatchObject({ id: off.id, before: { spec: { natOutgoing: false } } });
  expect(await released()).toEqual(['natOutgoing']);
});

it.each(['kubectl', 'gateway-controller'])(
  'what %s applies beside us is let go: it moves nothing, and meets no conflict afterwards',
  async (manager) => {
    await site.made();
    await applyAs(manager, { natOutgoing: true });
    await seenWith('natOutgoing', true);
    await heldBy(manager);
    await expect(applyAs(manager, { natOutgoing: false })).rejects.toMatchObject({ kind: 'conflict' });
    await choose('release-field');
    await weHold('f:cidr');
    await settled();
    expect((await object()).spec['natOutgoing']).toBe(true);
    await applyAs(manager, { natOutgoing: false });
    await seenWith('natOutgoing', false);
    await site.stands('a', synced);
    await update({ disabled: true });
    await settled();
    expect((await object()).spec).toMatchObject({ natOutgoing: false, disabled: true });
    // it is a pool of ours like any other, also to be deleted
    expect(await listLivePools(site.deps)).toMatchObject([{ name: 'a', standing: 'managed', owner: 'outgate' }]);
    expect((await getCluster(site.deps)).live).toEqual({
      managed: 1,
      observed: 0,
      foreign: 0,
      deleting: 0,
      refused: 0,
      unreadable: 0,
    });
    expect((await previewDelete(site.deps, ['a'])).inCluster).toEqual([
      { name: 'a', becomes: 'deleted', managers: [manager], finalizers: [] },
    ]);
    const { version } = await pool();
    await deletePool(site.deps, editor, { name: 'a', expectedVersion: version, reason });
    await soon(async () => expect(await site.stored('a')).toBe(null));
    await site.api.caller('editor').pools.create({ name: 'a', spec: nat });
    await site.stands('a', synced);
    expect(await released()).toEqual([]);
  },
);

it('enforce and force do not reach it, and reach the other fields', async () => {
  await site.made();
  await editedThere();
  await choose('release-field');
  await site.edit('a', { disabled: true });
  await site.stands('a', { state: 'OutOfSync', detail: { fields: ['disabled'] } });
  const { version } = await pool();
  await resolvePool(site.deps, editor, { name: 'a', choice: 'ours', expectedVersion: version, reason });
  await settled();
  expect((await object()).spec).toMatchObject({ natOutgoing: false, disabled: false });
  const { version: expectedVersion } = await pool();
  await setPolicy(site.deps, editor, { name: 'a', policy: 'enforce', expectedVersion, reason });
  await settled();
  await site.edit('a', { disabled: true });
  await soon(async () => expect((await site.stand('a'))?.detail.rewrites).toHaveLength(1));
  expect((await object()).spec).toMatchObject({ natOutgoing: false, disabled: false });
  expect(await released()).toEqual(['natOutgoing']);
});

it('one field is released while another waits: nobody is written over for that', async () => {
  await site.made();
  await applyAs('kubectl', { natOutgoing: true });
  await site.edit('a', { disabled: true });
  await site.stands('a', { state: 'OutOfSync', detail: { fields: ['disabled'] } });
  await choose('release-field');
  await weHold('f:cidr');
  await settled({
    state: 'OutOfSync',
    reason: 'FieldChangedInCluster',
    detail: { fields: ['disabled'], managers: ['kubectl-edit'] },
  });
  expect((await object()).spec).toMatchObject({ natOutgoing: true, disabled: true });
});

it('what nobody else holds is not released, and says why', async () => {
  await site.made();
  const refused = (field: PoolField) =>
    expect(choose('release-field', field)).rejects.toMatchObject({
      reason: 'INVALID_INPUT',
      message: /cannot be released/,
    });
  await refused('natOutgoing');
  await refused('cidr');
  expect(await released()).toEqual([]);
  // what the object does not have at all is nobody's
  await choose('release-field', 'namespaceSelector');
  await expect(choose('release-field', 'namespaceSelector')).rejects.toMatchObject({ reason: 'NOTHING_CHANGES' });
  await expect(choose('decide-field')).rejects.toMatchObject({ reason: 'NOTHING_CHANGES' });
  await site.edit('a', { namespaceSelector: 'all()' });
  await seenWith('namespaceSelector', 'all()');
  await site.stands('a', synced);
});

it('of a set it is released when others hold every item of ours', async () => {
  await site.made({ ...nat, allowedUses: ['Tunnel', 'Workload'] });
  await applyAs('kubectl', { allowedUses: ['Tunnel'] });
  await heldBy('kubectl', 'allowedUses');
  expect((await row('allowedUses'))?.releaseRefused).toMatch(/nobody else holds/);
  await expect(choose('release-field', 'allowedUses')).rejects.toMatchObject({ reason: 'INVALID_INPUT' });
  await applyAs('kubectl', { allowedUses: ['Tunnel', 'Workload'] });
  await soon(async () => expect((await row('allowedUses'))?.releaseRefused).toBe(null));
  await choose('release-field', 'allowedUses');
  await soon(async () => expect((await object()).ours).not.toContain('f:allowedUses'));
  expect((await object()).spec['allowedUses']).toEqual(['Tunnel', 'Workload']);
  await applyAs('kubectl', { allowedUses: ['Workload'] });
  await seenWith('allowedUses', ['Workload']);
  await site.stands('a', synced);
});

it('deleted here, it is counted as what it is while its object is there still', async () => {
  await site.made();
  await applyAs('gateway-controller', { natOutgoing: true });
  await heldBy('gateway-controller');
  await choose('release-field');
  await weHold('f:cidr');
  await settled();
  await site.end();
  const { version } = await pool();
  await deletePool(site.deps, editor, { name: 'a', expectedVersion: version, reason });
  expect(await listLivePools(site.deps)).toMatchObject([{ standing: 'observed', owner: 'outgate' }]);
  expect((await getCluster(site.deps)).live).toEqual({
    managed: 0,
    observed: 0,
    foreign: 0,
    deleting: 1,
    refused: 0,
    unreadable: 0,
  });
  expect((await rememberedPools(site.api.database.db)).known).toEqual(new Map());
});

it('what is released while nobody leads, and when another leads, is let go and stays so', async () => {
  await site.made();
  await applyAs('kubectl', { natOutgoing: true });
  await heldBy('kubectl');
  await site.end();
  await choose('release-field');
  await site.begin();
  await weHold('f:cidr');
  await settled();
  await site.end();
  await applyAs('kubectl', { natOutgoing: false });
  await site.begin();
  await seenWith('natOutgoing', false);
  await settled();
  expect((await object()).ours).toEqual(['f:cidr']);
  expect(await pool()).toMatchObject({ spec: { natOutgoing: false }, sync: { released: ['natOutgoing'] } });
});

it('who else held it is gone by the time that it is let go: it stays as it is, under our name', async () => {
  await site.made();
  await applyAs('kubectl', { natOutgoing: true });
  await heldBy('kubectl');
  await site.end();
  await choose('release-field');
  await applyAs('kubectl', { disabled: false });
  await site.begin();
  await settled();
  await update({ disabled: true });
  await site.stands('a', { state: 'Contested' });
  await applyAs('kubectl', { nodeSelector: 'all()' });
  await site.stands('a', synced);
  expect(await object()).toMatchObject({ spec: { natOutgoing: true, disabled: true } });
});
