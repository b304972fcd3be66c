/** From when on the cluster has what a change decided, where no write of ours carries out this change. */
import { expect, it } from 'vitest';
import { editedPool } from '../../e2e/cluster/edited.ts';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms } from '../../e2e/cluster/led-terms.ts';
import { liveChangesSince, readLive } from '../db/live.ts';
import { poolsCarriedOut } from '../db/pools-carried-out.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const edited = editedPool(site);
const { policy, update } = history(site);

const last = async () => (await readLive(site.api.database.db)).sequence;
const from = async (change: number) => (await poolsCarriedOut(site.api.database.db, [change])).get(change);

it('a policy counts from what it wrote back on, and not from an older state', async () => {
  await edited.make();
  const before = await last();
  const policed = await policy('enforce');
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: policed } });
  expect((await liveChangesSince(site.api.database.db, before, 10)).map(({ action }) => action)).toEqual([
    'pool.enforce',
  ]);
  expect(await from(policed)).toBe(await last());
});

it('a policy of a pool that was as desired counts from then on, whatever is written back later', async () => {
  await site.made();
  const policed = await policy('enforce');
  await site.stands('a', { state: 'Synced', applied: { version: policed } });
  const then = await last();
  expect(await from(policed)).toBe(then);
  await site.edit('a', { natOutgoing: false });
  await site.stands('a', { state: 'Synced', detail: { rewrites: { length: 1 } } });
  expect(await last()).toBe(then + 2);
  expect(await from(policed)).toBe(then);
});

it('what others set as it was decided, before we did, is there from their write on', async () => {
  await site.made();
  await site.end();
  const off = await update({ disabled: true });
  await site.edit('a', { disabled: true });
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: off } });
  expect(await from(off)).toBe(await last());
});

it('a set of which others keep an item counts from the write on that took the rest', async () => {
  await site.made({ cidr: '10.1.0.0/16', natOutgoing: true, allowedUses: ['Tunnel'] });
  await site.edit('a', { allowedUses: ['Workload', 'Tunnel'], natOutgoing: false });
  await site.stands('a', { state: 'OutOfSync' });
  const policed = await policy('enforce');
  await soon(async () => expect((await site.stand('a'))?.applied).toMatchObject({ version: policed }));
  expect(await from(policed)).toBe(await last());
});

it('a set of which others keep an item counts also where nothing else was written back', async () => {
  await site.made({ cidr: '10.1.0.0/16', natOutgoing: true, allowedUses: ['Tunnel'] });
  await site.edit('a', { allowedUses: ['Workload'] });
  await site.stands('a', { state: 'OutOfSync' });
  const policed = await policy('enforce');
  await soon(async () => expect((await site.stand('a'))?.applied).toMatchObject({ version: policed }));
  expect((await site.stored('a'))?.spec).toMatchObject({ allowedUses: ['Workload', 'Tunnel'] });
  expect(await from(policed)).toBe(await last());
});
