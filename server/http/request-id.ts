import { randomUUID } from 'node:crypto';

/** The caller's own id when it is harmless in a log line, else a new one. */
export function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[A-Za-z0-9_-]{8,64}$/.test(given) ? given : randomUUID();
}
