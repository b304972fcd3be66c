import { expect, it } from 'vitest';
import { isTooLong, LONGEST_ADDRESS } from './too-long.ts';

it('the settings of many nodes are, those of a few are not, whatever of them is escaped', () => {
  const settings = (count: number) => ({
    global: {},
    nodes: Object.fromEntries(Array.from({ length: count }, (_, i) => [`node-${i}`, { natPortRange: '30000:40000' }])),
  });
  expect([isTooLong(undefined), isTooLong({ settings: settings(5) }), isTooLong({ settings: settings(50) })]).toEqual([
    false,
    false,
    true,
  ]);
  const quotes = '"'.repeat(LONGEST_ADDRESS / 4);
  expect([isTooLong('a'.repeat(LONGEST_ADDRESS / 4)), isTooLong(quotes)]).toEqual([false, true]);
});
