import { expect, it } from 'vitest';
import { applyOurs, inForceWords, letGo, type SettingRow, standText, takeTheirs } from './settings-words.ts';

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

it('of settings that wait, those that the cluster has of before are told from those that it never had', () => {
  const sync = {
    ...({ state: 'Pending', reason: 'WaitingForCluster', policy: 'ask', message: null, missing: null } as const),
    ...{ fields: [], managers: [], released: [] },
  };
  const never = 'It was not brought to the cluster yet.';
  expect(standText(sync, { exists: true, rows: [row] })).toBe('Its last change was not brought to the cluster yet.');
  expect(standText(sync, { exists: true, rows: [{ ...row, applied: null }] })).toBe(never);
  expect(standText(sync, { exists: false, rows: [row] })).toBe(never);
});

it('where an object that is not taken said nothing before, what it says is not in force, and no value is', () => {
  expect(inForceWords('1:2')).toBe('in force on Outgate’s nodes: ');
  expect(inForceWords(null)).toBe('not in force on Outgate’s nodes');
});
