/**
 * Reads of the addresses in use. One costs the API server up to 40 large pages, so who asks for the same range at once, or
 * shortly after, gets the same answer, and few read at a time.
 */
import { formatPrefix, type Prefix } from '../../../core/net/prefix.ts';
import type { BlocksRead } from '../../kube/ipam-blocks.ts';
import { AppError } from '../app-error.ts';

export interface ShareOptions {
  readonly read: (range: Prefix) => Promise<BlocksRead>;
  /** milliseconds */
  readonly now: () => number;
}

/** at a time, each of another range */
const MOST_READING = 2;
const MOST_WAITING = 8;
/** an answer that was shared is at most so old, beside the time that it took */
const FRESH_MS = 5_000;
/** addresses of answers that are kept */
const MOST_KEPT = 200_000;
const RETRY_SECONDS = 5;

/** Rejects as `read` does, which is not kept, and with TOO_MANY_ATTEMPTS where as many wait already as may. */
export function shareReads({ read, now }: ShareOptions): (range: Prefix) => Promise<BlocksRead> {
  const reading = new Map<string, Promise<BlocksRead>>();
  /** the oldest first */
  const kept = new Map<string, { readonly answer: BlocksRead; readonly until: number }>();
  let waiting = 0;

  const forgetOld = (): void => {
    let addresses = 0;
    for (const [name, { answer, until }] of [...kept].reverse()) {
      addresses += answer.addresses.length;
      if (until <= now() || addresses > MOST_KEPT) kept.delete(name);
    }
  };
  const start = async (name: string, range: Prefix): Promise<BlocksRead> => {
    const started = read(range);
    reading.set(name, started);
    try {
      const answer = await started;
      kept.delete(name);
      kept.set(name, { answer, until: now() + FRESH_MS });
      setTimeout(forgetOld, FRESH_MS).unref();
      return answer;
    } finally {
      reading.delete(name);
    }
  };
  const room = async (): Promise<void> => {
    if (waiting >= MOST_WAITING) {
      const message = `others ask for the addresses of other pools: ask again in ${RETRY_SECONDS} s`;
      throw new AppError('TOO_MANY_ATTEMPTS', message, { retryAfter: RETRY_SECONDS });
    }
    waiting++;
    await Promise.race(reading.values()).catch(() => {}); // whoever asked for it hears of it
    waiting--;
  };
  return async (range) => {
    const name = formatPrefix(range);
    for (;;) {
      forgetOld();
      const known = kept.get(name)?.answer ?? reading.get(name);
      if (known !== undefined) return known;
      if (reading.size < MOST_READING) return start(name, range);
      await room();
    }
  };
}
