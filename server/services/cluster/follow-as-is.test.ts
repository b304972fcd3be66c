/** What becomes of somebody's word to follow the cluster without what did not come back, in History. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type LivePool, readLivePool } from '../../../core/cluster/live-pool.ts';
import type { PoolSpec } from '../../../core/pool/spec.ts';
import { mirror, mirrorAll } from '../../controller/mirror.ts';
import { beginTerm, liveChangesSince, readLive } from '../../db/live.ts';
import { type LiveWatch, readWatch, writeWatch } from '../../db/live-watch.ts';
import { liveLedger } from '../../state/ledger.ts';
import { openStateCache } from '../../state/state-cache.ts';
import { holdAll } from '../../testing/hold-all.ts';
import { type TestApi, testApi } from '../../testing/test-api.ts';
import { unheardDeps } from '../../testing/unheard-cluster.ts';
import { getChange } from '../changes/list-changes.ts';
import type { Deps } from '../deps.ts';
import { followAsIs, previewFollow } from './follow-as-is.ts';

let api: TestApi;
let deps: Deps;
let epoch: number;
const admin = { id: null, name: 'admin', role: 'admin' } as const;

beforeAll(async () => {
  api = await testApi();
  deps = await unheardDeps(api);
  epoch = await beginTerm(deps.db, 'test');
});
afterAll(() => api?.close());

let version = 0;
/** Another object each time. */
function made(name: string, third: number, spec: Partial<PoolSpec> = {}): LivePool {
  version++;
  const metadata = { name, uid: `uid-${version}`, resourceVersion: `${version}` };
  const read = readLivePool({ metadata, spec: { cidr: `10.1.${third}.0/24`, ...spec } });
  if (read === null) throw new Error('not an object');
  return read;
}
let since = 0;
const GROUP = 'projectcalico.org/v3';
const live = { phase: 'live', since: 1, error: null, queued: 0, group: GROUP, from: GROUP } as const;
const tell = (watch: Pick<LiveWatch, 'lost' | 'settingsLost' | 'back'>) =>
  writeWatch(deps.db, epoch, { watch: { ...live, ...watch }, heardAt: null });
const whole = () => tell({ lost: false, settingsLost: false, back: null });
/** The types are back, and lack these. */
function lack(pools: string[], settings: string[] = []): Promise<void> {
  const lacks = (missing: string[]) => ({ known: 9, missing });
  const back = { group: GROUP, since, pools: lacks(pools), settings: lacks(settings) };
  return tell({ lost: pools.length > 0, settingsLost: true, back });
}
/** The same, and an admin decides to go on without. Returns the number of the change. */
async function decide(pools: string[], settings: string[] = []): Promise<number> {
  since++;
  await lack(pools, settings);
  const { change } = await followAsIs(deps, admin, { since, pools, settings, reason: 'the backup has no more' });
  return change.id;
}
const nothing = { nodes: { holding: 0, total: 0 }, didNothing: 'it moved nothing in the cluster' };
const holding = async (change: number) => (await getChange(deps, change)).nodes.holding;
const lastMove = async () => {
  const { sequence } = await readLive(deps.db);
  const [move] = await liveChangesSince(deps.db, sequence - 1, 1);
  return move;
};

beforeEach(async () => {
  await mirrorAll(deps.db, epoch, [made('a', 1), made('b', 2), made('c', 3)]);
  await whole();
  await holdAll(deps.db);
});

it('it waits until it is carried out, and then for the nodes alone', async () => {
  const change = await decide(['a', 'b']);
  expect(await holding(change)).toBe(0);
  await mirrorAll(deps.db, epoch, [made('c', 3)]);
  expect(await lastMove()).toMatchObject({ actor: 'outgate', cause: change, pools: ['a', 'b'] });
  await whole();
  expect(await holding(change)).toBe(0);
  await holdAll(deps.db);
  expect(await holding(change)).toBe(1);
});

it.each([
  ['one of the pools', ['a', 'b'], [], ['a', 'c'], { nodes: { holding: 1 }, didNothing: null }],
  ['all of the pools', ['a', 'b'], [], ['a', 'b', 'c'], nothing],
  ['all of the settings', [], ['default'], ['a', 'b', 'c'], nothing],
])('what came back after all is not waited for: %s', async (_, pools, settings, there, told) => {
  const change = await decide(pools, settings);
  expect(await holding(change)).toBe(0);
  await mirrorAll(
    deps.db,
    epoch,
    there.map((name) => made(name, 'abc'.indexOf(name) + 1)),
  );
  await whole();
  await holdAll(deps.db);
  expect(await getChange(deps, change)).toMatchObject(told);
});

it('who deletes a pool that is back goes by no word, also while settings are still waited for', async () => {
  const change = await decide(['a'], ['default']);
  await mirrorAll(deps.db, epoch, [made('b', 2), made('c', 3)]);
  expect(await lastMove()).toMatchObject({ actor: 'outgate', cause: change, pools: ['a'] });
  const lacks = { known: 2, missing: ['default', 'node.one'] };
  const back = { group: GROUP, since, pools: { known: 2, missing: [] }, settings: lacks };
  await tell({ lost: false, settingsLost: true, back });
  const again = made('a', 1);
  await mirror(deps.db, epoch, { seen: [again], gone: [] });
  await mirror(deps.db, epoch, { seen: [], gone: [again] });
  expect(await lastMove()).toMatchObject({ actor: 'unknown', cause: null, pools: ['a'] });
});

it('shows of what is missing whether its traffic is NATed, also where another pool decides that', async () => {
  const around = made('around', 0, { cidr: '10.1.0.0/16', natOutgoing: true });
  const there = [around, made('a', 1), made('far', 0, { cidr: '10.2.0.0/16' })];
  await mirrorAll(deps.db, epoch, there);
  await lack(there.map(({ name }) => name));
  const inForce = { ...deps, effective: await openStateCache({ db: deps.db, ledger: liveLedger }) };
  const going = (await previewFollow(inForce))?.pools.map(({ name, nats }) => [name, nats]);
  expect(going?.sort()).toEqual([
    ['a', true],
    ['around', true],
    ['far', false],
  ]);
});

it('is given once: again before the leader has acted it is refused, until more is missing or it is another return', async () => {
  const { db } = deps;
  const changes = async () => (await db.query('SELECT sequence FROM change ORDER BY sequence')).length;
  const change = await decide(['a', 'b']);
  const before = [await changes(), (await readWatch(db)).word];
  const message = `it is decided already, by change #${change}: the server that leads follows the cluster as it is`;
  const refused = { reason: 'NOTHING_CHANGES', message };
  const again = (...pools: string[]) => followAsIs(deps, admin, { since, pools, settings: [], reason: 'really' });
  await expect(again('a', 'b')).rejects.toMatchObject(refused);
  await lack(['a']);
  await expect(again('a', 'b')).rejects.toMatchObject(refused);
  expect([await changes(), (await readWatch(db)).word]).toEqual(before);
  await lack(['a', 'c']);
  const more = await again('a', 'c');
  expect((await readWatch(db)).word).toMatchObject({ change: more.change.id, pools: ['a', 'c'] });
  since++;
  await lack(['a', 'c']);
  const other = await again('a', 'c');
  expect((await readWatch(db)).word).toMatchObject({ change: other.change.id, since });
});
