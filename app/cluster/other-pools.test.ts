import { expect, it } from 'vitest';
import {
  adoptable,
  buildOthers,
  isOdd,
  isOne,
  type OtherPool,
  othersLead,
  othersShown,
  parseOthers,
  tickedIn,
  toAdopt,
} from './other-pools.ts';

const pool = (
  name: string,
  standing: OtherPool['standing'],
  owner = 'kubectl',
  cidr: string | null = '10.0.0.0/16',
  unreadable: OtherPool['unreadable'] = null,
) => ({
  name,
  standing,
  owner,
  class: 'hand' as const,
  spec: cidr === null ? null : { cidr },
  unreadable,
  deleting: false,
  deletion: null,
});
const pools = [
  pool('flux-net', 'foreign', 'flux', '172.16.0.0/16'),
  pool('ours', 'managed', 'outgate'),
  pool('old', 'observed'),
  pool('broken', 'observed', 'kubectl', null, { why: 'natOutgoing must be true or false', followed: false }),
  pool('no-range', 'observed', 'kubectl', '10.0.0.0/99', { why: 'cidr must be an address range', followed: false }),
  pool('once-good', 'observed', 'kubectl', '10.1.0.0/16', { why: 'spec must be given', followed: true }),
];
const shown = (query = '') => othersShown(pools, parseOthers(new URLSearchParams(query))).map(({ name }) => name);

it('leaves ours out, and shows what may be adopted before what may not', () => {
  expect(shown()).toEqual(['broken', 'no-range', 'old', 'once-good', 'flux-net']);
  expect(shown('standing=foreign')).toEqual(['flux-net']);
  expect(shown('standing=managed')).toEqual(shown());
});

it('finds by name, owner and CIDR', () => {
  expect([shown('q=FLUX'), shown('q=172.16'), shown('q=kubectl')]).toEqual([
    ['flux-net'],
    ['flux-net'],
    ['broken', 'no-range', 'old', 'once-good'],
  ]);
});

it('survives the link', () => {
  expect(buildOthers({ search: '', standing: 'all' })).toBe('/cluster');
  const view = { search: 'a b&c', standing: 'observed' as const };
  expect(parseOthers(new URLSearchParams(buildOthers(view).split('?')[1]))).toEqual(view);
});

it('only what can be read and belongs to nobody else may be adopted, and is counted so', () => {
  expect(pools.filter(adoptable).map(({ name }) => name)).toEqual(['old']);
  expect(pools.filter((one) => adoptable({ ...one, deleting: true }))).toEqual([]);
  const deletion = { change: 7, refused: null };
  expect(pools.filter((one) => adoptable({ ...one, deletion }))).toEqual([]);
  expect(pools.filter((one) => isOne({ ...one, deletion }, 'deleting'))).toEqual(pools);
  expect(shown('standing=observed')).toEqual(['old']);
  expect(shown('standing=unreadable')).toEqual(['broken', 'no-range', 'once-good']);
  expect(pools.filter((one) => isOne(one, 'unreadable'))).toHaveLength(3);
  const goes = pools.map((one) => ({ ...one, deleting: one.name === 'flux-net' }));
  expect(goes.filter((one) => isOne(one, 'deleting')).map(({ name }) => name)).toEqual(['flux-net']);
  expect(goes.filter((one) => isOne(one, 'foreign'))).toEqual([]);
});

it('what cannot be read is not told as followed, but where it could be read before', () => {
  const others = othersShown(pools, { search: '', standing: 'all' });
  const followed = '5; nodes follow them as they follow ours';
  expect(othersLead(others)).toBe(`${followed}, but for 2 of the 3 that Calico cannot read`);
  const neverGood = others.map((one) => (one.unreadable?.followed ? { ...one, unreadable: null } : one));
  expect(othersLead(neverGood)).toBe(`${followed}, but for 2 that Calico cannot read`);
  expect(othersLead(others.slice(2))).toBe('3; nodes follow them as they follow ours');
  expect(othersLead(others.slice(0, 1))).toBe('1; Calico cannot read it, so no node follows it');
  expect(othersLead(others.slice(0, 2))).toBe('2; Calico cannot read them, so no node follows one of them');
});

it('of a pool that was deleted here nothing more is said once it goes there', () => {
  const old = { ...pool('old', 'observed'), violations: [], problems: [], heldFast: null };
  const deletion = { change: 1, refused: null };
  expect(isOdd(old)).toBe(false);
  expect(isOdd({ ...old, deletion })).toBe(true);
  expect(isOdd({ ...old, deletion, deleting: true })).toBe(false);
});

it('a pool that is to be adopted comes ticked, once', () => {
  const params = new URLSearchParams(toAdopt('by-hand').split('?')[1]);
  expect([...tickedIn(params)]).toEqual(['by-hand']);
  expect(parseOthers(params).search).toBe('by-hand');
  expect(buildOthers(parseOthers(params))).toBe('/cluster?q=by-hand');
});
