import { expect, test } from 'vitest';
import { contains, type Prefix, parsePrefix } from '../net/prefix.ts';
import { prefixOfPool } from './counted-pools.ts';
import { randomAddress, randomFrom, randomPools } from './fixtures/random.ts';
import { buildTable, entriesAt, flagsAt, keyOf } from './table.ts';

function prefixes(...texts: string[]): Prefix[] {
  return texts.map((text) => {
    const parsed = parsePrefix(text);
    if (!parsed.ok) throw new Error(parsed.reason);
    return parsed.value;
  });
}

test('the borders of the address space and of prefixes belong to the right range', () => {
  const entries = prefixes('0.0.0.0/1', '255.255.255.255/32', '10.0.0.0/24').map((prefix, i) => ({
    prefix,
    flags: 1 << i,
    value: i,
  }));
  const table = buildTable(4, entries);
  const at = (key: number) => flagsAt(table, key);
  expect(
    [0, 0x09ffffff, 0x0a000000, 0x0a0000ff, 0x0a000100, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff].map(at),
  ).toEqual([1, 1, 5, 5, 1, 1, 0, 0, 2]);
});

test('an empty table holds nothing', () => {
  expect(flagsAt(buildTable(4, []), 0x0a000001)).toBe(0);
  expect(entriesAt(buildTable(6, []), keyOf({ family: 6, value: 5n }))).toEqual([]);
});

test('random prefixes: the same entries and flags as asking every prefix', () => {
  const random = randomFrom(1);
  let held = 0;
  for (let round = 0; round < 60; round++) {
    for (const family of [4, 6] as const) {
      const entries = randomPools(random, 1 + random.below(60)).flatMap((pool, i) => {
        const prefix = prefixOfPool(pool);
        return prefix?.family === family ? [{ prefix, flags: 1 << random.below(8), value: i }] : [];
      });
      const table = buildTable(family, entries);
      for (let i = 0; i < 40; i++) {
        const address = randomAddress(random, family);
        const expected = entries.filter(({ prefix }) => contains(prefix, address));
        const found = entriesAt(table, keyOf(address));
        expect(found.map(({ value }) => value).sort()).toEqual(expected.map(({ value }) => value).sort());
        expect(flagsAt(table, keyOf(address))).toBe(expected.reduce((all, { flags }) => all | flags, 0));
        const lengths = found.map(({ prefix }) => prefix.length);
        expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
        held += expected.length;
      }
    }
  }
  expect(held).toBeGreaterThan(5000);
});
