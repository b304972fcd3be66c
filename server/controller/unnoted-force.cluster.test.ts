/** Force that a leader sent which ended before it noted it, on a pool with a set of which others keep an item. */
import { expect, it } from 'vitest';
import { editedPool } from '../../e2e/cluster/edited.ts';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms, nat } from '../../e2e/cluster/led-terms.ts';
import { held, nowhere, toldChanges } from '../../e2e/cluster/told-changes.ts';

const site = ledTerms();
const edited = editedPool(site);
const { told, holds, onlyTold } = toldChanges(site);
const { policy, sent, rows, whole } = history(site);
const ours = { ...nat, allowedUses: ['Tunnel' as const] };

async function editedSet(): Promise<void> {
  await site.made(ours);
  await site.edit('a', { natOutgoing: false, allowedUses: ['Workload'] });
  await site.stands('a', { state: 'OutOfSync' });
}

it('is told as force, all that it moved', async () => {
  await editedSet();
  await site.end();
  const { id: forced } = await edited.force();
  await sent(ours, true);
  await site.begin();
  await site.stands('a', { state: 'OutOfSync', detail: { fields: ['allowedUses'] } });
  await holds();
  expect(await told(forced)).toMatchObject(held);
  expect(await rows(2)).toMatchObject([{ sequence: forced }, { actor: 'kubectl-edit' }]);
  await whole();
});

it('that is void carries nothing out: the policy wrote over what differed', async () => {
  await editedSet();
  await site.end();
  await policy('enforce');
  const { id: forced } = await edited.force();
  await site.edit('a', { disabled: true }, 'nightly-job');
  await onlyTold();
  await sent(ours, true);
  await site.begin();
  await site.stands('a', { applied: { version: forced }, detail: { fields: ['allowedUses'] } });
  await holds();
  expect(await told(forced)).toMatchObject({ ...nowhere, didNothing: expect.any(String) });
  const enforced = { actor: 'outgate', action: 'pool.enforce' };
  expect(await rows(3)).toMatchObject([
    { ...enforced, before: { spec: { disabled: true } } },
    {
      ...enforced,
      before: { spec: { natOutgoing: false, allowedUses: ['Workload'] } },
      after: { spec: { natOutgoing: true, allowedUses: ['Workload', 'Tunnel'] } },
    },
    { actor: 'nightly-job' },
  ]);
  await whole();
});
