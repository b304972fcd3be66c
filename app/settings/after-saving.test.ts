import { expect, it } from 'vitest';
import type { Stand } from '../pools/sync/sync-words.ts';
import { afterSaving, type Saved, standsAfter } from './after-saving.ts';

const holder = { manager: 'kubectl-edit', operation: 'Update' as const, at: null };
const stand = (state: Stand['state'], reason: Stand['reason'], more: Partial<Stand> = {}) => ({
  object: 'default',
  rows: [{ field: 'natPortRange' as const, holders: [holder] }],
  sync: {
    state,
    reason,
    policy: 'ask' as const,
    message: null,
    fields: [],
    managers: [],
    missing: null,
    released: [],
    ...more,
  },
});
const said = (...stands: Saved[]) => afterSaving(stands, true);

it('says of what was saved how it stands: that it follows is said only of what waits for the cluster', () => {
  expect(said(stand('Pending', 'WaitingForCluster'))).toEqual([
    'FelixConfiguration default follows as soon as the cluster answers.',
  ]);
  expect(said(stand('Synced', 'AsDesired'))).toEqual(['FelixConfiguration default says what is decided.']);
  const held = { fields: ['natPortRange'], managers: ['kubectl-edit'] };
  expect(said(stand('Contested', 'FieldOwnedByOther', held))).toEqual([
    'FelixConfiguration default does not say what is decided: kubectl-edit holds natPortRange; nothing was written. It waits for a decision, below.',
  ]);
  expect(said(stand('OutOfSync', 'FieldChangedInCluster', held))).toEqual([
    'FelixConfiguration default does not say what is decided: kubectl-edit changed natPortRange in the cluster. It waits for a decision, below.',
  ]);
  expect(said(stand('OutOfSync', 'SettingsDeletedInCluster'))).toEqual([
    'FelixConfiguration default does not say what is decided: The FelixConfiguration was deleted in the cluster. It waits for a decision, below.',
  ]);
  for (const refused of [stand('Rejected', 'RefusedByCluster'), stand('Forbidden', 'RightMissing')]) {
    expect(said(refused)).toHaveLength(1);
    expect(said(refused).join()).toMatch(/^FelixConfiguration default does not say what is decided: /);
    expect(said(refused).join()).not.toMatch(/as soon as the cluster answers|waits for a decision/);
  }
});

it('of several objects each has its own, and one of which nothing is decided any more says that', () => {
  const node = { ...stand('Pending', 'WaitingForCluster'), object: 'node.w-1' };
  expect(said(stand('Synced', 'AsDesired'), node, { object: 'node.w-2', sync: null, rows: [] })).toEqual([
    'FelixConfiguration default says what is decided.',
    'FelixConfiguration node.w-1 follows as soon as the cluster answers.',
    'Nothing of FelixConfiguration node.w-2 is decided here any more.',
  ]);
});

it('while the cluster is not heard nothing is said of how it stood before', () => {
  expect(afterSaving([stand('Contested', 'FieldOwnedByOther')], false)).toEqual([
    'The cluster is not heard: FelixConfiguration default is brought to it once it answers.',
  ]);
});

it('nothing is said by what is known of before the change: a node that had no settings of its own had no row either', () => {
  const node = { ...stand('Pending', 'WaitingForCluster'), object: 'node.w-1' };
  expect(standsAfter(8, ['node.w-1'], { version: 7, objects: [] })).toEqual([]);
  expect(standsAfter(8, ['node.w-1'], null)).toEqual([]);
  expect(standsAfter(8, ['node.w-1'], { version: 8, objects: [stand('Synced', 'AsDesired'), node] })).toEqual([node]);
  expect(standsAfter(8, ['node.w-1'], { version: 9, objects: [] })).toEqual([
    { object: 'node.w-1', sync: null, rows: [] },
  ]);
});
