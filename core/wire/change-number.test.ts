import { expect, it } from 'vitest';
import { changeNumber } from './change-number.ts';

it('says both ledgers in numbers that people can read', () => {
  expect([1, 2 ** 40 - 1, 2 ** 40, 1_099_511_627_785].map(changeNumber)).toEqual([
    '#1',
    '#1099511627775',
    '#c0',
    '#c9',
  ]);
});
