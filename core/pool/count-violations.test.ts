import { expect, it } from 'vitest';
import { countViolations } from './count-violations.ts';
import type { Pool } from './spec.ts';
import { MANY, MOST_OVERLAPS, validatePool, validatePools } from './validate.ts';

const same = (count: number): Pool[] =>
  Array.from({ length: count }, (_, at) => ({ name: `p${at}`, spec: { cidr: '172.29.0.0/16' } }));

it.each([
  [2, 1],
  [MOST_OVERLAPS + 1, MOST_OVERLAPS],
  [MOST_OVERLAPS + 2, MOST_OVERLAPS + 1],
  [560, 559],
])('of %i pools of one CIDR each overlaps %i', (pools, overlaps) => {
  const found = validatePools(same(pools));
  for (const { name } of same(pools)) expect(countViolations(found.get(name) ?? [])).toBe(overlaps);
});

it('counts other rules beside those overlaps, and nothing where nothing is broken', () => {
  const broken = { name: 'broken', spec: { cidr: '172.29.0.0/16', blockSize: 8 } };
  const others = validatePool(broken, []).length;
  expect(others).toBeGreaterThan(0);
  expect(countViolations(validatePool(broken, same(559)))).toBe(559 + others);
  expect(countViolations([])).toBe(0);
});

it('where a set has very many each further pool names one, and is counted all the same', () => {
  const pools = same(MANY / MOST_OVERLAPS + 100);
  const last = validatePools(pools).get(pools.at(-1)?.name ?? '') ?? [];
  expect([last.length, countViolations(last)]).toEqual([2, pools.length - 1]);
});
