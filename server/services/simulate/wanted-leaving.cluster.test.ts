/** What is deleted here while nobody leads, and whose object in a real cluster others apply too: what stays there is wanted as it is. */
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

const whole = { cidr: nat.cidr, natOutgoing: true };

it.each([
  { by: 'gateway-controller', what: 'all of it', spec: whole, stays: ['a'] },
  { by: 'gateway-controller', what: 'a field', spec: { natOutgoing: true }, stays: [] },
  { by: 'kubectl', what: 'all of it', spec: whole, stays: [] },
])('beside $by, who applies $what as well', async ({ by: manager, spec, stays }) => {
  await site.made();
  const metadata = { name: 'a' };
  const object = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata, spec };
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
  await site.begin();
  await soon(async () => expect(await site.stand('a')).toBe(undefined));
  // who leads takes our name from what stays, and nothing else
  const named = (await site.stored('a'))?.metadata.managedFields.map((claim) => claim.manager) ?? [];
  expect(named).toEqual(stays.map(() => manager));
});
