/** The leader knows by what decision it wrote: where two decided the same, what comes is told by the one that sent it. */
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { PoolSpec } from '../../core/pool/spec.ts';
import { editedPool } from '../../e2e/cluster/edited.ts';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { must } from '../../e2e/cluster/request.ts';
import { held, nowhere, toldChanges } from '../../e2e/cluster/told-changes.ts';
import { liveChangesSince } from '../db/live.ts';
import { soon } from '../testing/soon.ts';

const site = ledTerms();
const edited = editedPool(site);
const { told, holds } = toldChanges(site);
const { policy, update, sent, rows, whole } = history(site);

it('force that a policy came before does nothing, though the policy sends the same', async () => {
  await edited.make();
  const { id: forced } = await edited.force();
  const policed = await policy('enforce');
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: policed } });
  await holds();
  const didNothing = `change #${policed} by editor came before it was carried out`;
  expect(await told(forced)).toMatchObject({ ...nowhere, didNothing });
  expect(await told(policed)).toMatchObject(held);
  await whole();
});

it('force that was found void never counts, though what it wanted comes later by a policy', async () => {
  await edited.make();
  const { id: first } = await edited.force();
  await site.edit('a', { disabled: true }, 'nightly-job');
  await site.begin();
  await site.stands('a', { state: 'OutOfSync', forceSeen: null });
  await site.edit('a', { disabled: false }, 'nightly-job');
  await site.stands('a', { detail: { fields: ['natOutgoing'] } });
  await site.end();
  const { id: second } = await edited.force();
  await site.edit('a', { disabled: true }, 'nightly-job');
  await site.begin();
  await site.stands('a', { forceVersion: second, forceSeen: null });
  await site.edit('a', { disabled: false }, 'nightly-job');
  await site.stands('a', { detail: { fields: ['natOutgoing'] } });
  const policed = await policy('enforce');
  await site.stands('a', { state: 'Synced', applied: { version: policed } });
  await holds();
  for (const id of [first, second]) {
    expect(await told(id)).toMatchObject({ ...nowhere, didNothing: 'disabled not set → true by nightly-job' });
  }
  expect(await told(policed)).toMatchObject(held);
  await whole();
});

it('what a leader wrote that ended before it noted it, and what others wrote then, is each told for itself', async () => {
  await site.made();
  await site.end();
  const off = await update({ disabled: true });
  await sent({ ...nat, disabled: true }, false);
  await site.edit('a', { natOutgoing: false });
  await site.begin();
  await site.stands('a', { state: 'Contested' });
  await holds();
  expect(await rows(2)).toMatchObject([
    {
      actor: 'kubectl-edit',
      action: 'cluster.change',
      before: { spec: { natOutgoing: true, disabled: true } },
      after: { spec: { natOutgoing: false, disabled: true } },
    },
    { sequence: off },
  ]);
  expect(await told(off)).toMatchObject(held);
  await whole();
});

it('the watch may tell of it before the answer comes', async () => {
  await edited.make();
  const { id: forced } = await edited.force();
  const policed = await policy('enforce');
  const { connection } = site;
  await site.begin({
    ...connection,
    call: async (request) => {
      const answer = await connection.call(request);
      // longer than a writer waits for outcomes
      if (request.method === 'PATCH') await setTimeout(300);
      return answer;
    },
  });
  await site.stands('a', { state: 'Synced', applied: { version: policed } });
  await holds();
  expect(await told(forced)).toMatchObject(nowhere);
  expect(await told(policed)).toMatchObject(held);
  await whole();
});

it('what the policy wrote back is told as that, also where others are asked from then on', async () => {
  await site.made();
  await policy('enforce');
  await site.stands('a', { policy: 'enforce', state: 'Synced' });
  await site.end();
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  const { connection } = site;
  let asks = false;
  await site.begin({
    ...connection,
    call: async (request) => {
      // decided about when the leader has looked, and before it sends
      if (request.method === 'PATCH' && !asks) {
        asks = true;
        await policy('ask');
      }
      return connection.call(request);
    },
  });
  // Synced it may be said to be since before the edit: the leader notes what it wrote when it has written it
  const told = [
    { role: 'system', action: 'pool.enforce', before: null, after: { spec: nat } },
    { action: 'pool.policy' },
  ];
  await soon(async () => expect(await rows(2)).toMatchObject(told));
  await site.stands('a', { policy: 'ask', state: 'Synced' });
  await whole();
});

it('what the policy makes again is told as that, also where the policy came since it was applied last', async () => {
  await site.made();
  await site.end();
  await policy('enforce');
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.begin();
  await soon(async () =>
    expect(await rows(1)).toMatchObject([{ action: 'pool.enforce', before: null, after: { spec: nat } }]),
  );
  await site.stands('a', { policy: 'enforce', state: 'Synced' });
  await whole();
});

it('what others changed beside an item that they took out of a set of ours is theirs alone', async () => {
  await site.made({ ...nat, allowedUses: ['Tunnel', 'Workload'] } as PoolSpec);
  await site.edit('a', { natOutgoing: false, allowedUses: ['Workload'] });
  await site.stands('a', { state: 'OutOfSync' });
  expect(await rows(1)).toMatchObject([
    {
      actor: 'kubectl-edit',
      before: { spec: { natOutgoing: true, allowedUses: ['Tunnel', 'Workload'] } },
      after: { spec: { natOutgoing: false, allowedUses: ['Workload'] } },
    },
  ]);
  await whole();
});

it('of force that leaves the items of others in a set all that it moved is told as force', async () => {
  await site.made({ ...nat, allowedUses: ['Tunnel'] } as PoolSpec);
  await site.edit('a', { natOutgoing: false, allowedUses: ['Workload'] });
  await site.stands('a', { state: 'OutOfSync' });
  const { id: forced } = await edited.force();
  await site.stands('a', { applied: { version: forced } });
  expect((await liveChangesSince(site.api.database.db, 0, 1000)).at(-1)).toMatchObject({
    cause: forced,
    after: { spec: { natOutgoing: true, allowedUses: ['Workload', 'Tunnel'] } },
  });
  await whole();
});

it('what a leader applied that ended before it noted it is what was applied last', async () => {
  await site.made({ ...nat, natOutgoing: false });
  await site.end();
  const on = await update({});
  await sent(nat, false);
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: on, spec: nat } });
  await site.edit('a', { natOutgoing: null });
  await site.stands('a', { state: 'OutOfSync' });
  const off = await update({ disabled: true });
  await site.stands('a', { state: 'Synced', applied: { version: off } });
  expect(await rows(3)).toMatchObject([
    { reason: `nobody held it: set again with change #${off}` },
    { sequence: off },
    { actor: 'unknown' },
  ]);
  await whole();
});
