/** A pool of ours is deleted here while its type is lost, and the backup has it: it stays in the cluster, and History says so. */
import { beforeAll, expect, it } from 'vitest';
import { followedGroup } from '../../e2e/cluster/followed-group.ts';
import { calicoPath, crd, installCrds, removeCrd } from '../../e2e/cluster/install-crds.ts';
import { must } from '../../e2e/cluster/request.ts';
import { findChanges } from '../db/changes.ts';
import { readSync } from '../db/sync.ts';
import { soon } from '../testing/soon.ts';

const V3 = 'projectcalico.org/v3';
const site = followedGroup();
beforeAll(async () => {
  await installCrds(site.server, 'v3');
  await site.make('v3', 'late', '10.1.0.0/16');
  await site.told({ phase: 'live', group: V3, from: V3, error: null });
});

it('it is told as of others there, by whom, and counts as a pool of others', { timeout: 180_000 }, async () => {
  const { db } = site.database;
  const { pools } = site.api.caller('editor');
  const { change } = await pools.create({ name: 'early', spec: { cidr: '10.8.0.0/16' } });
  site.hub.publish({ kind: 'resync' });
  await soon(async () => expect(await readSync(db, ['early'])).toMatchObject([{ state: 'Synced' }]));
  await removeCrd(site.server, 'v3', 'ippools');
  await site.told({ lost: true, back: null });
  await installCrds(site.server, 'v3', crd, ['ippools']);
  await site.told({ lost: true, back: { pools: { missing: ['early', 'late'] } } });
  const reason = 'decided while half is there';
  const gone = await pools.delete({ name: 'early', expectedVersion: change.id, reason });
  await must(site.server.as('admin'), 'POST', `${calicoPath('v3', 'ippools')}?fieldManager=velero-server`, {
    apiVersion: V3,
    kind: 'IPPool',
    metadata: { name: 'early' },
    spec: { cidr: '10.8.0.0/16' },
  });
  await site.make('v3', 'late', '10.1.0.0/16');
  await site.told({ phase: 'live', lost: false, back: null });
  await soon(async () => expect(await readSync(db, ['early'])).toEqual([]));
  expect(await site.known()).toEqual(['early', 'late']);
  const history = await findChanges(db, { pool: 'early', others: true, limit: 2 });
  const early = { name: 'early', spec: { cidr: '10.8.0.0/16' } };
  expect(history).toMatchObject([
    {
      actor: 'outgate',
      role: 'system',
      action: 'cluster.change',
      target: 'early',
      reason: 'deleted here, is of others there (velero-server), stays in force',
      before: early,
      after: early,
    },
    { sequence: gone.change?.id, action: 'pool.delete' },
  ]);
  // others' pools that come back are as they were
  expect(await findChanges(db, { pool: 'late', others: true, limit: 2 })).toHaveLength(1);
});
