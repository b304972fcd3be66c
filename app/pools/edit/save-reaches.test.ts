import { expect, it } from 'vitest';
import { saveReaches } from './save-reaches.ts';

const stand = { state: 'Contested', policy: 'enforce', fields: ['natOutgoing'], managers: ['kubectl-edit'] } as const;
const of = (other: Partial<Parameters<typeof saveReaches>[0]>) =>
  saveReaches({ ...stand, fields: [...stand.fields], managers: [...stand.managers], ...other });

it('says that a save takes back what others hold, waits for a decision, or sets what nobody holds', () => {
  expect(of({})).toBe(
    'The cluster has natOutgoing otherwise, and kubectl-edit holds it. By the policy enforce whatever is saved here writes it over as well.',
  );
  expect(of({ policy: 'ask', state: 'OutOfSync' })).toBe(
    'The cluster has natOutgoing otherwise, and kubectl-edit holds it. Whatever is saved here waits until it is decided about: take theirs, apply ours by force, or release.',
  );
  expect(of({ policy: 'ask', fields: ['natOutgoing', 'disabled'] })).toContain('waits until they are decided about:');
  expect(of({ policy: 'ask', state: 'OutOfSync', managers: [], fields: ['natOutgoing', 'disabled'] })).toBe(
    'The cluster has natOutgoing and disabled otherwise. Nobody holds them: whatever is saved here sets them as decided here, too.',
  );
});

it('says nothing of a pool that the cluster has as desired, or not at all', () => {
  expect(of({ state: 'Synced', fields: [], managers: [] })).toBe(null);
  expect(of({ state: 'Rejected' })).toBe(null);
  expect(of({ state: 'OutOfSync', fields: [], managers: [] })).toBe(null);
});
