/** A released field is decided here again while the cluster has another field otherwise: that one waits as it did. */
import { expect, it } from 'vitest';
import { ledTerms } from '../../../e2e/cluster/led-terms.ts';
import { chooseField } from '../../testing/choose-field.ts';

const site = ledTerms();
const field = 'namespaceSelector';

it('what somebody took away, and nobody holds, is not brought back for that', async () => {
  await site.made();
  const released = await chooseField(site.deps, 'release-field', field);
  await site.stands('a', { state: 'Synced', applied: { version: released.id } });
  await site.edit('a', { natOutgoing: null });
  const waits = { state: 'OutOfSync', reason: 'FieldChangedInCluster', detail: { fields: ['natOutgoing'] } };
  await site.stands('a', waits);
  const decided = await chooseField(site.deps, 'decide-field', field);
  await site.stands('a', { ...waits, applied: { version: decided.id } });
  // the leader has surely looked at the decision when it has looked at this
  await site.edit('a', { disabled: true });
  await site.stands('a', { ...waits, detail: { fields: ['natOutgoing', 'disabled'] } });
  expect((await site.stored('a'))?.spec).not.toMatchObject({ natOutgoing: true });
});
