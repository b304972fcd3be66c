import { expect, it } from 'vitest';
import { failure } from './kube-error.ts';
import { retryDelay } from './retry-delay.ts';

it('grows, and stays below a second for a server that is away, whatever it asks for', () => {
  const away = failure('unavailable', '', { retryAfterMs: 5000 });
  expect([0, 1, 2, 3, 50].map((attempt) => retryDelay(away, attempt, 0.999))).toEqual(
    [100, 200, 400, 800, 800].map((ms) => expect.closeTo(ms, 0)),
  );
  expect(retryDelay(away, 3, 0)).toBe(400);
});

it('obeys a server that has too much to do, within reason', () => {
  expect(retryDelay(failure('busy', '', { retryAfterMs: 3000 }), 0, 0.5)).toBe(3000);
  expect(retryDelay(failure('busy', '', { retryAfterMs: 9e6 }), 0, 0.5)).toBe(30_000);
});

it('is slow where somebody must act first', () => {
  expect(retryDelay(failure('forbidden', ''), 0, 0)).toBe(1000);
});
