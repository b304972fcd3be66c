/** What became of a pool in the cluster stands in History without a gap: each move is one that a row tells, field by field. */
import { expect, it } from 'vitest';
import { differingFields } from '../../core/cluster/compare.ts';
import type { Pool, PoolSpec } from '../../core/pool/spec.ts';
import { editedPool } from '../../e2e/cluster/edited.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { held, nowhere, toldChanges } from '../../e2e/cluster/told-changes.ts';
import { findChange, findChanges } from '../db/changes.ts';
import { liveChangesSince, readLivePools } from '../db/live.ts';
import { resolvePool, setPolicy } from '../services/cluster/resolve-pool.ts';
import { editor as actor } from '../testing/test-api.ts';
import { clusterPools } from './cluster-pools.ts';

const site = ledTerms();
const edited = editedPool(site);
const { told, holds } = toldChanges(site);
const reason = 'it must be so';
const version = async () => (await site.api.caller('editor').pools.get({ name: 'a' })).version;
const policy = async (to: 'ask' | 'enforce') => {
  const decided = { name: 'a', policy: to, expectedVersion: await version(), reason };
  return (await setPolicy(site.deps, actor, decided)).change.id;
};
const update = async (spec: object) => {
  const decided = { name: 'a', spec: { ...nat, ...spec }, expectedVersion: await version() };
  return (await site.api.caller('editor').pools.update(decided)).change.id;
};
const rows = async (limit: number) => findChanges(site.api.database.db, { pool: 'a', others: true, limit });

const fieldsOf = (before: unknown, after: unknown): string[] =>
  before === null || after === null ? ['all'] : differingFields((before as Pool).spec, (after as Pool).spec);
/** Each move begins where the one before ended, and what carries out a change of ours moves nothing that this one does not say. */
async function whole(): Promise<void> {
  const { db } = site.api.database;
  const moves = (await liveChangesSince(db, 0, 1000)).filter(({ pools }) => pools.includes('a'));
  let last: unknown = null;
  for (const { before, after, cause } of moves) {
    expect(before).toEqual(last);
    last = after;
    const change = cause === null ? null : await findChange(db, cause);
    if (change === null || after === null) continue;
    const said = fieldsOf(change.before, change.after);
    if (!said.includes('all')) expect(said).toEqual(expect.arrayContaining(fieldsOf(before, after)));
  }
}

const enforced = { actor: 'outgate', role: 'system', action: 'pool.enforce' };
const asWanted = { spec: { natOutgoing: true } };

it('what others wrote since force was decided, and the policy writes over', async () => {
  await edited.make();
  await policy('enforce');
  const { id: forced } = await edited.force();
  await site.edit('a', { disabled: true }, 'nightly-job');
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: forced }, detail: { rewrites: { length: 1 } } });
  expect(await rows(2)).toMatchObject([
    { ...enforced, before: { spec: { natOutgoing: false, disabled: true } }, after: asWanted },
    { actor: 'nightly-job', action: 'cluster.change' },
  ]);
  await holds();
  expect(await told(forced)).toMatchObject({ ...nowhere, didNothing: 'disabled not set → true by nightly-job' });
  await whole();
});

it('force on a pool that is enforced, where nobody wrote since, is told as force', async () => {
  await edited.make();
  await policy('enforce');
  const { id: forced } = await edited.force();
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: forced } });
  await holds();
  expect(await told(forced)).toMatchObject({ ...held, before: { spec: { natOutgoing: false } } });
  expect(await rows(1)).toMatchObject([{ sequence: forced }]);
  await whole();
});

it('what the policy writes over with a change of ours', async () => {
  await edited.make();
  await policy('enforce');
  const off = await update({ disabled: true });
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: off } });
  await holds();
  expect(await told(off)).toMatchObject(held);
  expect(await rows(2)).toMatchObject([
    { ...enforced, before: { spec: { natOutgoing: false } }, after: { spec: { natOutgoing: true } } },
    { sequence: off },
  ]);
  await whole();
});

it('what a policy writes over that is set when others had written', async () => {
  await edited.make();
  const policed = await policy('enforce');
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: policed } });
  await holds();
  expect(await told(policed)).toMatchObject(held);
  expect(await rows(2)).toMatchObject([
    { ...enforced, before: { spec: { natOutgoing: false } } },
    { sequence: policed },
  ]);
  await whole();
});

it('a field that nobody holds any more, and that is set again with a change of ours', async () => {
  await site.made();
  await site.end();
  await site.edit('a', { natOutgoing: null });
  const off = await update({ disabled: true });
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: off } });
  await holds();
  expect(await told(off)).toMatchObject(held);
  expect(await rows(3)).toMatchObject([
    { actor: 'outgate', action: 'cluster.change', reason: `nobody held it: set again with change #${off}` },
    // nobody claims what is not there
    { actor: 'unknown', action: 'cluster.change', before: asWanted },
    { sequence: off },
  ]);
  await whole();
});

it('an item that others took out of a set of ours, before and after the policy set it again', async () => {
  const [both, one] = [{ allowedUses: ['Tunnel', 'Workload'] }, { allowedUses: ['Workload'] }];
  await site.made({ ...nat, ...both } as PoolSpec);
  await site.edit('a', one);
  await site.stands('a', { state: 'OutOfSync' });
  // who takes something away holds nothing
  const taken = { actor: 'unknown', action: 'cluster.change', before: { spec: both }, after: { spec: one } };
  expect(await rows(1)).toMatchObject([taken]);
  const policed = await policy('enforce');
  await site.stands('a', { state: 'Synced', applied: { version: policed } });
  await site.edit('a', one);
  await site.stands('a', { state: 'Synced', detail: { rewrites: { length: 1 } } });
  expect(await rows(2)).toMatchObject([enforced, taken]);
  await whole();
});

/** As a leader that ended before it could note what came of it. */
const sentByForce = () => sent(nat, true);
async function sent(spec: PoolSpec, force: boolean): Promise<void> {
  const [live] = await readLivePools(site.api.database.db, ['a']);
  if (live === undefined) throw new Error('no pool');
  const { uid, resourceVersion } = live;
  const request = { name: 'a', spec, uid, resourceVersion, force };
  await clusterPools(site.connection, 'projectcalico.org/v3').apply(request);
}
const theirs = async () => {
  const decided = { name: 'a', choice: 'theirs', expectedVersion: await version(), reason } as const;
  return (await resolvePool(site.deps, actor, decided)).change.id;
};

it.each([
  ['theirs', theirs, { natOutgoing: false }],
  ['enforce', () => policy('enforce'), { natOutgoing: true }],
])('force that was on its way when %s was decided', async (_, overtake, spec) => {
  await edited.make();
  const { id: forced } = await edited.force();
  await sentByForce();
  const overtaking = await overtake();
  expect(await told(forced)).toMatchObject({ didNothing: expect.stringContaining(`change #${overtaking} by editor`) });
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: overtaking } });
  expect((await site.stored('a'))?.spec).toMatchObject(spec);
  await holds();
  for (const id of [forced, overtaking]) expect(await told(id)).toMatchObject(held);
  await whole();
});

it('a change that was on its way when theirs was decided', async () => {
  await site.made();
  await site.end();
  const off = await update({ disabled: true });
  await sent({ ...nat, disabled: true }, false);
  const overtaking = await theirs();
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: overtaking } });
  expect((await site.stored('a'))?.spec['disabled']).not.toBe(true);
  await holds();
  for (const id of [off, overtaking]) expect(await told(id)).toMatchObject(held);
  await whole();
});
