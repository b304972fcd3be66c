/** The type of the pools goes, and comes back: a watch of it takes no object for gone that went with its type. */
import { afterEach, describe, expect, it } from 'vitest';
import { crd, removeCrd, untilServed } from '../../e2e/cluster/install-crds.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { POOLS, watchedPools } from '../../e2e/cluster/watched-pools.ts';
import { readObject } from './object.ts';

const TYPES = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const TYPE = `${TYPES}/ippools.projectcalico.org`;
const bookmark = JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '1' } } });

const site = watchedPools();

describe('the type', () => {
  // before the watch and its pools go
  afterEach(async () => {
    const { items } = (await must(site.server.as('admin'), 'GET', TYPES)) as { items: unknown[] };
    const known = items.map((item) => readObject(item)?.metadata.name);
    if (known.includes('ippools.projectcalico.org')) return;
    await must(site.server.as('admin'), 'POST', TYPES, crd('v3', 'ippools'));
    await untilServed(site.server, POOLS);
  });

  it('is deleted with all its objects: they stay in force, until it is back and holds them all', async () => {
    for (let i = 0; i < 30; i++) await site.create(`p${i}`);
    await expect.poll(() => site.names().length).toBe(32);
    await site.drop('p0');
    await expect.poll(() => site.names().length).toBe(31);
    const held = site.names();
    await removeCrd(site.server, 'v3', 'ippools');
    await site.blind('no-such-type');
    expect(site.names()).toEqual(held);
    expect(site.changes.filter(({ now }) => now === null).map(({ key }) => key)).toEqual(['p0']);

    await must(site.server.as('admin'), 'POST', TYPES, crd('v3', 'ippools'));
    const said = (words: string) =>
      expect.poll(() => site.watched.state().error?.message, { timeout: 10_000 }).toContain(words);
    await said('made anew, and lacks 31 of 31 known objects: a, b, p1, p10, p11 and 26 more');
    expect(site.names()).toEqual(held);
    await site.create('new');
    for (const name of held.slice(1)) await site.create(name);
    await said('made anew, and lacks 1 of 31 known objects: a;');
    expect(site.names()).toEqual(held);
    await site.create('a');
    await site.backWith(...[...held, 'new'].sort());
    expect(site.changes.filter(({ now }) => now === null).map(({ key }) => key)).toEqual(['p0']);
  });

  it.each([
    ['in the midst of a stream', () => {}],
    [
      'as the time of the stream is over',
      () => {
        site.ahead += 25_000;
      },
    ],
    ['before a bookmark', () => void site.proxy.inject(bookmark)],
    ['while a deletion is not in the ledger', () => void setTimeout(() => site.known.delete('before'), 1_000)],
  ])('is made anew at once, %s, before anybody could ask for it: its objects stay in force', async (how, then) => {
    if (how.endsWith('ledger')) site.known.set('before', 'it went a moment ago');
    await must(site.server.as('admin'), 'DELETE', TYPE);
    const make = () => request(site.server.as('admin'), 'POST', TYPES, crd('v3', 'ippools'));
    await expect.poll(async () => (await make()).status, { interval: 1, timeout: 20_000 }).toBe(201);
    then();
    await expect
      .poll(() => site.watched.state().error?.message, { timeout: 10_000 })
      .toContain('lacks 2 of 2 known objects');
    expect(site.names()).toEqual(['a', 'b']);
    expect(site.changes.filter(({ now }) => now === null)).toEqual([]);
    await untilServed(site.server, POOLS);
    for (const name of ['a', 'b']) await site.create(name);
    await site.backWith('a', 'b');
  });

  it('was made anew while nobody watched: not one object is the one that was known, and one is missing', async () => {
    await site.watched.stop();
    const before = new Map(site.known);
    await must(site.server.as('admin'), 'DELETE', POOLS);
    await site.create('a');
    site.begin({ known: before, seen: before });
    await expect.poll(() => site.watched.state().error?.message).toContain('lacks 1 of 2 known objects: b;');
    expect(site.names()).toEqual([]);
    await site.create('b');
    await site.backWith('a', 'b');
  });

  it('is the same: one object proves it, also one that nobody would miss, and what is missing is gone', async () => {
    await site.watched.stop();
    const seen = new Map(site.known);
    await site.drop('b');
    site.begin({ known: new Map([['b', seen.get('b') ?? '']]), seen });
    await site.backWith('a');
  });

  it('is on its way out, and a list of what is left of it comes: what is missing there stays in force', async () => {
    const admin = site.server.as('admin');
    const keep = (finalizers: string[]) => must(admin, 'PATCH', `${POOLS}/kept`, { metadata: { finalizers } });
    await site.create('kept');
    await keep(['outgate.example/keep']);
    await expect.poll(site.names).toEqual(['a', 'b', 'kept']);
    await must(admin, 'DELETE', TYPE);
    await site.blind('no-such-type');
    // it lists again every one to two seconds
    const asked = site.proxy.requests.length;
    const lists = () => site.proxy.requests.slice(asked).filter((line) => line.includes('ippools?limit=')).length;
    await expect.poll(lists, { timeout: 15_000 }).toBeGreaterThan(1);
    expect([site.phase(), site.kind(), ...site.names()]).toEqual(['blind', 'no-such-type', 'a', 'b', 'kept']);
    await keep([]);
    // gone for clients too: the server serves the type for a moment after its definition is gone
    await expect.poll(async () => (await request(admin, 'GET', POOLS)).status, { timeout: 20_000 }).toBe(404);
  });

  it('all objects deleted by hand are gone: the type is still there', async () => {
    await must(site.server.as('admin'), 'DELETE', POOLS);
    await site.backWith();
    expect(site.states.map((state) => state.phase)).toEqual(['live']);
  });
});
