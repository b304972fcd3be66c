/** Force that nobody has applied yet, and after which something else is decided about the pool: it is overtaken, and not void. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLivePool } from '../../../core/cluster/live-pool.ts';
import { writeLivePools } from '../../db/live.ts';
import { newSync, writeSync } from '../../db/sync.ts';
import { readVoidForce } from '../../db/void-force.ts';
import { editor, type TestApi, testApi } from '../../testing/test-api.ts';
import { unheardDeps } from '../../testing/unheard-cluster.ts';
import type { Deps } from '../deps.ts';
import { createPool, updatePool } from '../pools/write-pool.ts';
import { resolvePool } from './resolve-pool.ts';

let api: TestApi;
let deps: Deps;
beforeAll(async () => {
  api = await testApi();
  deps = await unheardDeps(api);
});
afterAll(() => api?.close());

it('also when force is decided once more: nothing had moved in the cluster', async () => {
  const { db } = api.database;
  const [name, spec] = ['a', { cidr: '10.1.0.0/16', natOutgoing: true }];
  const force = async (expectedVersion: number) =>
    (await resolvePool(deps, editor, { name, choice: 'ours', expectedVersion, reason: 'it must be so' })).change.id;
  const { change } = await createPool(deps, editor, { name, spec });
  const metadata = { name, uid: 'uid', resourceVersion: '1' };
  const live = readLivePool({ metadata, spec: { ...spec, natOutgoing: false } });
  await writeLivePools(db, live === null ? [] : [live], []);
  await writeSync(db, [{ ...newSync(name), applied: { uid: 'uid', version: change.id, spec } }]);
  const first = await force(change.id);
  const disabled = { ...spec, disabled: true };
  const { change: edit } = await updatePool(deps, editor, { name, spec: disabled, expectedVersion: first });
  await force(edit.id);
  expect(await readVoidForce(db, [first])).toEqual(new Map());
});
