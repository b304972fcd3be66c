import { expect, it } from 'vitest';
import { deletionWaits } from './deletion-waits.ts';

it('says what a deletion waits for', () => {
  const message = 'no';
  expect(deletionWaits(null)).toBe('The deletion waits for the cluster.');
  expect(deletionWaits(null, ['x/wait'])).toBe('The deletion waits there for the finalizer x/wait.');
  expect(deletionWaits(null, ['x/a', 'x/b'])).toBe('The deletion waits there for the finalizers x/a and x/b.');
  expect(deletionWaits({ message, missing: null })).toContain('refuses the deletion');
  expect(deletionWaits({ message, missing: 'delete ippools.projectcalico.org' })).toContain(
    'must have the right to delete ippools.projectcalico.org.',
  );
});
