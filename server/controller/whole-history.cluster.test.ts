/** What became of a pool in the cluster stands in History without a gap: each move is one that a row tells, field by field. */
import { expect, it } from 'vitest';
import type { PoolSpec } from '../../core/pool/spec.ts';
import { editedPool } from '../../e2e/cluster/edited.ts';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { held, nowhere, toldChanges } from '../../e2e/cluster/told-changes.ts';

const site = ledTerms();
const edited = editedPool(site);
const { told, holds } = toldChanges(site);
const { policy, update, theirs, sent, rows, whole } = history(site);

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

const sentByForce = () => sent(nat, true);

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
