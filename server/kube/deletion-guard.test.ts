import { expect, it } from 'vitest';
import { guardDeletions } from './deletion-guard.ts';
import type { TypePresence } from './discovery.ts';

function guarded(presence: (check: number) => TypePresence, takesAll: (waiting: readonly string[]) => boolean) {
  const delivered: string[] = [];
  const errors: string[] = [];
  let checks = 0;
  const guard = guardDeletions<string>({
    path: '/apis/projectcalico.org/v3/ippools',
    presence: async () => presence(++checks),
    deliver: (event) => delivered.push(event),
    takesAll: async (waiting) => takesAll(waiting),
    failed: (error) => errors.push(String(error)),
  });
  return { guard, delivered, errors };
}

it('a deletion that comes while an earlier one is looked at waits for a look of its own', async () => {
  const { guard, delivered, errors } = guarded(
    (check) => {
      if (check > 1) return 'leaving';
      // discovery does not know yet of what these are the first of
      for (const [event, isDeletion] of [
        ['made', false],
        ['second', true],
        ['last', false],
      ] as const) {
        guard.take(event, isDeletion);
      }
      return 'served';
    },
    () => false,
  );
  guard.take('first', true);
  await expect.poll(() => errors.join()).toContain('the type is being deleted');
  expect(delivered).toEqual(['first', 'made']);
  expect(guard.waiting()).toBe(true);
});

it('all that waited is told in its order, and what comes later at once', async () => {
  const looked: string[][] = [];
  const { guard, delivered, errors } = guarded(
    (check) => {
      if (check === 1) guard.take('second', true);
      return 'served';
    },
    (waiting) => {
      looked.push([...waiting]);
      return false;
    },
  );
  guard.take('first', true);
  guard.take('beside', false);
  await expect.poll(() => delivered).toEqual(['first', 'beside', 'second']);
  // the last of all that was known may be among what came meanwhile
  expect(looked).toEqual([['first', 'beside', 'second'], ['second']]);
  guard.take('later', false);
  expect([delivered.at(-1), guard.waiting(), errors]).toEqual(['later', false, []]);
});
