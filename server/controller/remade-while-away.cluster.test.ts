/** A pool of ours is deleted here and made again, and nobody sees its object go: it is not missed, also where it is the only one. */
import { beforeAll, expect, it } from 'vitest';
import { followedGroup } from '../../e2e/cluster/followed-group.ts';
import { calicoPath, installCrds } from '../../e2e/cluster/install-crds.ts';
import { must } from '../../e2e/cluster/request.ts';
import { readSync } from '../db/sync.ts';
import { soon } from '../testing/soon.ts';

const V3 = 'projectcalico.org/v3';
const site = followedGroup();
beforeAll(async () => {
  await installCrds(site.server, 'v3');
  await site.told({ phase: 'live', group: V3, from: V3, error: null });
});

it('the leader ends when it has deleted the object: the next one makes the pool', { timeout: 120_000 }, async () => {
  const { pools } = site.api.caller('editor');
  const stands = (expected: object) =>
    soon(async () => expect(await readSync(site.database.db, ['only'])).toMatchObject([expected]));
  const { change: made } = await pools.create({ name: 'only', spec: { cidr: '10.1.0.0/16' } });
  site.hub.publish({ kind: 'resync' });
  await stands({ state: 'Synced' });
  await site.knows(['only']);
  await site.controller.stop();
  await pools.delete({ name: 'only', expectedVersion: made.id, reason: 'it moves' });
  const { change: again } = await pools.create({ name: 'only', spec: { cidr: '10.2.0.0/16' } });
  await must(site.server.as('admin'), 'DELETE', `${calicoPath('v3', 'ippools')}/only`);
  site.controller = site.start('second');
  await stands({ state: 'Synced', applied: { version: again.id }, deletedBy: null });
  await site.told({ phase: 'live', lost: false, back: null, error: null });
  expect(site.errors).toEqual([]);
});
