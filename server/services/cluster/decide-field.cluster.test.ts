/** A released field is decided here again, by whoever says so or decides another value; what waits of other fields waits on. */
import { expect, it } from 'vitest';
import type { PoolSpec } from '../../../core/pool/spec.ts';
import { fieldTerms, synced } from '../../../e2e/cluster/field-terms.ts';
import { editor } from '../../testing/test-api.ts';
import { exportPools } from '../pools/export-pools.ts';
import { importPools } from '../pools/import-pools.ts';
import { updatePool } from '../pools/write-pool.ts';
import { comparePool } from './compare-pool.ts';
import { resolvePool } from './resolve-pool.ts';

const { site, pool, choose, update, object, seenWith, released, weHold, editedThere, settled } = fieldTerms();
const reason = 'it is ours to say';

it('decided here again it keeps the cluster’s value, beside who holds it', async () => {
  await site.made();
  await editedThere();
  await choose('release-field');
  await site.edit('a', { natOutgoing: true });
  await seenWith('natOutgoing', true);
  const { version, seen } = await comparePool(site.deps, 'a');
  await site.edit('a', { natOutgoing: false }, 'nightly-job');
  await seenWith('natOutgoing', false);
  const stale = resolvePool(site.deps, editor, {
    name: 'a',
    choice: 'decide-field',
    field: 'natOutgoing',
    expectedVersion: version,
    seen,
    reason,
  });
  await expect(stale).rejects.toMatchObject({ reason: 'VERSION_STALE' });
  const change = await choose('decide-field');
  expect(change).toMatchObject({ action: 'pool.decide-field', before: { takenBack: ['natOutgoing'] } });
  await weHold('f:cidr', 'f:natOutgoing');
  await settled();
  expect((await object()).spec['natOutgoing']).toBe(false);
  expect(await pool()).toMatchObject({ spec: { natOutgoing: false }, sync: { released: [] } });
  await site.edit('a', { natOutgoing: true });
  await site.stands('a', { state: 'OutOfSync', detail: { fields: ['natOutgoing'] } });
});

it('whoever decides another value than it has takes it back, also the one that it had', async () => {
  await site.made();
  await editedThere();
  await choose('release-field');
  await settled();
  const yaml = (await exportPools(site.deps, { names: ['a'], api: 'v3' })).yaml;
  expect(await importPools(site.deps, editor, { yaml })).toMatchObject({ unchanged: ['a'], change: null });
  await update({ disabled: true });
  await settled();
  expect(await released()).toEqual(['natOutgoing']);
  const { change } = await update({ natOutgoing: true });
  expect(change).toMatchObject({ before: { spec: { natOutgoing: false }, takenBack: ['natOutgoing'] } });
  expect(await released()).toEqual([]);
  // by an apply that takes nothing from anybody
  await site.stands('a', { state: 'Contested', reason: 'FieldOwnedByOther', detail: { managers: ['kubectl-edit'] } });
  expect((await object()).spec['natOutgoing']).toBe(false);
  await resolvePool(site.deps, editor, {
    name: 'a',
    choice: 'theirs',
    expectedVersion: (await pool()).version,
    reason,
  });
  await site.stands('a', synced);
  // what is stored is what it had when it was let go
  await site.edit('a', { natOutgoing: true });
  await site.stands('a', { state: 'OutOfSync' });
  await choose('release-field');
  await site.edit('a', { natOutgoing: false });
  await seenWith('natOutgoing', false);
  await update({ natOutgoing: true });
  expect(await released()).toEqual([]);
  await site.stands('a', { state: 'Contested' });
});

it('a save that was begun before it moved takes it back only where it decides it', async () => {
  await site.made();
  await editedThere();
  await choose('release-field');
  await settled();
  const { spec: shown, version } = await pool();
  await site.edit('a', { natOutgoing: true });
  await seenWith('natOutgoing', true);
  const save = (spec: PoolSpec, expectedVersion: number) =>
    updatePool(site.deps, editor, { name: 'a', spec, expectedVersion, shown });
  await expect(save(shown, version)).rejects.toMatchObject({ reason: 'NOTHING_CHANGES' });
  const { change, pool: saved } = await save({ ...shown, disabled: true }, version);
  expect(change.after).toMatchObject({ spec: { natOutgoing: true, disabled: true } });
  expect(saved.spec).toMatchObject({ natOutgoing: true, disabled: true });
  expect(await released()).toEqual(['natOutgoing']);
  await settled();
  expect((await object()).spec).toMatchObject({ natOutgoing: true, disabled: true });
  await site.edit('a', { natOutgoing: false });
  await seenWith('natOutgoing', false);
  const { change: back } = await save({ ...shown, natOutgoing: true }, change.id);
  expect(back.before).toMatchObject({ takenBack: ['natOutgoing'] });
  expect(await released()).toEqual([]);
});

it('a save that does not say what it was made from decides nothing about a released field that moved', async () => {
  await site.made();
  await editedThere();
  await choose('release-field');
  await settled();
  const { spec: old, version: expectedVersion } = await pool();
  await site.edit('a', { natOutgoing: true });
  await seenWith('natOutgoing', true);
  const save = (spec: PoolSpec) => updatePool(site.deps, editor, { name: 'a', spec, expectedVersion });
  await expect(save({ ...old, disabled: true })).rejects.toMatchObject({
    reason: 'INVALID_INPUT',
    message: /natOutgoing is released/,
    details: { issues: [{ field: 'shown' }] },
  });
  expect(await released()).toEqual(['natOutgoing']);
  // as it is now it is no decision either
  const { change } = await save({ ...old, natOutgoing: true, disabled: true });
  expect(change.before).not.toHaveProperty('takenBack');
  await settled();
  expect(await released()).toEqual(['natOutgoing']);
});

it('what somebody took away, and nobody holds, is not brought back for that', async () => {
  await site.made();
  const letGo = await choose('release-field', 'namespaceSelector');
  await site.stands('a', { state: 'Synced', applied: { version: letGo.id } });
  await site.edit('a', { natOutgoing: null });
  const waits = { state: 'OutOfSync', reason: 'FieldChangedInCluster', detail: { fields: ['natOutgoing'] } };
  await site.stands('a', waits);
  const decided = await choose('decide-field', 'namespaceSelector');
  await site.stands('a', { ...waits, applied: { version: decided.id } });
  // the leader has surely looked at the decision when it has looked at this
  await site.edit('a', { disabled: true });
  await site.stands('a', { ...waits, detail: { fields: ['natOutgoing', 'disabled'] } });
  expect((await object()).spec).not.toMatchObject({ natOutgoing: true });
});
