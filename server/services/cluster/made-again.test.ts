/** A backup was restored: every pool of ours is another object there. They are decided about together, each with its change. */
import { beforeEach, expect, it } from 'vitest';
import { readLivePool } from '../../../core/cluster/live-pool.ts';
import type { PoolSpec } from '../../../core/pool/spec.ts';
import { writeLivePools } from '../../db/live.ts';
import { newSync, readSync, writeSync } from '../../db/sync.ts';
import { editor } from '../../testing/test-api.ts';
import { unheardSite } from '../../testing/unheard-cluster.ts';
import { listChanges } from '../changes/list-changes.ts';
import type { Deps } from '../deps.ts';
import { getPool } from '../pools/get-pool.ts';
import { createPool } from '../pools/write-pool.ts';
import { previewMadeAgain, resolveMadeAgain } from './made-again.ts';

const site = unheardSite();

const reason = 'the backup is right';
let round = 0;
/** `a` and `b` as the backup has them, `c` with a spec that Calico cannot read. */
beforeEach(async () => {
  round++;
  await restored('a', { natOutgoing: false }, 1);
  await restored('b', {}, 2);
  await restored('c', { natOutgoing: 'yes' }, 3);
});
const named = (name: string) => `${name}${round}`;

async function restored(letter: string, there: object, third: number): Promise<void> {
  const name = named(letter);
  const spec: PoolSpec = { cidr: `10.${round}.${third}.0/24`, natOutgoing: true };
  const { change } = await createPool(site.deps, editor, { name, spec });
  await restoredAs(name, 'new', { ...spec, ...there });
  const applied = { uid: `uid-${name}-old`, version: change.id, spec };
  await writeSync(site.deps.db, [{ ...newSync(name), state: 'OutOfSync', reason: 'PoolMadeAgain', applied }]);
}
async function restoredAs(name: string, uid: string, spec: object, more: object = {}): Promise<void> {
  const fieldsV1 = { 'f:spec': { 'f:cidr': {}, 'f:natOutgoing': {} } };
  const managedFields = [{ manager: 'velero', operation: 'Update', fieldsV1 }];
  const metadata = { name, uid: `uid-${name}-${uid}`, resourceVersion: '7', managedFields, ...more };
  const live = readLivePool({ metadata, spec });
  await writeLivePools(site.deps.db, live === null ? [] : [live], []);
}
const ofRound = async () =>
  (await previewMadeAgain(site.deps)).pools.filter(({ name }) => name.slice(1) === `${round}`);
const decidable = async () => (await ofRound()).filter(({ refused }) => refused === null);
const ids = async () => (await listChanges(site.deps, { limit: 100 })).changes.map(({ id }) => id);

it('which they are and in what each differs is shown, and which cannot be decided about', async () => {
  expect(await ofRound()).toMatchObject([
    {
      name: named('a'),
      cidr: `10.${round}.1.0/24`,
      differing: [{ field: 'natOutgoing', desired: true, live: false, managers: ['velero'] }],
      refused: null,
    },
    { name: named('b'), differing: [], refused: null },
    { name: named('c'), refused: 'The object in the cluster must be readable first.' },
  ]);
});

it('theirs is taken of all at once: a change each, of what is there', async () => {
  const { first, change } = await resolveMadeAgain(site.deps, editor, {
    choice: 'theirs',
    pools: await decidable(),
    reason,
  });
  expect(change.id - first).toBe(1);
  expect((await getPool(site.deps, named('a'))).spec.natOutgoing).toBe(false);
  expect((await listChanges(site.deps, { limit: 2 })).changes).toMatchObject([
    { id: change.id, action: 'pool.update', target: named('b'), reason, before: { theirs: [] } },
    { id: first, action: 'pool.update', target: named('a'), reason, before: { theirs: ['natOutgoing'] } },
  ]);
  expect(await readSync(site.deps.db, [named('a'), named('b')])).toMatchObject([
    { applied: { uid: `uid-${named('a')}-new`, version: first } },
    { applied: { uid: `uid-${named('b')}-new`, version: change.id } },
  ]);
  expect(await decidable()).toEqual([]);
});

it('ours is forced on all at once, each by its own change and with from whom it takes', async () => {
  const { first, change } = await resolveMadeAgain(site.deps, editor, {
    choice: 'ours',
    pools: await decidable(),
    reason,
  });
  const [, forced] = (await listChanges(site.deps, { limit: 2 })).changes;
  expect(forced).toMatchObject({
    id: first,
    action: 'pool.force',
    before: { taken: [{ field: 'natOutgoing', managers: ['velero'] }] },
  });
  expect(await readSync(site.deps.db, [named('a'), named('b')])).toMatchObject([
    { forceVersion: first, forceSeen: expect.any(String), applied: { uid: `uid-${named('a')}-new` } },
    { forceVersion: change.id },
  ]);
  expect((await getPool(site.deps, named('a'))).version).toBe(first);
  expect(await decidable()).toEqual([]);
});

it('all or none: what moved since it was looked at, or cannot be taken, leaves the others as they were', async () => {
  const [a, b] = await decidable();
  const [, , c] = await ofRound();
  if (a === undefined || b === undefined || c === undefined) throw new Error('there must be three');
  const before = await ids();
  const decide = (pools: readonly (typeof a)[]) =>
    resolveMadeAgain(site.deps, editor, { choice: 'theirs', pools, reason });
  await expect(decide([a, c])).rejects.toMatchObject({ reason: 'INVALID_INPUT' });
  await restoredAs(named('b'), 'third', { cidr: b.cidr, natOutgoing: true });
  await expect(decide([a, b])).rejects.toMatchObject({
    reason: 'VERSION_STALE',
    message: expect.stringContaining(`'${named('b')}' was changed meanwhile`),
  });
  expect(await ids()).toEqual(before);
});

it('what is being deleted there is not decided about until it is gone', async () => {
  const seen = async () => (await ofRound()).filter(({ name }) => name === named('b'));
  await restoredAs(named('b'), 'new', { cidr: `10.${round}.2.0/24` }, { deletionTimestamp: '2026-01-01T00:00:00Z' });
  const pools = await seen();
  expect(pools).toMatchObject([{ refused: 'It is being deleted in the cluster: wait until it is gone.' }]);
  for (const choice of ['theirs', 'ours'] as const) {
    await expect(resolveMadeAgain(site.deps, editor, { choice, pools, reason })).rejects.toMatchObject({
      reason: 'INVALID_INPUT',
      message: expect.stringMatching(/is being deleted/),
    });
  }
});

it('what the cluster would refuse of any is named with its pool, and nothing is decided', async () => {
  const before = await ids();
  const cluster = site.deps.cluster;
  if (cluster === null) throw new Error('there must be a cluster');
  const rehearsePools = async () => new Map([[named('b'), [{ field: 'spec.cidr', message: 'not on this site' }]]]);
  const refusing = { ...site.deps, cluster: { ...cluster, rehearsePools } };
  await expect(
    resolveMadeAgain(refusing, editor, { choice: 'ours', pools: await decidable(), reason }),
  ).rejects.toMatchObject({
    reason: 'POOL_VIOLATIONS',
    message: `the cluster would refuse ${named('b')}: not on this site`,
  });
  expect(await ids()).toEqual(before);
});

it('of many that the cluster would refuse, the first few are told, and how many more', async () => {
  const cluster = site.deps.cluster;
  if (cluster === null) throw new Error('there must be a cluster');
  const causes = Array.from({ length: 4 }, (_, index) => ({ field: 'spec.cidr', message: `no ${index}` }));
  const rehearsePools = async () => new Map([named('b'), named('a')].map((name) => [name, causes]));
  const refusing = { ...site.deps, cluster: { ...cluster, rehearsePools } };
  const refused = resolveMadeAgain(refusing, editor, { choice: 'ours', pools: await decidable(), reason });
  const [a, b] = [named('a'), named('b')];
  await expect(refused).rejects.toMatchObject({
    message: `the cluster would refuse ${a}: no 0; ${a}: no 1; ${a}: no 2; ${a}: no 3; ${b}: no 0; and 3 more`,
    details: { violations: { length: 8 } },
  });
});

it.each(['theirs', 'ours'] as const)(
  '%s of many: how they stand is read once for all, while others wait',
  async (choice) => {
    const asked: string[] = [];
    const transaction: Deps['db']['transaction'] = (work) =>
      site.deps.db.transaction((tx) =>
        work({
          query: (text, values, name) => {
            asked.push(name ?? text);
            return tx.query(text, values, name);
          },
        }),
      );
    const counted = { ...site.deps, db: { ...site.deps.db, transaction } };
    await resolveMadeAgain(counted, editor, { choice, pools: await decidable(), reason });
    const reads = ['hold-live', 'read-live-pools', 'read-sync', 'read-released'];
    expect(asked.filter((name) => reads.includes(name)).sort()).toEqual(reads.sort());
  },
);

it.each(['theirs', 'ours'] as const)('%s of what was not made again is refused by its name', async (choice) => {
  const pools = await decidable();
  const before = await ids();
  const [row] = await readSync(site.deps.db, [named('b')]);
  if (row?.applied == null) throw new Error('it must have been applied');
  const refused = () => resolveMadeAgain(site.deps, editor, { choice, pools, reason });
  const says = { reason: 'INVALID_INPUT', message: expect.stringContaining(`pool '${named('b')}' was not made again`) };
  await writeSync(site.deps.db, [{ ...row, reason: 'FieldChangedInCluster' }]);
  await expect(refused()).rejects.toMatchObject(says);
  await writeSync(site.deps.db, [{ ...row, applied: { ...row.applied, uid: `uid-${named('b')}-new` } }]);
  await expect(refused()).rejects.toMatchObject(says);
  expect(await ids()).toEqual(before);
});
