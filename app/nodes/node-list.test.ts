import { expect, it } from 'vitest';
import { buildNodes, type NodesView, parseNodes, visibleNodes } from './node-list.ts';

const nodes = [
  { name: 'w-10', state: 'Programmed' as const, conditions: [{ reason: 'AsDesired' as const }] },
  { name: 'w-2', state: 'Programmed' as const, conditions: [{ reason: 'TwoAgents' as const }] },
  { name: 'w-3', state: 'Stale' as const, conditions: [{ reason: 'NoAgent' as const }] },
  { name: 'w-1', state: 'Failed' as const, conditions: [] },
];
const names = (view: Partial<NodesView>) =>
  visibleNodes(nodes, { state: '', reason: '', search: '', ...view }).map(({ name }) => name);

it('lists those that need somebody first, then as people count', () => {
  expect(names({})).toEqual(['w-1', 'w-3', 'w-2', 'w-10']);
});

it('filters by state, reason and name', () => {
  expect(names({ state: 'Stale' })).toEqual(['w-3']);
  expect(names({ reason: 'TwoAgents' })).toEqual(['w-2']);
  expect(names({ reason: 'TwoAgents', state: 'Stale' })).toEqual([]);
  expect(names({ search: 'W-1' })).toEqual(['w-1', 'w-10']);
});

it('is in the address of the page', () => {
  const view = { state: 'Drifted' as const, reason: 'NodeNotReady' as const, search: 'edge 1' };
  expect(parseNodes(new URLSearchParams(buildNodes(view).split('?')[1]))).toEqual(view);
  expect(buildNodes(parseNodes(new URLSearchParams('state=Lost&reason=AsDesired')))).toBe('/nodes');
});
