/** A pool that was deleted here and made again is released while a finalizer holds the object of before: that goes by its deletion, and nothing else does. */
import { expect, it } from 'vitest';
import { OUR_MANAGER } from '../../../core/cluster/managed-fields.ts';
import { ledTerms, nat, POOLS } from '../../../e2e/cluster/led-terms.ts';
import { findChanges } from '../../db/changes.ts';
import { markLetGo } from '../../db/let-go.ts';
import { liveChangesSince } from '../../db/live.ts';
import { apply } from '../../kube/write.ts';
import { soon } from '../../testing/soon.ts';
import { editor } from '../../testing/test-api.ts';
import { getChange } from '../changes/list-changes.ts';
import { listLivePools } from './live-pools.ts';
import { resolvePool } from './resolve-pool.ts';

const site = ledTerms();
const reason = 'somebody else looks after it';
const moved = { ...nat, cidr: '10.2.0.0/16' };

const pools = () => site.api.caller('editor').pools;
const version = async () => (await pools().get({ name: 'a' })).version;
const isGoing = () => soon(async () => expect(await listLivePools(site.deps)).toMatchObject([{ deleting: true }]));
const didNothing = async (change: number) => (await getChange(site.deps, change)).didNothing;
const release = async () => {
  const how = { name: 'a', choice: 'release', expectedVersion: await version(), reason } as const;
  return (await resolvePool(site.deps, editor, how)).change.id;
};
/** Of what became different in the cluster the last. */
const lastMove = async () => {
  const last = (await liveChangesSince(site.api.database.db, 0, 1_000))
    .filter(({ pools }) => pools.includes('a'))
    .at(-1);
  return { after: last?.after, cause: last?.cause };
};
const forgotten = () => soon(async () => expect(await site.stand('a')).toBe(undefined));

async function held(): Promise<void> {
  await site.made();
  await site.hold('a', ['example.com/wait']);
}
/** Deleted here, and the cluster has it still; made again, as what it cannot become. */
async function madeAgain(): Promise<{ deleted: number; again: number }> {
  const { change } = await pools().delete({ name: 'a', expectedVersion: await version(), reason });
  await isGoing();
  const { change: again } = await pools().create({ name: 'a', spec: moved });
  await site.stands('a', { state: 'Pending', reason: 'WaitingForCluster' });
  return { deleted: change.id, again: again.id };
}

it('is told to be deleted here while it goes, and when it is gone', async () => {
  await held();
  const { deleted, again } = await madeAgain();
  await release();
  // the leader has looked at it, and at what came after
  await pools().create({ name: 'b', spec: { cidr: '10.8.0.0/16' } });
  await site.stands('b', { state: 'Synced' });
  expect((await listLivePools(site.deps))[0]).toMatchObject({
    name: 'a',
    deleting: true,
    deletion: { change: deleted },
  });
  expect(await getChange(site.deps, deleted)).toMatchObject({ didNothing: null, notGone: { names: ['a'] } });
  expect(await didNothing(again)).toBe('it moved nothing in the cluster');
  await site.hold('a', []);
  await forgotten();
  await soon(async () => expect(await site.stored('a')).toBe(null));
  expect(await lastMove()).toEqual({ after: null, cause: deleted });
  expect(await getChange(site.deps, deleted)).toMatchObject({ didNothing: null, notGone: null });
});

it('so is one that was deleted here twice', async () => {
  await held();
  await madeAgain();
  const { deleted } = await madeAgain();
  await release();
  expect(await listLivePools(site.deps)).toMatchObject([{ deletion: { change: deleted } }]);
  await site.hold('a', []);
  await forgotten();
  expect(await lastMove()).toEqual({ after: null, cause: deleted });
  expect(await didNothing(deleted)).toBe(null);
});

it('another of its name stays, whoever makes it', async () => {
  await held();
  await madeAgain();
  await madeAgain();
  await site.end();
  await release();
  await site.hold('a', []);
  const object = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'a' }, spec: moved };
  await apply(site.connection, { path: POOLS, manager: OUR_MANAGER, object, force: false });
  await site.begin();
  await forgotten();
  expect((await site.stored('a'))?.spec).toMatchObject(moved);
  const [last] = await findChanges(site.api.database.db, { pool: 'a', others: true, limit: 1 });
  expect(last?.reason ?? '').not.toContain('deleted here');
});

it('what was not asked to go yet stays', async () => {
  await site.made();
  await site.end();
  const { change } = await pools().delete({ name: 'a', expectedVersion: await version(), reason });
  await pools().create({ name: 'a', spec: moved });
  await release();
  await site.begin();
  await forgotten();
  expect((await site.stored('a'))?.spec).toMatchObject(nat);
  expect(await didNothing(change.id)).toBe('it moved nothing in the cluster');
});

it('no deletion is sent after a release, also where the object is found not to go any more', async () => {
  await site.made();
  const { applied = null } = (await site.stand('a')) ?? {};
  await site.end();
  await release();
  // as in an etcd that was set back to before the deletion
  await markLetGo(site.api.database.db, 'a', 1, { applied, deletedBy: 1 });
  expect(await listLivePools(site.deps)).toMatchObject([{ name: 'a', deletion: null }]);
  await site.begin();
  await forgotten();
  expect((await site.stored('a'))?.spec).toMatchObject(nat);
});

it('made once more it waits for what goes, and is made then', async () => {
  await held();
  const { deleted } = await madeAgain();
  await release();
  const { change } = await pools().create({ name: 'a', spec: moved });
  await site.stands('a', { state: 'Pending', deletedBy: deleted });
  await site.hold('a', []);
  await site.stands('a', { state: 'Synced', applied: { version: change.id }, deletedBy: null });
  expect((await site.stored('a'))?.spec).toMatchObject(moved);
});
