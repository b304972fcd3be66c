import { expect, test } from 'vitest';
import { match, type Press } from './sequence.ts';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrl: false,
  meta: false,
  alt: false,
  typing: false,
  ...more,
});
const keys = ['/', 'g p', 'g o', 's', 'Escape', 'mod+k', 'mod+Enter'];

test('g waits for the next key', () => {
  expect(match(press('g'), null, keys, true)).toEqual({ keys: null, pending: 'g' });
  expect(match(press('p'), 'g', keys, true)).toEqual({ keys: 'g p', pending: null });
  expect(match(press('x'), 'g', keys, true)).toEqual({ keys: null, pending: null });
});

test('a key after g does not act alone', () => {
  expect(match(press('s'), 'g', keys, true).keys).toBeNull();
  expect(match(press('s'), null, keys, true).keys).toBe('s');
});

test('letters do nothing while typing, Escape and Ctrl keys do', () => {
  expect(match(press('s', { typing: true }), null, keys, true).keys).toBeNull();
  expect(match(press('Escape', { typing: true }), null, keys, true).keys).toBe('Escape');
  expect(match(press('Enter', { typing: true, ctrl: true }), null, keys, true).keys).toBe('mod+Enter');
  expect(match(press('K', { meta: true }), null, keys, true).keys).toBe('mod+k');
});

test('letters can be switched off, named keys stay', () => {
  expect(match(press('/'), null, keys, false).keys).toBeNull();
  expect(match(press('Escape'), null, keys, false).keys).toBe('Escape');
});
