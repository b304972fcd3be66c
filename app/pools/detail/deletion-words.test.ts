import { expect, test } from 'vitest';
import { deletionWords } from './deletion-words.ts';

test.each([
  ['deleted', ['nightly-job'], 'nightly-job holds fields of it too: the object goes with ours.'],
  ['deleted', ['a', 'b'], 'a and b hold fields of it too: the object goes with ours.'],
  [
    'deleted',
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
    'a, b, c, d and 3 more hold fields of it too: the object goes with ours.',
  ],
  ['disowned', ['argocd'], 'argocd has it as its own too: it stays in the cluster, and only our name goes from it.'],
  [
    'disowned',
    ['argocd', 'flux'],
    'argocd and flux have it as their own too: it stays in the cluster, and only our name goes from it.',
  ],
  ['kept', ['kubectl'], 'What the cluster has under this name is decided by kubectl: it stays there as it is.'],
  ['disowned', [], 'The cluster has another object under this name: it stays there, and only our name goes from it.'],
  ['kept', [], 'The cluster has another object under this name: it stays there as it is.'],
] as const)('%s beside %j', (becomes, managers, words) => {
  expect(deletionWords({ becomes, managers, finalizers: [] })).toBe(words);
});

test('what holds it there is said, beside whoever holds fields of it', () => {
  const held = (managers: string[], finalizers: string[]) =>
    deletionWords({ becomes: 'deleted', managers, finalizers });
  expect(held([], ['x/a'])).toBe(
    'The finalizer x/a holds the object in the cluster: nodes follow it until that is gone.',
  );
  expect(held(['job'], ['x/a', 'x/b'])).toBe(
    'job holds fields of it too: the object goes with ours. The finalizers x/a and x/b hold the object in the cluster: nodes follow it until they are gone.',
  );
});
