/** A change of a pool is taken back while the cluster decides a field of it, or has it otherwise. */
import { beforeEach, expect, it } from 'vitest';
import type { PoolField } from '../../../core/cluster/compare.ts';
import { readLivePool } from '../../../core/cluster/live-pool.ts';
import type { PoolSpec } from '../../../core/pool/spec.ts';
import { writeLivePools } from '../../db/live.ts';
import { releasedOf, writeReleased } from '../../db/released.ts';
import { newSync, writeSync } from '../../db/sync.ts';
import { writeVoidForce } from '../../db/void-force.ts';
import { editor } from '../../testing/test-api.ts';
import { unheardSite } from '../../testing/unheard-cluster.ts';
import { resolvePool } from '../cluster/resolve-pool.ts';
import { createPool, updatePool } from '../pools/write-pool.ts';
import { revertChange } from './revert-change.ts';

const site = unheardSite();
const reason = 'it was not meant';
const spec: PoolSpec = { cidr: '10.1.0.0/16', natOutgoing: true };

let name = '';
beforeEach(async ({ task }) => {
  name = `pool-${task.id.split('_').at(-1)}`;
});
let version = 0;
async function inCluster(their: Partial<PoolSpec>): Promise<void> {
  const metadata = { name, uid: name, resourceVersion: `${++version}` };
  const live = readLivePool({ metadata, spec: { ...spec, ...their } });
  await writeLivePools(site.api.database.db, live === null ? [] : [live], []);
}
async function releasedAs(field: PoolField, value: Partial<PoolSpec>): Promise<void> {
  await writeSync(site.api.database.db, [newSync(name)]);
  await writeReleased(site.api.database.db, name, [field]);
  await inCluster(value);
}
const released = () => releasedOf(site.api.database.db, name);

it('a field that moved there, and that the change did not decide, is no change since, and stays released', async () => {
  const { change } = await createPool(site.deps, editor, { name, spec });
  await releasedAs('natOutgoing', {});
  const { change: off } = await updatePool(site.deps, editor, {
    name,
    spec: { ...spec, disabled: true },
    expectedVersion: change.id,
  });
  await inCluster({ natOutgoing: false });
  const reverted = await revertChange(site.deps, editor, { id: off.id, reason });
  expect(reverted.change).toMatchObject({ after: { spec: { cidr: spec.cidr, natOutgoing: false } } });
  expect(reverted.change?.after).not.toMatchObject({ spec: { disabled: true } });
  expect(await released()).toEqual(['natOutgoing']);
});

it('one that the change decided is decided here again, unless it moved there since', async () => {
  const own = { ...spec, cidr: '10.2.0.0/16' };
  const { change } = await createPool(site.deps, editor, { name, spec: own });
  const nodeSelector = "rack == '1'";
  const { change: racked } = await updatePool(site.deps, editor, {
    name,
    spec: { ...own, nodeSelector },
    expectedVersion: change.id,
  });
  await releasedAs('nodeSelector', { nodeSelector: "rack == '2'" });
  await expect(revertChange(site.deps, editor, { id: racked.id, reason })).rejects.toMatchObject({
    reason: 'CHANGED_SINCE',
    message: expect.stringContaining(`${name} was changed since in the cluster`),
  });
  await inCluster({ nodeSelector });
  const reverted = await revertChange(site.deps, editor, { id: racked.id, reason });
  expect(reverted.change).toMatchObject({ before: { takenBack: ['nodeSelector'] }, after: { spec: own } });
  expect(await released()).toEqual([]);
});

it('of what was changed since, force that did nothing is no part', async () => {
  const own = { ...spec, cidr: '10.3.0.0/16' };
  const { change } = await createPool(site.deps, editor, { name, spec: own });
  await inCluster({ ...own, natOutgoing: false });
  const applied = { uid: name, version: change.id, spec: own };
  await writeSync(site.api.database.db, [{ ...newSync(name), applied }]);
  const force = { name, choice: 'ours', expectedVersion: change.id, reason } as const;
  const { change: forced } = await resolvePool(site.deps, editor, force);
  await writeVoidForce(site.api.database.db, { change: forced.id, why: () => 'the pool was deleted in the cluster' });
  const { change: later } = await updatePool(site.deps, editor, {
    name,
    spec: { ...own, disabled: true },
    expectedVersion: forced.id,
  });
  const { conflicts } = await revertChange(site.deps, editor, { id: change.id, dryRun: true });
  expect(conflicts).toMatchObject([{ target: name, changes: [{ id: later.id }] }]);
});
