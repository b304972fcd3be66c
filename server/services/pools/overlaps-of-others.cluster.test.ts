/** A pool of ours is shown with what it breaks beside the pools of others in the cluster. */
import { expect, it } from 'vitest';
import { ledTerms, nat, POOLS } from '../../../e2e/cluster/led-terms.ts';
import { must } from '../../../e2e/cluster/request.ts';
import { getPool } from './get-pool.ts';
import { listPools } from './list-pools.ts';

const site = ledTerms();

it('around it, inside it and of the same CIDR, as long as they are there; its own object is no other', async () => {
  await site.made();
  const shown = async () => {
    await Promise.all([site.deps.state.refresh(), site.deps.effective.refresh()]);
    const { violations } = await getPool(site.deps, 'a');
    expect((await listPools(site.deps, { limit: 10 })).pools).toMatchObject([{ name: 'a', violations }]);
    return violations;
  };
  const sees = (names: readonly string[]) =>
    expect
      .poll(shown, { timeout: 10_000 })
      .toMatchObject(names.map((name) => ({ rule: 'C17', message: expect.stringContaining(`IPPool(${name})`) })));
  await sees([]);
  await site.make('around', { cidr: '10.0.0.0/8', natOutgoing: true });
  await site.make('same', { cidr: nat.cidr });
  await site.make('inside', { cidr: '10.1.2.0/24' });
  await site.make('beside', { cidr: '10.2.0.0/16' });
  await sees(['around', 'same', 'inside']);
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/around`);
  await sees(['same', 'inside']);
});
