/** The types of the pools and settings are lost and come back, on a real API server; what was last known is never emptied by it. */
import { beforeAll, expect, it, vi } from 'vitest';
import { followedGroup } from '../../e2e/cluster/followed-group.ts';
import { type CalicoPlural, calicoPath, crd, installCrds, removeCrd } from '../../e2e/cluster/install-crds.ts';
import { kubectl } from '../../e2e/cluster/prepare-cluster.ts';
import { must } from '../../e2e/cluster/request.ts';
import { followCarriedOut } from '../db/follow-carried-out.ts';
import { liveChangesSince, readLive } from '../db/live.ts';
import { readWatch } from '../db/live-watch.ts';
import { readSync } from '../db/sync.ts';
import { followAsIs, previewFollow } from '../services/cluster/follow-as-is.ts';
import { setPolicy } from '../services/cluster/resolve-pool.ts';
import { soon } from '../testing/soon.ts';
import { editor } from '../testing/test-api.ts';
import { unheardDeps } from '../testing/unheard-cluster.ts';

const V3 = 'projectcalico.org/v3';
const site = followedGroup();
beforeAll(async () => {
  await installCrds(site.server, 'v3');
  await site.make('v3', 'a', '10.1.0.0/16');
  await site.make('v3', 'b', '10.2.0.0/16');
  await site.told({ phase: 'live', group: V3, from: V3, error: null });
});

/** The FelixConfiguration `default` says so; made where there is none. */
const setPorts = (natPortRange: string) =>
  kubectl(site.server, ['apply', '--server-side', '-f', '-'], {
    input: JSON.stringify({
      apiVersion: V3,
      kind: 'FelixConfiguration',
      metadata: { name: 'default' },
      spec: { natPortRange },
    }),
  });
const ports = async () => (await readLive(site.database.db)).settings.global.natPortRange;
const says = (range: string | undefined) => soon(async () => expect(await ports()).toBe(range));
/** The types of projectcalico.org/v3 are deleted, with all their objects, until the leader says so. */
async function lose(...plurals: CalicoPlural[]): Promise<void> {
  for (const plural of plurals) await removeCrd(site.server, 'v3', plural);
  await site.told({ lost: plurals.includes('ippools'), settingsLost: true, back: null });
}

it('a type that goes takes no pool and no setting with it; it is followed again when all that was known is back', {
  timeout: 300_000,
}, async () => {
  const { pools } = site.api.caller('editor');
  const { change } = await pools.create({ name: 'ours', spec: { cidr: '10.8.0.0/16' } });
  site.hub.publish({ kind: 'resync' });
  await setPorts('40000:50000');
  await site.knows(['a', 'b', 'ours']);
  await says('40000:50000');
  await lose('ippools', 'felixconfigurations');
  await site.told({ phase: 'no-pools', group: null, from: V3, lost: true });
  // our object, and it is to go: it is not waited for
  await pools.delete({ name: 'ours', expectedVersion: change.id, reason: 'decided while nothing is there' });
  await installCrds(site.server, 'v3');
  await site.told({
    phase: 'no-pools',
    error: expect.stringContaining('is back, and lacks 2 of 2 known pools: a, b;'),
  });
  await site.make('v3', 'c', '10.3.0.0/16');
  await site.make('v3', 'a', '10.1.0.0/16');
  await site.told({ phase: 'no-pools', lost: true, back: { group: V3, pools: { known: 2, missing: ['b'] } } });
  expect(await site.known()).toEqual(['a', 'b', 'ours']);
  await site.make('v3', 'b', '10.2.0.0/16');
  // the pools do not wait for the settings, nor take them with them
  await site.told({ phase: 'live', group: V3, lost: false, back: { settings: { known: 1, missing: ['default'] } } });
  await site.knows(['a', 'b', 'c']);
  expect(await ports()).toBe('40000:50000');
  await setPorts('40000:50001');
  await says('40000:50001');
  await site.told({ settingsLost: false, back: null, error: null });
});

it('half of a backup is followed by somebody’s word alone: whoever leads then, once, and without no more than was seen', {
  timeout: 300_000,
}, async () => {
  const deps = await unheardDeps(site.api);
  const admin = { id: null, name: 'admin', role: 'admin' } as const;
  const reason = 'the backup has no more';
  await expect(followAsIs(deps, admin, { since: 1, pools: ['a'], settings: [], reason })).rejects.toThrow(
    'is followed',
  );
  await lose('ippools', 'felixconfigurations');
  await installCrds(site.server, 'v3');
  await site.make('v3', 'a', '10.1.0.0/16');
  await site.told({ back: { pools: { known: 3, missing: ['b', 'c'] }, settings: { known: 1, missing: ['default'] } } });
  const seen = await previewFollow(deps);
  expect(seen).toMatchObject({
    group: V3,
    known: { pools: 3, settings: 1 },
    pools: [
      { name: 'b', cidr: '10.2.0.0/16', nats: false, exempts: true, ours: false },
      { name: 'c', cidr: '10.3.0.0/16', nats: false, exempts: true, ours: false },
    ],
    settings: [{ name: 'default', fields: { natPortRange: '40000:50001' } }],
    word: null,
  });
  const since = seen?.since ?? 0;
  const less = { since, pools: ['c'], settings: ['default'], reason };
  await expect(followAsIs(deps, admin, less)).rejects.toThrow('missing by now, and not shown to you: b. Nothing was');
  const other = { since: since - 1, pools: ['b', 'c'], settings: ['default'], reason };
  await expect(followAsIs(deps, admin, other)).rejects.toThrow('lost again and came back since you looked');
  await expect(followAsIs(deps, admin, { ...other, reason: undefined })).rejects.toThrow('reason must say why');
  expect(await site.known()).toEqual(['a', 'b', 'c']);

  // nobody leads when it is said, and by the time that somebody does one more is missing
  await site.controller.stop();
  const { change } = await followAsIs(deps, admin, { ...other, since });
  await must(site.server.as('admin'), 'DELETE', `${calicoPath('v3', 'ippools')}/a`);
  site.controller = site.start('second');
  await site.told({
    back: { since, pools: { missing: ['a', 'b', 'c'] } },
    error: expect.stringMatching(/change #\d+ .*: a$/),
  });
  expect(await site.known()).toEqual(['a', 'b', 'c']);
  expect(await previewFollow(deps)).toMatchObject({ word: { change: change.id, beyond: ['a'] } });
  await site.make('v3', 'a', '10.1.0.0/16');
  await site.told({ phase: 'live', group: V3, lost: false, settingsLost: false, back: null, error: null });
  await site.knows(['a']);
  expect(await ports()).toBe(undefined);
  expect((await readWatch(site.database.db)).word).toBe(null);
  expect(change).toMatchObject({ action: 'cluster.follow', target: 'b, c, FelixConfiguration default', reason });
  // what went is told as this change, and reached the nodes with it
  const moves = (await liveChangesSince(site.database.db, 0, 1000)).filter(({ cause }) => cause === change.id);
  expect(moves.map(({ action, pools }) => [action, pools])).toEqual(
    expect.arrayContaining([
      ['cluster.change', ['b', 'c']],
      ['settings.update', []],
    ]),
  );
  const reached = await followCarriedOut(site.database.db, [change.id]);
  expect(reached.get(change.id)).toBe(Math.max(...moves.map(({ sequence }) => sequence)));

  // the next loss needs a word of its own; that of the settings alone leaves the pools alone
  await setPorts('40000:50002');
  await says('40000:50002');
  await lose('felixconfigurations');
  await installCrds(site.server, 'v3', crd, ['felixconfigurations']);
  await site.told({ phase: 'live', back: { pools: { missing: [] }, settings: { known: 1, missing: ['default'] } } });
  await site.make('v3', 'd', '10.4.0.0/16');
  await site.knows(['a', 'd']);
  expect(await ports()).toBe('40000:50002');
  const next = await previewFollow(deps);
  await followAsIs(deps, admin, { since: next?.since ?? 0, pools: [], settings: ['default'], reason });
  await says(undefined);
  await site.told({ phase: 'live', settingsLost: false, back: null });
  expect(site.errors).toEqual([]);
});

it('a word of which half was used fits no later loss, however soon it comes', { timeout: 180_000 }, async () => {
  const deps = await unheardDeps(site.api);
  const admin = { id: null, name: 'admin', role: 'admin' } as const;
  const felix = (name: string) =>
    must(site.server.as('admin'), 'POST', calicoPath('v3', 'felixconfigurations'), {
      apiVersion: V3,
      kind: 'FelixConfiguration',
      metadata: { name },
      spec: { natPortRange: '40000:50003' },
    });
  await site.make('v3', 'x', '10.5.0.0/16');
  await soon(async () => expect(await site.known()).toContain('x'));
  const others = (await site.known()).filter((name) => name !== 'x');
  const restore = async (there: ReadonlySet<string> = new Set()) => {
    for (const [i, name] of others.entries()) if (!there.has(name)) await site.make('v3', name, `10.${20 + i}.0.0/16`);
  };
  await felix('default');
  await felix('node.one');
  await says('40000:50003');
  await lose('ippools', 'felixconfigurations');
  await installCrds(site.server, 'v3');
  await restore();
  await felix('node.one');
  await site.told({ back: { pools: { missing: ['x'] }, settings: { missing: ['default'] } } });
  const seen = await previewFollow(deps);
  await site.controller.stop();
  const word = { since: seen?.since ?? 0, pools: ['x'], settings: ['default'], reason: 'the backup has no more' };
  await followAsIs(deps, admin, word);
  await must(site.server.as('admin'), 'DELETE', `${calicoPath('v3', 'felixconfigurations')}/node.one`);
  site.controller = site.start('third');
  // the pools are followed by it; of the settings more is missing by now
  await site.told({ phase: 'live', lost: false, back: { settings: { missing: ['default', 'node.one'] } } });
  await site.knows(others);
  await site.make('v3', 'x', '10.5.0.0/16');
  await site.knows([...others, 'x']);

  await must(site.server.as('admin'), 'DELETE', `${CRDS}/ippools.projectcalico.org`);
  await vi.waitFor(() => must(site.server.as('admin'), 'POST', CRDS, crd('v3', 'ippools')), {
    timeout: 20_000,
    interval: 10,
  });
  // for a moment the server may still store into the type that was deleted
  await vi.waitFor(
    async () => {
      const there = (await must(site.server.as('admin'), 'GET', calicoPath('v3', 'ippools'))) as {
        items: { metadata: { name: string } }[];
      };
      await restore(new Set(there.items.map(({ metadata }) => metadata.name)));
      expect((await readWatch(site.database.db)).watch).toMatchObject({
        lost: true,
        back: { pools: { missing: ['x'] } },
      });
    },
    { timeout: 30_000, interval: 500 },
  );
  expect(await site.known()).toEqual([...others, 'x']);
  await site.make('v3', 'x', '10.5.0.0/16');
  await site.told({ phase: 'live', lost: false });
});

it('of a pool that is decided here it is said whether it is made again, and so it is', {
  timeout: 180_000,
}, async () => {
  const deps = await unheardDeps(site.api);
  const others = await site.known();
  const stands = (name: string, expected: object) =>
    soon(async () => expect(await readSync(deps.db, [name])).toMatchObject([expected]));
  for (const [i, name] of ['ours-asked', 'ours-enforced'].entries()) {
    await site.api.caller('editor').pools.create({ name, spec: { cidr: `10.4${i}.0.0/16` } });
    site.hub.publish({ kind: 'resync' });
    await stands(name, { state: 'Synced' });
  }
  const reason = 'nobody else may change it';
  const { version: expectedVersion } = await site.api.caller('editor').pools.get({ name: 'ours-enforced' });
  await setPolicy(deps, editor, { name: 'ours-enforced', policy: 'enforce', expectedVersion, reason });
  await lose('ippools', 'felixconfigurations');
  await installCrds(site.server, 'v3');
  for (const [i, name] of others.entries()) await site.make('v3', name, `10.${20 + i}.0.0/16`);
  await site.told({ back: { pools: { missing: ['ours-asked', 'ours-enforced'] } } });
  const { since = 0, pools = [], settings = [] } = (await previewFollow(deps)) ?? {};
  expect(pools).toMatchObject([
    { name: 'ours-asked', ours: true, madeAgain: false },
    { name: 'ours-enforced', ours: true, madeAgain: true },
  ]);
  const names = (objects: readonly { name: string }[]) => objects.map(({ name }) => name);
  const word = { since, pools: names(pools), settings: names(settings), reason: 'the backup has no more' };
  await followAsIs(deps, { id: null, name: 'admin', role: 'admin' }, word);
  await site.told({ phase: 'live', lost: false });
  await stands('ours-asked', { state: 'OutOfSync', reason: 'PoolDeletedInCluster' });
  await stands('ours-enforced', { state: 'Synced' });
  await site.knows([...others, 'ours-enforced'].sort());
});

it('a leader that begins while the type is gone knows that it was lost', { timeout: 180_000 }, async () => {
  await site.controller.stop();
  await removeCrd(site.server, 'v3', 'ippools');
  site.controller = site.start('fourth');
  await site.told({ phase: 'no-pools', group: null, from: V3, lost: true, settingsLost: true });
});

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
