import { expect, test } from 'vitest';
import { missingForLab } from './requirements.ts';

test('may be asked several times at once', async () => {
  expect(await Promise.all([missingForLab(), missingForLab(), missingForLab()])).toEqual([[], [], []]);
});
