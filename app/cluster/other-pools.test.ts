import { expect, it } from 'vitest';
import { adoptable, buildOthers, type OtherPool, othersShown, parseOthers } from './other-pools.ts';

const pool = (
  name: string,
  standing: OtherPool['standing'],
  owner = 'kubectl',
  cidr: string | null = '10.0.0.0/16',
) => ({
  name,
  standing,
  owner,
  class: 'hand' as const,
  spec: cidr === null ? null : { cidr },
});
const pools = [
  pool('flux-net', 'foreign', 'flux', '172.16.0.0/16'),
  pool('ours', 'managed', 'outgate'),
  pool('old', 'observed'),
  pool('broken', 'observed', 'kubectl', null),
];
const shown = (query = '') => othersShown(pools, parseOthers(new URLSearchParams(query))).map(({ name }) => name);

it('leaves ours out, and shows what may be adopted before what may not', () => {
  expect(shown()).toEqual(['broken', 'old', 'flux-net']);
  expect(shown('standing=foreign')).toEqual(['flux-net']);
  expect(shown('standing=managed')).toEqual(['broken', 'old', 'flux-net']);
});

it('finds by name, owner and CIDR', () => {
  expect([shown('q=FLUX'), shown('q=172.16'), shown('q=kubectl')]).toEqual([
    ['flux-net'],
    ['flux-net'],
    ['broken', 'old'],
  ]);
});

it('survives the link', () => {
  expect(buildOthers({ search: '', standing: 'all' })).toBe('/cluster');
  const view = { search: 'a b&c', standing: 'observed' as const };
  expect(parseOthers(new URLSearchParams(buildOthers(view).split('?')[1]))).toEqual(view);
});

it('only what can be read and belongs to nobody else may be adopted', () => {
  expect(pools.filter(adoptable).map(({ name }) => name)).toEqual(['old']);
});
