import { expect, it } from 'vitest';
import { followEffects, lackingText } from './follow-effects.ts';

const pool = (name: string, nats: boolean, ours = false) => ({
  name,
  cidr: '10.0.0.0/8',
  nats,
  exempts: true,
  ours,
  madeAgain: false,
});
const last =
  'What the cluster has is followed, as it is there. If more is missing by then than stands here, nothing happens.';

it('says of pools that go whose NAT ends, what is no longer exempt, and what is decided here', () => {
  const pools = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, i) => pool(name, i < 3, i === 6));
  const going = { known: { pools: 10, settings: 0 }, pools, settings: [] };
  expect(lackingText(going)).toBe('7 of 10 known pools');
  expect(followEffects(going)).toEqual([
    '7 pools go: a, b, c, d, e and 2 more.',
    'Outgoing connections from 3 of them are NATed now; then they keep the pod’s address, unless another pool that NATs covers it.',
    'Connections to addresses in them are not NATed now; then they are, where they come from a pool that NATs and no other pool covers the address.',
    '1 is decided here: deleted in the cluster then, and to be decided about.',
    last,
  ]);
  expect(followEffects({ ...going, pools: [pool('a', true)] }).slice(0, 2)).toEqual([
    '1 pool goes: a.',
    'Outgoing connections from it are NATed now; then they keep the pod’s address, unless another pool that NATs covers it.',
  ]);
});

it('what is made again does not go: it is not counted, and said apart', () => {
  const held = (name: string) => ({ ...pool(name, true, true), madeAgain: true });
  const going = { known: { pools: 10, settings: 0 }, pools: [pool('a', true, true), held('b')], settings: [] };
  expect(lackingText(going)).toBe('2 of 10 known pools');
  expect(followEffects(going)).toEqual([
    '1 pool goes: a.',
    'Outgoing connections from it are NATed now; then they keep the pod’s address, unless another pool that NATs covers it.',
    'Connections to addresses in it are not NATed now; then they are, where they come from a pool that NATs and no other pool covers the address.',
    '1 is decided here: deleted in the cluster then, and to be decided about.',
    '1 pool that is decided here is made again in the cluster as desired, and is not in force until then: b.',
    last,
  ]);
  expect(followEffects({ ...going, pools: [held('b'), held('c')] })).toEqual([
    '2 pools that are decided here are made again in the cluster as desired, and are not in force until then: b, c.',
    last,
  ]);
});

it('says nothing of NAT that does not change: of a pool for load balancers alone, and of one that could not be read', () => {
  const quiet = { ...pool('lb', false), exempts: false };
  const going = { known: { pools: 2, settings: 0 }, pools: [quiet], settings: [] };
  expect(followEffects(going)).toEqual(['1 pool goes: lb.', last]);
  expect(followEffects({ ...going, pools: [quiet, pool('pods', false)] })[1]).toMatch(
    /^Connections to addresses in 1 of them /,
  );
});

it('says of settings what is in force no longer', () => {
  const settings = [{ name: 'default', fields: { natPortRange: '40000:50000', natOutgoingAddress: '192.0.2.9' } }];
  const going = { known: { pools: 2, settings: 1 }, pools: [], settings };
  expect(lackingText(going)).toBe('1 of 1 known FelixConfiguration');
  expect(followEffects(going)).toEqual([
    'FelixConfiguration default goes: natPortRange 40000:50000, natOutgoingAddress 192.0.2.9 are in force no longer.',
    last,
  ]);
  expect(lackingText({ ...going, pools: [pool('a', true)] })).toBe(
    '1 of 2 known pools, and 1 of 1 known FelixConfiguration',
  );
});
