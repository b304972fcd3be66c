/** A released field is decided here again while the cluster has another field otherwise: that one waits as it did. */
import { beforeAll, expect, it } from 'vitest';
import { ledTerms } from '../../../e2e/cluster/led-terms.ts';
import { unheard } from '../../testing/unheard-cluster.ts';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { comparePool } from './compare-pool.ts';
import { resolvePool } from './resolve-pool.ts';

const site = ledTerms();
const editor: Actor = { id: null, name: 'editor', role: 'editor' };
let deps: Deps;
beforeAll(async () => {
  deps = { ...(await site.api.deps()), cluster: unheard };
});

const choose = async (choice: 'release-field' | 'decide-field') => {
  const { version, seen } = await comparePool(deps, 'a');
  const field = 'namespaceSelector';
  const { change } = await resolvePool(deps, editor, {
    name: 'a',
    choice,
    field,
    expectedVersion: version,
    seen,
    reason: 'whose it is was settled',
  });
  return change;
};

it('what somebody took away, and nobody holds, is not brought back for that', async () => {
  await site.begin();
  await site.api.caller('editor').pools.create({ name: 'a', spec: { cidr: '10.1.0.0/16', natOutgoing: true } });
  await site.stands('a', { state: 'Synced' });
  const released = await choose('release-field');
  await site.stands('a', { state: 'Synced', applied: { version: released.id } });
  await site.edit('a', { natOutgoing: null });
  const waits = { state: 'OutOfSync', reason: 'FieldChangedInCluster', detail: { fields: ['natOutgoing'] } };
  await site.stands('a', waits);
  const decided = await choose('decide-field');
  await site.stands('a', { ...waits, applied: { version: decided.id } });
  // the leader has surely looked at the decision when it has looked at this
  await site.edit('a', { disabled: true });
  await site.stands('a', { ...waits, detail: { fields: ['natOutgoing', 'disabled'] } });
  expect((await site.stored('a'))?.spec).not.toMatchObject({ natOutgoing: true });
});
