import { vi } from 'vitest';

/** Asks until it holds: a bound for a loaded machine, no measure. */
export const soon = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 20_000, interval: 30 });
