/** The effective state as lines for the agents' streams. */
import type { StateCache } from '../state/state-cache.ts';

export interface Feed {
  /**
   * The line that leads from `sequence` (null: nothing) to the present, and the sequence it ends at. No line when there is
   * nothing new. A sequence that does not exist, or is too far back, gives a snapshot.
   */
  since(sequence: number | null): Promise<{ readonly line: string | null; readonly sequence: number }>;
}

/** Thousands of agents at the same sequence get the same line, which is written as text once. */
export function makeFeed(cache: StateCache): Feed {
  let lines = new Map<number | null, string>();
  let of = -1;
  return {
    since: async (held) => {
      await cache.refresh();
      const message = cache.sequence === held ? null : cache.since(held ?? undefined);
      if (message === null) return { line: null, sequence: cache.sequence };
      if (of !== cache.sequence) {
        lines = new Map();
        of = cache.sequence;
      }
      const key = message.type === 'snapshot' ? null : held;
      const line = lines.get(key) ?? `${JSON.stringify(message)}\n`;
      lines.set(key, line);
      return { line, sequence: cache.sequence };
    },
  };
}
