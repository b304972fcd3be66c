import { expect, it } from 'vitest';
import { applyOurs, letGo, type SettingRow, takeTheirs } from './settings-words.ts';

const row: SettingRow = {
  field: 'natPortRange',
  desired: '1:2',
  live: '3:4',
  applied: '1:2',
  differs: true,
  holders: [{ manager: 'kubectl-edit', operation: 'Update', at: null }],
  held: false,
};

it('the cluster moves by force, and by letting go of what nobody else holds; by what is taken of it it does not', () => {
  expect(takeTheirs(row).moves).toBe(false);
  expect(letGo(row, null).moves).toBe(false);
  expect(letGo({ ...row, holders: [], held: true }, null).moves).toBe(true);
  expect(applyOurs('default', null, true, [row]).moves).toBe(true);
});
