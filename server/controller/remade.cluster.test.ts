/** A pool is deleted here and made again with another CIDR before its deletion came to the cluster: the old object goes, and another is made. */
import { expect, it } from 'vitest';
import { history } from '../../e2e/cluster/history.ts';
import { ledTerms, nat, POOLS } from '../../e2e/cluster/led-terms.ts';
import { kubectl } from '../../e2e/cluster/prepare-cluster.ts';
import { must } from '../../e2e/cluster/request.ts';
import { held, toldChanges } from '../../e2e/cluster/told-changes.ts';
import { readLive, readLivePools } from '../db/live.ts';
import { writeWatch } from '../db/live-watch.ts';
import type { Answer, Call, Connection } from '../kube/connection.ts';
import { failure, KubeError } from '../kube/kube-error.ts';
import { revertChange } from '../services/changes/revert-change.ts';
import { resolvePool } from '../services/cluster/resolve-pool.ts';
import { previewDelete } from '../services/pools/preview-delete.ts';
import { soon } from '../testing/soon.ts';
import { editor } from '../testing/test-api.ts';
import { clusterPools } from './cluster-pools.ts';
import { rehearsePools } from './rehearse-pools.ts';

const site = ledTerms();
const { told, holds } = toldChanges(site);
const { rows, whole } = history(site);
const moved = { cidr: '10.2.0.0/16', natOutgoing: true };

const uid = async () => (await readLivePools(site.api.database.db, ['a']))[0]?.uid;

/** Of the pool `a` that is there, as one change each. */
async function remake(spec: object = moved) {
  const { pools } = site.api.caller('editor');
  const { version: made } = await pools.get({ name: 'a' });
  const gone = await pools.delete({ name: 'a', expectedVersion: made, reason: 'it moves' });
  const again = await pools.create({ name: 'a', spec: spec as typeof moved });
  return { made, gone: gone.change.id, again: again.change.id, warnings: again.pool.warnings };
}

/** History has each move by the change that it carries out. */
async function expectTold({ made, gone, again }: { made: number; gone: number; again: number }): Promise<void> {
  await holds();
  expect(await told(made)).toMatchObject({ ...held, action: 'pool.create', after: { spec: nat } });
  expect(await told(gone)).toMatchObject({ ...held, action: 'pool.delete' });
  expect(await told(again)).toMatchObject({ ...held, action: 'pool.create', after: { spec: moved } });
  expect((await rows(2)).map(({ sequence, action }) => [sequence, action])).toEqual([
    [again, 'pool.create'],
    [gone, 'pool.delete'],
  ]);
  await whole();
}

/** The cluster as `spoil` has it answer. */
const by = (spoil: (call: Call, answer: () => Promise<Answer>) => Promise<Answer>): Connection => ({
  ...site.connection,
  call: (call) => spoil(call, () => site.connection.call(call)),
});
const away = () => new KubeError('', failure('unreachable', 'nobody answers'));

const from = 'projectcalico.org/v3';
const heard = { group: from, phase: 'live', since: 0, error: null, queued: 0, from } as const;
const watch = { ...heard, lost: false, settingsLost: false, back: null };

it('while nobody led', async () => {
  const { db } = site.api.database;
  await site.made();
  const before = await uid();
  await site.end();
  const changes = await remake();
  expect(changes.warnings).toEqual([]);
  await writeWatch(db, (await readLive(db)).epoch, { watch, heardAt: null });
  // what the cluster refuses of the old object says nothing of the new one
  expect(await rehearsePools(site.connection, db, [{ name: 'a', spec: moved }])).toEqual(new Map());
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: changes.again }, deletedBy: null });
  expect((await site.stored('a'))?.spec).toMatchObject(moved);
  expect(await uid()).not.toBe(before);
  await expectTold(changes);
});

it('while the cluster was away, and its leader ended between the two', async () => {
  await site.made();
  const before = await uid();
  await site.end();
  let isAway = true;
  await site.begin(
    by(async ({ method }, answer) => {
      if (method === 'PATCH' || (method === 'DELETE' && isAway)) throw away();
      return answer();
    }),
  );
  const changes = await remake();
  await site.stands('a', { state: 'Pending' });
  isAway = false;
  await soon(async () => expect(await site.stored('a')).toBe(null));
  await soon(async () => expect(await uid()).toBe(undefined));
  await site.end();
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: changes.again }, deletedBy: null });
  expect(await uid()).not.toBe(before);
  await expectTold(changes);
});

it('what is made and not noted is ours, and no other one of that name', async () => {
  await site.made();
  await site.end();
  const changes = await remake();
  let lost = 0;
  await site.begin(
    by(async ({ method }, answer) => {
      const answered = await answer();
      if (method === 'PATCH' && lost++ === 0) throw away();
      return answered;
    }),
  );
  await site.stands('a', { state: 'Synced', applied: { version: changes.again }, deletedBy: null });
  expect(lost).toBeGreaterThan(0);
  await expectTold(changes);
});

it('while the cluster refuses to delete the old one, that is what is said', async () => {
  await site.made();
  await site.end();
  const { again } = await remake();
  let isRefused = true;
  await site.begin(
    by(async ({ method }, answer) => {
      if (method === 'DELETE' && isRefused) throw new KubeError('', failure('forbidden', 'the webhook says no'));
      return answer();
    }),
  );
  await site.stands('a', { state: 'Rejected', reason: 'DeletionRefused', detail: { message: 'the webhook says no' } });
  isRefused = false;
  await site.stands('a', { state: 'Synced', applied: { version: again } });
});

it('with the same CIDR it stays the same object', async () => {
  await site.made();
  const before = await uid();
  await site.end();
  const { again } = await remake({ ...nat, natOutgoing: false });
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: again }, deletedBy: null });
  expect((await site.stored('a'))?.spec).toMatchObject({ ...nat, natOutgoing: false });
  expect(await uid()).toBe(before);
  await whole();
});

it('with the same CIDR, what a finalizer holds is not kept: it goes, and another is made', async () => {
  await site.made();
  const before = await uid();
  await site.hold('a', ['example.com/wait']);
  const { pools } = site.api.caller('editor');
  const { version: expectedVersion } = await pools.get({ name: 'a' });
  const { change: gone } = await pools.delete({ name: 'a', expectedVersion, reason: 'not needed' });
  const live = async () => (await readLivePools(site.api.database.db, ['a']))[0];
  await soon(async () => expect(await live()).toMatchObject({ deleting: true }));
  const { change: again } = await revertChange(site.deps, editor, { id: gone.id, reason: 'it is needed' });
  // the leader has looked at it, and at what came after
  await pools.create({ name: 'b', spec: { cidr: '10.8.0.0/16' } });
  await site.stands('b', { state: 'Synced' });
  await site.hold('a', []);
  await site.stands('a', { state: 'Synced', applied: { version: again?.id }, deletedBy: null });
  await soon(async () => expect((await live())?.uid).not.toBe(before));
  expect(await site.stored('a')).not.toBe(null);
  await holds();
  for (const change of [gone.id, again?.id ?? 0]) expect(await told(change)).toMatchObject(held);
  expect((await rows(2)).map(({ sequence }) => sequence)).toEqual([again?.id, gone.id]);
  await whole();
});

it('what others apply whole as well stays as it is', async () => {
  await site.made();
  const before = await uid();
  const body = { apiVersion: from, kind: 'IPPool', metadata: { name: 'a' }, spec: nat };
  await kubectl(site.server, ['apply', '--server-side', '--field-manager=gateway', '-f', '-'], {
    input: JSON.stringify(body),
  });
  await site.end();
  await remake();
  await site.begin();
  await site.stands('a', { state: 'Contested', reason: 'FieldOwnedByOther', detail: { fields: ['cidr'] } });
  expect((await site.stored('a'))?.spec).toMatchObject(nat);
  expect(await uid()).toBe(before);
});

/** In place of the object that was deleted here, as a backup has it under our name. */
async function restore(): Promise<string> {
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  const backup = clusterPools(site.connection, from);
  return (await backup.apply({ name: 'a', spec: nat, uid: null, resourceVersion: null, force: false })).uid;
}
const ours = async () => {
  const { version: expectedVersion } = await site.api.caller('editor').pools.get({ name: 'a' });
  const decided = { name: 'a', choice: 'ours', expectedVersion, reason: 'ours is right' } as const;
  return (await resolvePool(site.deps, editor, decided)).change.id;
};

it('another object, as a backup has it under our name, was not deleted here, nor is it by force', async () => {
  await site.made();
  await site.end();
  await remake();
  const restored = await restore();
  const sent: string[] = [];
  await site.begin(
    by(({ method, path }, answer) => {
      sent.push(`${method} ${path.includes('force=true') ? 'by force' : ''}`);
      return answer();
    }),
  );
  const refused = { state: 'Rejected', reason: 'RefusedByCluster' };
  await site.stands('a', refused);
  await ours();
  await soon(async () => expect(sent).toContain('PATCH by force'));
  await site.stands('a', refused);
  expect((await site.stored('a'))?.spec).toMatchObject(nat);
  expect(await uid()).toBe(restored);
});

it('another object that goes by others is not told as deleted by what was decided about the one before it', async () => {
  await site.made();
  await site.end();
  const { again } = await remake();
  await restore();
  await site.begin();
  await site.stands('a', { state: 'Rejected', reason: 'RefusedByCluster' });
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.stands('a', { state: 'Synced', applied: { version: again } });
  expect(await rows(1)).toMatchObject([
    { actor: 'unknown', action: 'cluster.change', before: { spec: nat }, after: null },
  ]);
  await whole();
});

it('what others delete of theirs is not told as the deletion here of a pool that was not adopted', async () => {
  const { pools } = site.api.caller('editor');
  await site.begin();
  await site.make('a', nat);
  await pools.create({ name: 'a', spec: nat });
  await site.stands('a', { reason: 'NotAdopted' });
  await site.end();
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  const { version: expectedVersion } = await pools.get({ name: 'a' });
  await pools.delete({ name: 'a', expectedVersion, reason: 'no more' });
  await site.begin();
  await soon(async () => expect(await rows(1)).toMatchObject([{ actor: 'unknown', after: null }]));
});

it('what others made in its place is not ours to force', async () => {
  await site.made();
  await site.end();
  await remake({ ...nat, natOutgoing: false });
  await must(site.server.as('admin'), 'DELETE', `${POOLS}/a`);
  await site.make('a', nat);
  await site.begin();
  await site.stands('a', { state: 'OutOfSync', reason: 'NotAdopted' });
  await expect(ours()).rejects.toMatchObject({ reason: 'INVALID_INPUT' });
});

it('force is not spent on what goes first', async () => {
  await site.made();
  await site.end();
  const changes = await remake();
  await expect(ours()).rejects.toMatchObject({ reason: 'NOTHING_CHANGES' });
  await site.begin();
  await site.stands('a', { state: 'Synced', applied: { version: changes.again } });
  await expectTold(changes);
});

it('what is made and not noted goes when it is deleted here once more', async () => {
  await site.made();
  await site.end();
  await remake();
  await site.begin(
    by(async ({ method }, answer) => {
      const answered = await answer();
      if (method === 'PATCH') throw away();
      return answered;
    }),
  );
  const seen = async () => (await readLivePools(site.api.database.db, ['a']))[0]?.pool?.spec;
  await soon(async () => expect(await seen()).toMatchObject(moved));
  await site.end();
  const { version: expectedVersion } = await site.api.caller('editor').pools.get({ name: 'a' });
  // of others nothing is said: it goes
  expect(await previewDelete(site.deps, ['a'])).toMatchObject({ equal: false, inCluster: [] });
  await site.api.caller('editor').pools.delete({ name: 'a', expectedVersion, reason: 'not needed' });
  await site.begin();
  await soon(async () => expect(await site.stored('a')).toBe(null));
});
