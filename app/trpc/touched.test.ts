/** What an event has the browser load again. */
import { expect, it } from 'vitest';
import { isTouched } from './touched.ts';

const desired = (released: boolean) => ({
  queryKey: [['desired', 'pools'], { type: 'all' }],
  state: { data: { pools: [], revision: '', released } },
});

it('the cluster moves what is desired only where a field is released', () => {
  expect(isTouched('cluster', desired(true))).toBe(true);
  expect(isTouched('cluster', desired(false))).toBe(false);
  expect(isTouched('cluster', { ...desired(true), state: {} })).toBe(false);
  expect(isTouched('node', desired(true))).toBe(false);
  expect(isTouched('change', desired(false))).toBe(true);
  expect(isTouched('reset', desired(false))).toBe(true);
});
