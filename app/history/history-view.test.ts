import { expect, it } from 'vitest';
import { actorsIn, buildHistory, filterOf, isFiltered, parseHistory, withoutFilters } from './history-view.ts';

const whole = {
  pool: 'public',
  actor: 'ada@outgate.example',
  action: 'pool.update',
  from: '2026-08-01',
  to: '2026-08-18',
  search: 'cdn & co',
  change: 12,
};
const parse = (text: string) => parseHistory(new URLSearchParams(text));

it('comes back from the address of the page', () => {
  expect(parse(buildHistory(whole).split('?')[1] ?? '')).toEqual(whole);
  expect(buildHistory(parse(''))).toBe('/history');
});

it('names each who once, and says who is no account', () => {
  const changes = [
    { actor: 'ada@outgate.example', role: 'admin' },
    { actor: 'kubectl-edit', role: 'cluster' },
    { actor: 'ada@outgate.example', role: 'cluster' },
    { actor: 'bob@outgate.example', role: 'cluster' },
    { actor: 'kubectl-edit', role: 'cluster' },
  ];
  expect(actorsIn(changes, 'zoe@outgate.example')).toEqual([
    { actor: 'ada@outgate.example', words: 'ada@outgate.example (account, and field manager in the cluster)' },
    { actor: 'bob@outgate.example', words: 'bob@outgate.example (field manager in the cluster)' },
    { actor: 'kubectl-edit', words: 'kubectl-edit (field manager in the cluster)' },
    { actor: 'zoe@outgate.example', words: 'zoe@outgate.example' },
  ]);
  expect(actorsIn([], '')).toEqual([]);
});

it('reads what does not exist as not said', () => {
  expect(parse('action=pool.explode&from=yesterday&to=2026-13-40&change=-1')).toEqual(parse(''));
});

it('asks for whole days', () => {
  expect(filterOf(whole)).toEqual({
    pool: 'public',
    actor: 'ada@outgate.example',
    action: 'pool.update',
    from: '2026-08-01T00:00:00.000Z',
    to: '2026-08-19T00:00:00.000Z',
    search: 'cdn & co',
  });
  expect(filterOf(parse('change=3'))).toEqual({});
});

it('clears the filters and keeps the open change', () => {
  expect(isFiltered(whole)).toBe(true);
  expect(withoutFilters(whole)).toEqual({ ...parse(''), change: 12 });
  expect(isFiltered(withoutFilters(whole))).toBe(false);
});
