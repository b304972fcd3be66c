import { expect, test } from 'vitest';
import { randomFrom, randomPools } from '../nat/fixtures/random.ts';
import type { Pool } from '../pool/spec.ts';
import { compile } from './compile.ts';
import { applyPools, indexPools } from './delta.ts';

const pool = (name: string, cidr: string, natOutgoing = false): Pool => ({ name, spec: { cidr, natOutgoing } });

/** All members that a state wants, by set. */
function membersOf(pools: readonly Pool[]): Map<string, Set<string>> {
  const sets = ([4, 6] as const).flatMap(
    (family) => compile({ pools, settings: {}, hosts: [], family, randomFully: true }).sets,
  );
  return new Map(sets.map(({ name, members }) => [name, new Set(members)]));
}

test('switching NAT off removes one member', () => {
  const index = indexPools([pool('a', '10.0.0.0/8', true), pool('b', '10.1.0.0/16', true)]);
  expect(applyPools(index, { upsert: [pool('a', '10.0.0.0/8')], remove: [] })).toEqual([
    { set: 'outgate-src-v4', family: 4, remove: ['10.0.0.0/8'], add: [] },
  ]);
});

test('what does not reach the kernel gives nothing', () => {
  const index = indexPools([pool('a', '10.0.0.0/8', true)]);
  const disabled = { name: 'a', spec: { cidr: '10.0.0.0/8', natOutgoing: true, disabled: true } };
  expect(applyPools(index, { upsert: [disabled], remove: ['nobody'] })).toEqual([]);
});

test('removing the lowest name brings the hidden pool of the same CIDR to light', () => {
  const index = indexPools([pool('a', 'fd00::/64'), pool('b', 'FD00:0::/64', true)]);
  expect(applyPools(index, { upsert: [], remove: ['a'] })).toEqual([
    { set: 'outgate-src-v6', family: 6, remove: [], add: ['fd00::/64'] },
  ]);
});

test('a name deleted and made again with another CIDR', () => {
  const index = indexPools([pool('a', '10.0.0.0/8', true)]);
  expect(applyPools(index, { upsert: [pool('a', '10.1.0.0/16')], remove: ['a'] })).toEqual([
    { set: 'outgate-src-v4', family: 4, remove: ['10.0.0.0/8'], add: [] },
    { set: 'outgate-exempt-v4', family: 4, remove: ['10.0.0.0/8'], add: ['10.1.0.0/16'] },
  ]);
});

test('/0 and a /1 share a member', () => {
  const index = indexPools([pool('all', '0.0.0.0/0', true), pool('half', '0.0.0.0/1')]);
  expect(applyPools(index, { upsert: [], remove: ['all'] })).toEqual([
    { set: 'outgate-src-v4', family: 4, remove: ['0.0.0.0/1', '128.0.0.0/1'], add: [] },
    { set: 'outgate-exempt-v4', family: 4, remove: ['128.0.0.0/1'], add: [] },
  ]);
});

test('random changes: applied one after the other they lead where a full compile leads', () => {
  const random = randomFrom(4);
  let state = new Map(randomPools(random, 40).map((one) => [one.name, one]));
  const index = indexPools([...state.values()]);
  const held = membersOf([...state.values()]);
  let moved = 0;
  for (let round = 0; round < 400; round++) {
    const names = [...state.keys()];
    const remove = names.filter(() => random.chance(0.04));
    const changed = names
      .filter(() => random.chance(0.04))
      .map((name) => ({
        ...(state.get(name) ?? pool(name, '')),
        spec: randomPools(random, 1)[0]?.spec ?? { cidr: '' },
      }));
    const upsert = [
      ...changed,
      ...randomPools(random, random.below(4)).map((one) => ({ ...one, name: `${one.name}-${round}` })),
    ];
    state = new Map([...state].filter(([name]) => !remove.includes(name)));
    for (const one of upsert) state.set(one.name, one);
    for (const { set, remove: gone, add } of applyPools(index, { upsert, remove })) {
      const members = held.get(set) ?? new Set();
      for (const member of gone) expect(members.delete(member)).toBe(true);
      for (const member of add) {
        expect(members.has(member)).toBe(false);
        members.add(member);
      }
      moved += gone.length + add.length;
    }
    expect(held).toEqual(membersOf([...state.values()]));
  }
  expect(moved).toBeGreaterThan(500);
});
