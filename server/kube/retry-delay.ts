/** How long to wait before asking the API server again. */
import type { Failure } from './kube-error.ts';

const FIRST_MS = 100;
/** Whatever happened, we are back within a second of the server: one small request a second harms nobody. */
const LONGEST_MS = 800;
/** What only a person or another program changes: rights, types. */
const SLOW_MS = 2_000;
const LONGEST_ASKED_MS = 30_000;

/**
 * Milliseconds. `attempt` counts from 0; `random` is in [0, 1) and keeps many of us from asking in step. Retry-After is
 * obeyed where it is about load (429); a server that starts asks for five seconds and is ready in one.
 */
export function retryDelay({ kind, retryAfterMs }: Failure, attempt: number, random: number): number {
  if (kind === 'busy' && retryAfterMs !== null) return Math.min(retryAfterMs, LONGEST_ASKED_MS);
  const slow = kind === 'forbidden' || kind === 'no-such-type' || kind === 'not-found' || kind === 'invalid';
  const whole = slow ? SLOW_MS : Math.min(FIRST_MS * 2 ** Math.min(attempt, 10), LONGEST_MS);
  return whole * (0.5 + random / 2);
}
