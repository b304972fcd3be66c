import { expect, test } from 'vitest';
import { nextPath } from './next-path.ts';

const next = (text: string): string => nextPath(new URLSearchParams({ next: text }));

test('paths of ours, with their query', () => {
  expect(next('/pools?q=10.0.0.1')).toBe('/pools?q=10.0.0.1');
  expect(nextPath(new URLSearchParams())).toBe('/');
});

test('never another site, never in a circle', () => {
  for (const text of [
    'https://example.org',
    '//example.org',
    '/\\example.org',
    'pools',
    '',
    '/sign-in?next=/',
    '/setup',
  ]) {
    expect(next(text), text).toBe('/');
  }
});
