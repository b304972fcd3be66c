/** A pool of ours is shown with what it breaks beside the pools of others in the cluster. */
import { expect, it } from 'vitest';
import { MOST_OVERLAPS } from '../../../core/pool/validate.ts';
import { ledTerms, nat, POOLS } from '../../../e2e/cluster/led-terms.ts';
import { must } from '../../../e2e/cluster/request.ts';
import { editor } from '../../testing/test-api.ts';
import { getPool } from './get-pool.ts';
import { listPools } from './list-pools.ts';
import { previewPools } from './preview-pools.ts';
import { createPool, updatePool } from './write-pool.ts';

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

it('said by a preview, which is not refused for it, and by the save, as by its page afterwards', async () => {
  await site.begin();
  await site.make('wide', { cidr: '10.0.0.0/8', natOutgoing: true });
  const draft = (cidr: string) => ({ name: 'b', spec: { cidr, natOutgoing: true } });
  const preview = async (cidr: string) => (await previewPools(site.deps, draft(cidr), { mayWrite: false })).violations;
  const wide = { rule: 'C17', field: 'spec.cidr', message: expect.stringContaining('IPPool(wide) CIDR 10.0.0.0/8') };
  await expect.poll(() => preview('10.3.0.0/16'), { timeout: 10_000 }).toEqual([{ ...wide, ofOthers: true }]);
  expect(await preview('11.3.0.0/16')).toEqual([]);
  const made = await createPool(site.deps, editor, draft('10.3.0.0/16'));
  expect(made.pool).toMatchObject({ violations: [wide], decidedBy: null });
  await site.stands('b', { state: 'Synced' });
  const off = { name: 'b', spec: { cidr: '10.3.0.0/16' }, expectedVersion: made.pool.version };
  expect((await updatePool(site.deps, editor, off)).pool.violations).toEqual([wide]);
  // not what its own field says: a pool of others around it NATs
  const decidedBy = { nats: 'all', by: ['wide'], count: 1 };
  expect(await getPool(site.deps, 'b')).toMatchObject({ violations: [wide], decidedBy });
  expect((await listPools(site.deps, { limit: 10 })).pools).toMatchObject([{ name: 'b', decidedBy }]);
  // its own object in the cluster is no other, wherever it was
  expect(await preview('10.3.0.0/16')).toEqual([{ ...wide, ofOthers: true }]);
  expect(
    (await previewPools(site.deps, { ...draft('10.9.0.0/16'), name: 'wide' }, { mayWrite: false })).violations,
  ).toEqual([]);
});

it('all of them decide, also those that are too many to be named', async () => {
  await site.made({ cidr: '10.0.0.0/8' });
  const inside = (at: number) => `in-${String(at).padStart(3, '0')}`;
  const make = (from: number, to: number, natOutgoing: boolean) =>
    Promise.all(
      Array.from({ length: to - from }, (_, at) =>
        site.make(inside(from + at), { cidr: `10.${from + at}.0.0/16`, natOutgoing }),
      ),
    );
  const decided = async () => {
    await Promise.all([site.deps.state.refresh(), site.deps.effective.refresh()]);
    return (await getPool(site.deps, 'a')).decidedBy;
  };
  await make(0, MOST_OVERLAPS, false);
  await make(MOST_OVERLAPS, MOST_OVERLAPS + 1, true);
  await expect.poll(decided, { timeout: 10_000 }).toEqual({ nats: 'part', by: [inside(MOST_OVERLAPS)], count: 1 });
  await make(MOST_OVERLAPS + 1, 2 * MOST_OVERLAPS + 20, true);
  const by = Array.from({ length: MOST_OVERLAPS }, (_, at) => inside(MOST_OVERLAPS + at));
  await expect.poll(decided, { timeout: 10_000 }).toEqual({ nats: 'part', by, count: MOST_OVERLAPS + 20 });
});

it('as they are now: one that stays where it is and begins to NAT decides', async () => {
  await site.made({ cidr: '10.1.0.0/16' });
  await site.make('around', { cidr: '10.0.0.0/8' });
  const shown = async () => {
    await Promise.all([site.deps.state.refresh(), site.deps.effective.refresh()]);
    const { violations, decidedBy } = await getPool(site.deps, 'a');
    return [violations.length, decidedBy];
  };
  await expect.poll(shown, { timeout: 10_000 }).toEqual([1, null]);
  await must(site.server.as('admin'), 'PATCH', `${POOLS}/around`, { spec: { natOutgoing: true } });
  await expect.poll(shown, { timeout: 10_000 }).toEqual([1, { nats: 'all', by: ['around'], count: 1 }]);
});
