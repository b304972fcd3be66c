/** The effective state as lines for the agents' streams. */
import type { StateCache } from '../state/state-cache.ts';

export interface Feed {
  /**
   * The line that leads from `sequence` (null: nothing) to the present, and the sequence it ends at. No line when there is
   * nothing new. A sequence that does not exist, or is too far back, gives a snapshot.
   */
  since(sequence: number | null): Promise<{ readonly line: Buffer | null; readonly sequence: number }>;
}

/**
 * Thousands of agents at the same sequence get the same line: it is made once, as bytes, so that streams which cannot take all
 * of a snapshot at once wait with the same copy.
 */
export function makeFeed(cache: StateCache): Feed {
  /** by the sequence that they lead from; null: from anywhere */
  let lines = new Map<number | null, Buffer>();
  let of = -1;
  const made = (from: number | null): Buffer | null => {
    const message = cache.since(from ?? undefined);
    if (message === null) return null;
    const key = message.type === 'snapshot' ? null : from;
    const line = lines.get(key) ?? Buffer.from(`${JSON.stringify(message)}\n`);
    lines.set(key, line);
    return line;
  };
  return {
    since: async (held) => {
      await cache.refresh();
      const { sequence } = cache;
      if (sequence === held) return { line: null, sequence };
      if (of !== sequence) {
        lines = new Map();
        of = sequence;
      }
      return { line: lines.get(held) ?? made(held), sequence };
    },
  };
}
