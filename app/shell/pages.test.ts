import { expect, it } from 'vitest';
import { allPages } from './pages.ts';

it('each page of the rail has a letter after g, and no two have the same', () => {
  expect(allPages.find(({ name }) => name === 'Settings')?.key).toBe('e');
  expect(new Set(allPages.map(({ key }) => key)).size).toBe(allPages.length);
});
