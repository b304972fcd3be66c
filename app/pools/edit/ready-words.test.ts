import { expect, it } from 'vitest';
import { readyWords } from './ready-words.ts';

it('says that it can be saved, and how many warnings are to be seen before', () => {
  expect(readyWords(0)).toBe('Ready to save.');
  expect(readyWords(1)).toBe('Can be saved. See the warning above first.');
  expect(readyWords(3)).toBe('Can be saved. See the 3 warnings above first.');
});
