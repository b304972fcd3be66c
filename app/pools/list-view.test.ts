import { expect, test } from 'vitest';
import { buildListView, type ListView, MOST_IN_LINK, parseListView } from './list-view.ts';

const plain: ListView = {
  search: '',
  facet: 'all',
  family: 'all',
  sync: 'all',
  sort: 'cidr',
  descending: false,
  selected: [],
};
const round = (view: ListView): ListView => parseListView(new URLSearchParams(buildListView(view).split('?')[1]));

test('the plain list has no query', () => {
  expect(buildListView(plain)).toBe('/pools');
  expect(parseListView(new URLSearchParams())).toEqual(plain);
});

test('every view survives the link', () => {
  const view: ListView = {
    search: '10.0.0.0/8 & more?',
    facet: 'exempt',
    family: '6',
    sync: 'OutOfSync',
    sort: 'natted',
    descending: true,
    selected: ['a.b', 'c-d'],
  };
  expect(round(view)).toEqual(view);
  expect(round({ ...plain, descending: true })).toEqual({ ...plain, descending: true });
});

test('words nobody knows fall back to the plain list', () => {
  expect(parseListView(new URLSearchParams('facet=what&family=5&sort=-x&selected='))).toEqual({
    ...plain,
    descending: true,
  });
});

test('a selection too long for a link is left out of it', () => {
  const selected = Array.from({ length: MOST_IN_LINK + 1 }, (_, i) => `pool-${i}`);
  expect(buildListView({ ...plain, selected })).toBe('/pools');
});
