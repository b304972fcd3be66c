/** At most so many at a time; whoever comes then waits in order, and not for ever. */

export interface Turns {
  /** Resolves with what ends the turn, or with null when none came in time. What ends it is called once. */
  take(): Promise<(() => void) | null>;
}

/** {@link Turns} of each key by itself. */
export interface TurnsEach {
  take(key: string): Promise<(() => void) | null>;
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

/** Who has no turn and waits for none is forgotten. */
export function makeTurnsEach(options: TurnsOptions): TurnsEach {
  const known = new Map<string, { readonly turns: Turns; held: number }>();
  return {
    async take(key) {
      const own = known.get(key) ?? { turns: makeTurns(options), held: 0 };
      known.set(key, own);
      own.held++;
      const leave = (): void => {
        if (--own.held === 0) known.delete(key);
      };
      const end = await own.turns.take();
      if (end === null) {
        leave();
        return null;
      }
      return () => {
        end();
        leave();
      };
    },
  };
}
