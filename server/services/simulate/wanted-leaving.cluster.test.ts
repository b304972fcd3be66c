/** What is deleted here while nobody leads, and whose object in a real cluster is not ours: it stays there, so it is wanted as it is. */
import { expect, it } from 'vitest';
import { ledTerms, nat, POOLS } from '../../../e2e/cluster/led-terms.ts';
import { readLivePools } from '../../db/live.ts';
import { apply } from '../../kube/write.ts';
import { soon } from '../../testing/soon.ts';
import { editor } from '../../testing/test-api.ts';
import { getPool } from '../pools/get-pool.ts';
import { deletePool } from '../pools/write-pool.ts';
import { wantedPools } from './wanted-pools.ts';

const site = ledTerms();

it.each([
  { by: 'gateway-controller', stays: ['a'] },
  { by: 'kubectl', stays: [] },
])('beside $by, who applies it as well', async ({ by: manager, stays }) => {
  await site.made();
  const metadata = { name: 'a' };
  const object = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata, spec: { natOutgoing: true } };
  await apply(site.connection, { path: POOLS, manager, object, force: false });
  await soon(async () => {
    const [live] = await readLivePools(site.api.database.db, ['a']);
    expect(live?.claims.map((claim) => claim.manager)).toContain(manager);
  });
  await site.end();
  const { version } = await getPool(site.deps, 'a');
  await deletePool(site.deps, editor, { name: 'a', expectedVersion: version, reason: 'no longer used' });
  await Promise.all([site.deps.state.refresh(), site.deps.effective.refresh()]);
  expect(site.deps.effective.pools()).toEqual([{ name: 'a', spec: expect.objectContaining(nat) }]);
  expect((await wantedPools(site.deps)).map(({ name }) => name)).toEqual(stays);
});
