/** Everything that can go wrong between a watch and the API server, with a real one. What is held is never emptied by it. */
import { describe, expect, it } from 'vitest';
import { must } from '../../e2e/cluster/request.ts';
import { revoke } from '../../e2e/cluster/rights.ts';
import { GRANT, POOLS, watchedPools } from '../../e2e/cluster/watched-pools.ts';

const site = watchedPools();
/** what a server says of a version that it has forgotten */
const expired = JSON.stringify({
  type: 'ERROR',
  object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' },
});
/** a second (see retry-delay.test.ts); the rest is for a loaded machine. A server that asks for more time asks for a minute. */
const SOON = 15_000;

describe('while all is well', () => {
  it('the first list comes as one change, then each event as one', async () => {
    expect(site.names()).toEqual(['a', 'b']);
    expect(site.changes.map(({ key, before }) => [key, before])).toEqual([
      ['a', null],
      ['b', null],
    ]);
    await site.create('c', '10.251.0.0/16');
    await site.backWith('a', 'b', 'c');
    await must(site.server.as('admin'), 'PATCH', `${POOLS}/c`, { spec: { natOutgoing: true } });
    await site.drop('b');
    await site.backWith('a', 'c');
    expect(site.changes.slice(2)).toEqual([
      { key: 'c', before: null, now: 'c 10.251.0.0/16' },
      { key: 'c', before: 'c 10.251.0.0/16', now: 'c 10.251.0.0/16' },
      { key: 'b', before: expect.stringContaining('b 10.'), now: null },
    ]);
    expect(site.states.map((state) => state.phase)).toEqual(['live']);
  });

  it('deleted and made anew is told in order', async () => {
    await site.drop('a');
    await site.create('a', '10.252.0.0/16');
    await expect.poll(() => site.watched.objects.get('a')).toBe('a 10.252.0.0/16');
    expect(site.changes.slice(2).map(({ now }) => now)).toEqual([null, 'a 10.252.0.0/16']);
  });

  it('a stream that the server ends is asked for again from where it was, without a list', async () => {
    const lists = () => site.proxy.requests.filter((line) => line.includes('limit=')).length;
    const watches = () => site.proxy.requests.filter((line) => line.includes('watch=true')).length;
    expect([lists(), watches()]).toEqual([1, 1]);
    await expect.poll(watches, { timeout: 35_000 }).toBe(2);
    await site.create('c');
    await site.backWith('a', 'b', 'c');
    expect(lists()).toBe(1);
    expect(site.states.map((state) => state.phase)).toEqual(['live']);
  });
});

describe('the server', () => {
  it('is killed and comes back: what changed meanwhile is seen', async () => {
    await site.server.kill();
    await site.blind('unreachable');
    expect(site.names()).toEqual(['a', 'b']);
    await site.server.start();
    expect(await site.backWith('a', 'b')).toBeLessThan(SOON);
    await site.create('c');
    await site.drop('a');
    await site.backWith('b', 'c');
  });

  it('is frozen for longer than a stream lives, and let go', async () => {
    await site.server.pause();
    await site.blind('unreachable');
    expect(site.names()).toEqual(['a', 'b']);
    site.server.resume();
    expect(await site.backWith('a', 'b')).toBeLessThan(SOON);
    await site.create('c');
    await site.backWith('a', 'b', 'c');
  });

  it('no longer knows the version that we ask from: list again, see what went', async () => {
    site.proxy.fail({ kind: 'answer', status: 503 }, /watch=true/);
    site.proxy.resetAll();
    await site.blind('unavailable');
    await site.create('c');
    await site.drop('a');
    site.proxy.fail({ kind: 'answer', status: 200, body: `${expired}\n` }, /watch=true/);
    await expect.poll(site.names).toEqual(['b', 'c']);
    site.proxy.heal();
    expect(await site.backWith('b', 'c')).toBeLessThan(SOON);
  });
});

describe('the way to it', () => {
  it('is cut in silence: noticed within 35 s, then nothing is missing', async () => {
    const began = Date.now();
    site.proxy.cut();
    await site.create('c');
    await site.backWith('a', 'b', 'c');
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
    site.proxy.fail(fault);
    site.proxy.resetAll();
    await site.blind(why);
    await site.create('c');
    await site.drop('a');
    expect(site.names()).toEqual(['a', 'b']);
    site.proxy.heal();
    expect(await site.backWith('b', 'c')).toBeLessThan(SOON);
  });

  it('puts nonsense into the stream: it is not believed, and nothing is lost', async () => {
    expect(site.proxy.inject('{"type":"DELETED","object":{"metadata":{}}}')).toBe(1);
    await site.blind('garbled');
    await site.create('c');
    await site.backWith('a', 'b', 'c');
  });

  it('only half of a list comes, as if it were all: nothing is emptied', async () => {
    site.proxy.fail({ kind: 'truncate', bytes: 400 }, /limit=/);
    site.proxy.inject(expired);
    await site.blind('garbled');
    expect(site.names()).toEqual(['a', 'b']);
    site.proxy.heal();
    expect(await site.backWith('a', 'b')).toBeLessThan(SOON);
  });
});

describe('we', () => {
  it('lose our token and get a new one', async () => {
    site.token = 'wrong';
    site.proxy.resetAll();
    await site.blind('unauthorized');
    expect(site.names()).toEqual(['a', 'b']);
    site.token = site.server.as('outgate').token;
    expect(await site.backWith('a', 'b')).toBeLessThan(SOON);
  });

  it('lose our right and get it back', async () => {
    await revoke(site.server, GRANT);
    await expect
      .poll(
        async () => {
          site.proxy.resetAll();
          return site.kind();
        },
        { timeout: 10_000, interval: 500 },
      )
      .toBe('forbidden');
    expect(site.watched.state().error?.failure.missing).toMatchObject({ user: 'outgate', resource: 'ippools' });
    expect(site.names()).toEqual(['a', 'b']);
    await site.allow();
    // only a person gives rights: it asks every one to two seconds
    expect(await site.backWith('a', 'b')).toBeLessThan(SOON);
  });
});
