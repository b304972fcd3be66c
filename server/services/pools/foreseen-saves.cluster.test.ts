/** What the cluster will not take of a pool as it is saved is said before, by what is known of its objects: and so it comes. */
import { expect, it } from 'vitest';
import { ledTerms, nat } from '../../../e2e/cluster/led-terms.ts';
import { soon } from '../../testing/soon.ts';
import { editor } from '../../testing/test-api.ts';
import { previewRevert } from '../changes/revert-change.ts';
import { adoptPools } from '../cluster/adopt-pools.ts';
import { setPolicy } from '../cluster/resolve-pool.ts';
import { getPool } from './get-pool.ts';
import { importPools, previewImport } from './import-pools.ts';
import { previewPools } from './preview-pools.ts';
import { createPool, deletePool, updatePool } from './write-pool.ts';

const site = ledTerms();
const reason = 'it is ours to say';
const off = { ...nat, natOutgoing: false };
const yamlOf = (name: string, spec: object): string =>
  JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name }, spec });
const previewed = async (spec = off, name = 'found') =>
  (await previewPools(site.deps, { name, spec }, { mayWrite: false })).warnings;
const imported = async (spec = off) =>
  (await previewImport(site.deps, yamlOf('found', spec), { mayWrite: false })).warnings;

async function foundThere(): Promise<void> {
  await site.begin();
  await site.make('found', nat);
  await expect.poll(() => previewed(nat), { timeout: 10_000 }).not.toEqual([]);
}

it('of an adopted pool, the field that its maker holds still; by enforce it is taken from them', async () => {
  await foundThere();
  await adoptPools(site.deps, editor, { names: ['found'], reason });
  await site.stands('found', { state: 'Synced' });
  const held = {
    code: 'W_CLUSTER_FIELD_HELD',
    field: 'spec.natOutgoing',
    message: expect.stringMatching(/kubectl-create: this save will be contested/),
  };
  expect(await previewed(nat)).toEqual([]);
  expect(await previewed()).toEqual([held]);
  expect(await imported()).toEqual([{ ...held, pool: 'found' }]);
  expect((await getPool(site.deps, 'found')).warnings).toEqual([]);
  const { version: expectedVersion } = await getPool(site.deps, 'found');
  const { pool } = await updatePool(site.deps, editor, { name: 'found', spec: off, expectedVersion });
  expect(pool.warnings).toEqual([held]);
  await site.stands('found', { state: 'Contested', reason: 'FieldOwnedByOther' });
  // nothing of it is written, whatever else is changed
  expect(await previewed({ ...off, disabled: true } as typeof off)).toEqual([held]);
  const contested = await importPools(site.deps, editor, { yaml: yamlOf('found', { ...off, disabled: true }) });
  expect(contested.warnings).toEqual([{ ...held, pool: 'found' }]);
  await site.stands('found', { state: 'Contested', reason: 'FieldOwnedByOther' });
  const { version } = await getPool(site.deps, 'found');
  await setPolicy(site.deps, editor, { name: 'found', policy: 'enforce', expectedVersion: version, reason });
  await site.stands('found', { state: 'Synced' });
  expect(await previewed(nat)).toEqual([]);
});

it('a pool of the name that is there already and not ours, with the way on', async () => {
  await foundThere();
  const taken = {
    code: 'W_CLUSTER_HAS_POOL',
    field: 'metadata.name',
    message: expect.stringMatching(/'found' already, of kubectl.*Adopt theirs/),
  };
  expect(await previewed()).toEqual([taken]);
  expect(await previewed(off, 'free')).toEqual([]);
  expect(await imported()).toEqual([{ ...taken, pool: 'found' }]);
  const { pool } = await createPool(site.deps, editor, { name: 'found', spec: off });
  expect(pool.warnings).toMatchObject([{ code: 'W_CLUSTER_HAS_POOL', message: expect.stringMatching(/Take theirs/) }]);
  await site.stands('found', { state: 'OutOfSync', reason: 'NotAdopted' });
});

it('a revert that makes a pool again whose name one of others has by now', async () => {
  await site.begin();
  const made = await createPool(site.deps, editor, { name: 'found', spec: nat });
  await site.stands('found', { state: 'Synced' });
  const gone = await deletePool(site.deps, editor, { name: 'found', expectedVersion: made.change.id, reason });
  await soon(async () => expect(await site.stand('found')).toBe(undefined));
  expect(await previewRevert(site.deps, gone.change.id)).toMatchObject({ conflicts: [], warnings: [] });
  await site.make('found', nat);
  await soon(async () =>
    expect((await previewRevert(site.deps, gone.change.id)).warnings).toMatchObject([
      { pool: 'found', code: 'W_CLUSTER_HAS_POOL', message: expect.stringMatching(/Adopt theirs/) },
    ]),
  );
});
