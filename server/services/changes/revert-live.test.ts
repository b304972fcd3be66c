/** What stands in the ledger of the cluster is not taken back here: each refusal says where it is decided. */
import { expect, it } from 'vitest';
import { changeNumber } from '../../../core/wire/change-number.ts';
import { beginTerm, lockLive, writeLiveChange } from '../../db/live.ts';
import { editor } from '../../testing/test-api.ts';
import { unheardSite } from '../../testing/unheard-cluster.ts';
import { revertChange } from './revert-change.ts';

const site = unheardSite();

it.each([
  {
    action: 'cluster.change',
    why: 'was made in the cluster: it is taken back there, and what is decided here is decided anew',
  },
  { action: 'pool.enforce', why: 'is about how something stands in the cluster: decide that anew instead' },
  { action: 'hosts.update', why: "cannot be taken back: the nodes' addresses are what the cluster's Node objects say" },
])('$action', async ({ action, why }) => {
  const { db } = site.deps;
  const epoch = await beginTerm(db, 'test');
  const id = await db.transaction(async (tx) => {
    const live = await lockLive(tx, epoch);
    const next = { ...live, sequence: live.sequence + 1 };
    const content = { pools: [], before: null, after: null, cause: null, reason: null, notice: '{}' };
    await writeLiveChange(tx, { next, actor: 'outgate', action, ...content });
    return next.sequence;
  });
  await expect(revertChange(site.deps, editor, { id, reason: 'not wanted' })).rejects.toMatchObject({
    reason: 'INVALID_INPUT',
    message: `change ${changeNumber(id)} ${why}`,
  });
});
