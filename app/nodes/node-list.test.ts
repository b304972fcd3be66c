import { expect, it } from 'vitest';
import { buildNodes, parseNodes, visibleNodes } from './node-list.ts';

const nodes = [
  { name: 'w-10', state: 'Programmed' as const },
  { name: 'w-2', state: 'Programmed' as const },
  { name: 'w-3', state: 'Stale' as const },
  { name: 'w-1', state: 'Failed' as const },
];
const names = (view: Parameters<typeof visibleNodes>[1]) => visibleNodes(nodes, view).map(({ name }) => name);

it('lists those that need somebody first, then as people count', () => {
  expect(names({ state: '', search: '' })).toEqual(['w-1', 'w-3', 'w-2', 'w-10']);
});

it('filters by state and name', () => {
  expect(names({ state: 'Stale', search: '' })).toEqual(['w-3']);
  expect(names({ state: '', search: 'W-1' })).toEqual(['w-1', 'w-10']);
});

it('is in the address of the page', () => {
  const view = { state: 'Drifted' as const, search: 'edge 1' };
  expect(parseNodes(new URLSearchParams(buildNodes(view).split('?')[1]))).toEqual(view);
  expect(buildNodes(parseNodes(new URLSearchParams('state=Lost')))).toBe('/nodes');
});
