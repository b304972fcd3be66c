/** Everything that can go wrong between a watch and the API server, with a real one. What is held is never emptied by it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureBinaries } from '../../e2e/cluster/binaries/build.ts';
import { type FaultProxy, startFaultProxy } from '../../e2e/cluster/fault-proxy.ts';
import { calicoPath, crd, installCrds, removeCrd, untilServed } from '../../e2e/cluster/install-crds.ts';
import { must, request } from '../../e2e/cluster/request.ts';
import { grant, revoke } from '../../e2e/cluster/rights.ts';
import { type ApiServer, startApiServer } from '../../e2e/cluster/start-api-server.ts';
import { type Connection, openConnection } from './connection.ts';
import { fromKubeconfig } from './kubeconfig.ts';
import { type Change, type ListWatch, listWatch } from './list-watch.ts';
import { policyRules } from './needed-rights.ts';
import { readObject } from './object.ts';
import type { WatchState } from './watch-state.ts';

const path = calicoPath('v3', 'ippools');
let server: ApiServer;
let proxy: FaultProxy;
let connection: Connection;
let token: string;
let watched: ListWatch<string>;
let changes: Change<string>[];
let states: WatchState[];
/** as a ledger would have them: name to uid */
let known: Map<string, string>;
/** milliseconds that the watch's clock is ahead */
let ahead: number;
const pass = (ms: number): void => {
  ahead += ms;
};

beforeAll(async () => {
  server = await startApiServer({
    binaries: await ensureBinaries((line) => console.error(line)),
    users: { outgate: [] },
  });
  await installCrds(server, 'v3');
  await allow();
});
afterAll(() => server?.stop());

beforeEach(async () => {
  for (const name of ['a', 'b']) await create(name);
  proxy = await startFaultProxy(server);
  token = server.as('outgate').token;
  const credentials = fromKubeconfig(server.kubeconfig, 'outgate');
  connection = openConnection({
    ...credentials,
    server: proxy.url,
    headers: async () => ({ authorization: `Bearer ${token}` }),
  });
  changes = [];
  states = [];
  known = new Map();
  ahead = 0;
  watched = begin();
  await expect.poll(() => [watched.state().phase, proxy.watches()], { timeout: 20_000 }).toEqual(['live', 1]);
});
afterEach(async () => {
  await watched.stop();
  await connection.close();
  await proxy.close();
  await must(server.as('admin'), 'DELETE', path);
});

function begin(lasting = { lost: false, remembered: async () => ({ known, seen: known }) }): ListWatch<string> {
  const uids = new Map<string, string>();
  return listWatch({
    connection,
    path,
    lasting,
    keep({ metadata, spec }) {
      uids.set(metadata.name, metadata.uid);
      return `${metadata.name} ${(spec as { cidr: string }).cidr}`;
    },
    onChange(some) {
      changes.push(...some);
      for (const { key, now } of some) {
        if (now === null) known.delete(key);
        else known.set(key, uids.get(key) ?? '');
      }
    },
    onState: (state) => states.push(state),
    now: () => Date.now() + ahead,
  });
}

let subnet = 0;
const create = (name: string, cidr = `10.${subnet++ % 250}.0.0/16`) =>
  must(server.as('admin'), 'POST', path, {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name },
    spec: { cidr },
  });
const drop = (name: string) => must(server.as('admin'), 'DELETE', `${path}/${name}`);
const allow = () => grant(server, 'watch-test', { kind: 'User', name: 'outgate' }, policyRules('cluster'));

const names = (): string[] => [...watched.objects.keys()].sort();
const phase = (): string => watched.state().phase;
const kind = (): string | undefined => watched.state().error?.kind;

/** Milliseconds until the watch holds these names and is live. */
async function backWith(...wanted: string[]): Promise<number> {
  const began = Date.now();
  await expect.poll(() => [phase(), ...names()], { timeout: 50_000, interval: 10 }).toEqual(['live', ...wanted]);
  return Date.now() - began;
}
const blind = (why: string) =>
  expect.poll(() => [phase(), kind()], { timeout: 45_000, interval: 10 }).toEqual(['blind', why]);
/** what a server says of a version that it has forgotten */
const expired = JSON.stringify({
  type: 'ERROR',
  object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' },
});
const bookmark = JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '1' } } });
/** a second (see retry-delay.test.ts); the rest is for a loaded machine. A server that asks for more time asks for a minute. */
const SOON = 15_000;

describe('while all is well', () => {
  it('the first list comes as one change, then each event as one', async () => {
    expect(names()).toEqual(['a', 'b']);
    expect(changes.map(({ key, before }) => [key, before])).toEqual([
      ['a', null],
      ['b', null],
    ]);
    await create('c', '10.251.0.0/16');
    await backWith('a', 'b', 'c');
    await must(server.as('admin'), 'PATCH', `${path}/c`, { spec: { natOutgoing: true } });
    await drop('b');
    await backWith('a', 'c');
    expect(changes.slice(2)).toEqual([
      { key: 'c', before: null, now: 'c 10.251.0.0/16' },
      { key: 'c', before: 'c 10.251.0.0/16', now: 'c 10.251.0.0/16' },
      { key: 'b', before: expect.stringContaining('b 10.'), now: null },
    ]);
    expect(states.map((state) => state.phase)).toEqual(['live']);
  });

  it('deleted and made anew is told in order', async () => {
    await drop('a');
    await create('a', '10.252.0.0/16');
    await expect.poll(() => watched.objects.get('a')).toBe('a 10.252.0.0/16');
    expect(changes.slice(2).map(({ now }) => now)).toEqual([null, 'a 10.252.0.0/16']);
  });

  it('a stream that the server ends is asked for again from where it was, without a list', async () => {
    const lists = () => proxy.requests.filter((line) => line.includes('limit=')).length;
    const watches = () => proxy.requests.filter((line) => line.includes('watch=true')).length;
    expect([lists(), watches()]).toEqual([1, 1]);
    await expect.poll(watches, { timeout: 35_000 }).toBe(2);
    await create('c');
    await backWith('a', 'b', 'c');
    expect(lists()).toBe(1);
    expect(states.map((state) => state.phase)).toEqual(['live']);
  });
});

describe('the server', () => {
  it('is killed and comes back: what changed meanwhile is seen', async () => {
    await server.kill();
    await blind('unreachable');
    expect(names()).toEqual(['a', 'b']);
    await server.start();
    expect(await backWith('a', 'b')).toBeLessThan(SOON);
    await create('c');
    await drop('a');
    await backWith('b', 'c');
  });

  it('is frozen for longer than a stream lives, and let go', async () => {
    server.pause();
    await blind('unreachable');
    expect(names()).toEqual(['a', 'b']);
    server.resume();
    expect(await backWith('a', 'b')).toBeLessThan(SOON);
    await create('c');
    await backWith('a', 'b', 'c');
  });

  it('no longer knows the version that we ask from: list again, see what went', async () => {
    proxy.fail({ kind: 'answer', status: 503 }, /watch=true/);
    proxy.resetAll();
    await blind('unavailable');
    await create('c');
    await drop('a');
    proxy.fail({ kind: 'answer', status: 200, body: `${expired}\n` }, /watch=true/);
    await expect.poll(names).toEqual(['b', 'c']);
    proxy.heal();
    expect(await backWith('b', 'c')).toBeLessThan(SOON);
  });
});

describe('the way to it', () => {
  it('is cut in silence: noticed within 35 s, then nothing is missing', async () => {
    const began = Date.now();
    proxy.cut();
    await create('c');
    await backWith('a', 'b', 'c');
    expect(Date.now() - began).toBeLessThan(35_000);
  });

  it.each([
    ['reset', { kind: 'reset' }, 'unreachable'],
    [
      '429 as text',
      { kind: 'answer', status: 429, headers: { 'retry-after': '1' }, body: 'Too many requests' },
      'busy',
    ],
    [
      '503 with a long wait',
      { kind: 'answer', status: 503, headers: { 'retry-after': '60' }, body: 'wait' },
      'unavailable',
    ],
    ['an answer of somebody else', { kind: 'answer', status: 200, body: '<html>Sign in</html>\n' }, 'garbled'],
    ['an empty answer', { kind: 'answer', status: 200, body: '' }, 'garbled'],
  ] as const)('%s: blind with the reason, back within a second', async (_, fault, why) => {
    proxy.fail(fault);
    proxy.resetAll();
    await blind(why);
    await create('c');
    await drop('a');
    expect(names()).toEqual(['a', 'b']);
    proxy.heal();
    expect(await backWith('b', 'c')).toBeLessThan(SOON);
  });

  it('puts nonsense into the stream: it is not believed, and nothing is lost', async () => {
    expect(proxy.inject('{"type":"DELETED","object":{"metadata":{}}}')).toBe(1);
    await blind('garbled');
    await create('c');
    await backWith('a', 'b', 'c');
  });

  it('only half of a list comes, as if it were all: nothing is emptied', async () => {
    proxy.fail({ kind: 'truncate', bytes: 400 }, /limit=/);
    proxy.inject(expired);
    await blind('garbled');
    expect(names()).toEqual(['a', 'b']);
    proxy.heal();
    expect(await backWith('a', 'b')).toBeLessThan(SOON);
  });
});

describe('we', () => {
  it('lose our token and get a new one', async () => {
    token = 'wrong';
    proxy.resetAll();
    await blind('unauthorized');
    expect(names()).toEqual(['a', 'b']);
    token = server.as('outgate').token;
    expect(await backWith('a', 'b')).toBeLessThan(SOON);
  });

  it('lose our right and get it back', async () => {
    await revoke(server, 'watch-test');
    await expect
      .poll(
        async () => {
          proxy.resetAll();
          return kind();
        },
        { timeout: 10_000, interval: 500 },
      )
      .toBe('forbidden');
    expect(watched.state().error?.failure.missing).toMatchObject({ user: 'outgate', resource: 'ippools' });
    expect(names()).toEqual(['a', 'b']);
    await allow();
    // only a person gives rights: it asks every one to two seconds
    expect(await backWith('a', 'b')).toBeLessThan(SOON);
  });
});

describe('the type', () => {
  afterEach(async () => {
    const all = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const { items } = (await must(server.as('admin'), 'GET', all)) as { items: unknown[] };
    const known = items.map((item) => readObject(item)?.metadata.name);
    if (known.includes('ippools.projectcalico.org')) return;
    await must(server.as('admin'), 'POST', all, crd('v3', 'ippools'));
    await untilServed(server, path);
  });

  it('is deleted with all its objects: they stay in force, until it is back and holds them all', async () => {
    for (let i = 0; i < 30; i++) await create(`p${i}`);
    await expect.poll(() => names().length).toBe(32);
    await drop('p0');
    await expect.poll(() => names().length).toBe(31);
    const held = names();
    await removeCrd(server, 'v3', 'ippools');
    await blind('no-such-type');
    expect(names()).toEqual(held);
    expect(changes.filter(({ now }) => now === null).map(({ key }) => key)).toEqual(['p0']);

    const all = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await must(server.as('admin'), 'POST', all, crd('v3', 'ippools'));
    const said = (words: string) =>
      expect.poll(() => watched.state().error?.message, { timeout: 10_000 }).toContain(words);
    await said('made anew, and lacks 31 of 31 known objects: a, b, p1, p10, p11 and 26 more');
    expect(names()).toEqual(held);
    await create('new');
    for (const name of held.slice(1)) await create(name);
    await said('made anew, and lacks 1 of 31 known objects: a;');
    expect(names()).toEqual(held);
    await create('a');
    await backWith(...[...held, 'new'].sort());
    expect(changes.filter(({ now }) => now === null).map(({ key }) => key)).toEqual(['p0']);
  });

  it.each([
    ['in the midst of a stream', () => {}],
    ['as the time of the stream is over', () => pass(25_000)],
    ['before a bookmark', () => void proxy.inject(bookmark)],
    ['while a deletion is not in the ledger', () => void setTimeout(() => known.delete('before'), 1_000)],
  ])('is made anew at once, %s, before anybody could ask for it: its objects stay in force', async (how, then) => {
    if (how.endsWith('ledger')) known.set('before', 'it went a moment ago');
    const all = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await must(server.as('admin'), 'DELETE', `${all}/ippools.projectcalico.org`);
    const make = () => request(server.as('admin'), 'POST', all, crd('v3', 'ippools'));
    await expect.poll(async () => (await make()).status, { interval: 1, timeout: 20_000 }).toBe(201);
    then();
    await expect
      .poll(() => watched.state().error?.message, { timeout: 10_000 })
      .toContain('lacks 2 of 2 known objects');
    expect(names()).toEqual(['a', 'b']);
    expect(changes.filter(({ now }) => now === null)).toEqual([]);
    await untilServed(server, path);
    for (const name of ['a', 'b']) await create(name);
    await backWith('a', 'b');
  });

  it('was made anew while nobody watched: not one object is the one that was known, and one is missing', async () => {
    await watched.stop();
    const before = new Map(known);
    await must(server.as('admin'), 'DELETE', path);
    await create('a');
    watched = begin({ lost: false, remembered: async () => ({ known: before, seen: before }) });
    await expect.poll(() => watched.state().error?.message).toContain('lacks 1 of 2 known objects: b;');
    expect(names()).toEqual([]);
    await create('b');
    await backWith('a', 'b');
  });

  it('is the same: one object proves it, also one that nobody would miss, and what is missing is gone', async () => {
    await watched.stop();
    const seen = new Map(known);
    await drop('b');
    watched = begin({
      lost: false,
      remembered: async () => ({ known: new Map([['b', seen.get('b') ?? '']]), seen }),
    });
    await backWith('a');
  });

  it('is on its way out, and a list of what is left of it comes: what is missing there stays in force', async () => {
    const admin = server.as('admin');
    const keep = (finalizers: string[]) => must(admin, 'PATCH', `${path}/kept`, { metadata: { finalizers } });
    await create('kept');
    await keep(['outgate.example/keep']);
    await expect.poll(names).toEqual(['a', 'b', 'kept']);
    const type = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/ippools.projectcalico.org';
    await must(admin, 'DELETE', type);
    await blind('no-such-type');
    // it lists again every one to two seconds
    const asked = proxy.requests.length;
    const lists = () => proxy.requests.slice(asked).filter((line) => line.includes('ippools?limit=')).length;
    await expect.poll(lists, { timeout: 15_000 }).toBeGreaterThan(1);
    expect([phase(), kind(), ...names()]).toEqual(['blind', 'no-such-type', 'a', 'b', 'kept']);
    await keep([]);
    // gone for clients too: the server serves the type for a moment after its definition is gone
    await expect.poll(async () => (await request(admin, 'GET', path)).status, { timeout: 20_000 }).toBe(404);
  });

  it('all objects deleted by hand are gone: the type is still there', async () => {
    await must(server.as('admin'), 'DELETE', path);
    await backWith();
    expect(states.map((state) => state.phase)).toEqual(['live']);
  });
});
