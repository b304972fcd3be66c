/** Which changes of a pool the cluster has, as the ledger of a led term tells it. */
import { expect, it } from 'vitest';
import type { PoolSpec } from '../../core/pool/spec.ts';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import { liveChangesSince, readLive, readLivePools } from '../db/live.ts';
import { poolsCarriedOut } from '../db/pools-carried-out.ts';
import { setPolicy } from '../services/cluster/resolve-pool.ts';
import { editor } from '../testing/test-api.ts';
import { clusterPools } from './cluster-pools.ts';

const site = ledTerms();

it('each of several changes of a pool is in force when the cluster has it, and none before', async () => {
  const { db } = site.api.database;
  const editor = site.api.caller('editor');
  const causes = async () =>
    (await liveChangesSince(db, 0, 1000)).filter(({ pools }) => pools.includes('a')).map(({ cause }) => cause);
  const update = async (spec: PoolSpec, expectedVersion: number): Promise<number> =>
    (await editor.pools.update({ name: 'a', spec, expectedVersion })).change.id;
  const made = (await editor.pools.create({ name: 'a', spec: nat })).change.id;
  const off = await update({ ...nat, natOutgoing: false }, made);
  expect(await poolsCarriedOut(db, [made, off])).toEqual(
    new Map([
      [made, null],
      [off, null],
    ]),
  );
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: off } });
  // what was overtaken came with what overtook it
  const came = (await readLive(db)).sequence;
  expect((await causes()).at(-1)).toBe(off);
  expect([...(await poolsCarriedOut(db, [made, off])).values()]).toEqual([came, came]);
  await site.end();
  // there and back again moves nothing: the cluster said so already, and does after the next change too
  const back = await update({ ...nat, natOutgoing: false }, await update(nat, off));
  expect(await poolsCarriedOut(db, [back])).toEqual(new Map([[back, null]]));
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: back } });
  expect(await poolsCarriedOut(db, [back])).toEqual(new Map([[back, came]]));
  const on = await update(nat, back);
  await site.stands('a', { state: 'Synced', applied: { version: on } });
  expect([...(await poolsCarriedOut(db, [off, back])).values()]).toEqual([came, came]);
  await site.end();
  // the next one is saved before it is seen that this one came: it is this one that came
  const first = await update({ ...nat, disabled: true }, on);
  const second = await update({ ...nat, natOutgoing: false }, first);
  const live = (await readLivePools(db, ['a']))[0];
  if (live === undefined) throw new Error('no pool');
  const spec = { ...nat, disabled: true };
  const { uid, resourceVersion } = live;
  await clusterPools(site.connection, 'projectcalico.org/v3').apply({
    name: 'a',
    spec,
    uid,
    resourceVersion,
    force: false,
  });
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: second } });
  expect((await causes()).slice(-2)).toEqual([first, second]);
  const [of1, of2] = [...(await poolsCarriedOut(db, [first, second])).values()];
  expect(Number(of1)).toBeLessThan(Number(of2));
});

it('what is made here again after it was deleted here is no writing back, also where its policy is to enforce', async () => {
  const { db } = site.api.database;
  const { pools } = site.api.caller('editor');
  await site.made();
  await site.end();
  const { version } = await pools.get({ name: 'a' });
  await pools.delete({ name: 'a', expectedVersion: version, reason: 'not needed' });
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  const made = (await pools.create({ name: 'a', spec: nat })).change.id;
  const enforce = { name: 'a', policy: 'enforce', expectedVersion: made, reason: 'nobody else may change it' } as const;
  const policed = (await setPolicy(site.deps, editor, enforce)).change.id;
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: policed } });
  expect((await liveChangesSince(db, 0, 1000)).at(-1)).toMatchObject({
    action: 'cluster.change',
    cause: policed,
    before: null,
    after: { spec: nat },
  });
});
