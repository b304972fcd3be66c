/** At most so many at a time; whoever comes then waits in order, and not for ever. */

export interface Turns {
  /** Resolves with what ends the turn, or with null when none came in time. What ends it is called once. */
  take(): Promise<(() => void) | null>;
}

export interface TurnsOptions {
  /** at a time */
  readonly most: number;
  /** who may wait; one more is told null at once */
  readonly waiting: number;
  readonly patienceMs: number;
}

export function makeTurns({ most, waiting, patienceMs }: TurnsOptions): Turns {
  let running = 0;
  /** the oldest first */
  const queue = new Set<() => void>();
  const end = (): void => {
    const [next] = queue;
    if (next === undefined) running--;
    else next();
  };
  return {
    take() {
      if (running < most) {
        running++;
        return Promise.resolve(end);
      }
      if (queue.size >= waiting) return Promise.resolve(null);
      return new Promise((resolve) => {
        const leave = (answer: (() => void) | null): void => {
          clearTimeout(timer);
          queue.delete(start);
          resolve(answer);
        };
        const start = (): void => leave(end);
        const timer = setTimeout(() => leave(null), patienceMs);
        queue.add(start);
      });
    },
  };
}
