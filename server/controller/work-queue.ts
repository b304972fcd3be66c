/** Names to be looked at: each once however often it was asked for, never by two workers at a time, again later on request. */
export interface WorkQueue {
  add(names: Iterable<string>): void;
  /** names that wait, are worked on, or come again later */
  size(): number;
  /** the names that are worked on; a name that is worked on again has another work */
  readonly underWay: ReadonlyMap<string, Promise<void>>;
  /** Nothing new is begun; resolves when what was begun has ended. */
  stop(): Promise<void>;
}

export interface WorkQueueOptions {
  readonly workers: number;
  /** `again`: the name comes back after a wait that grows with each time in a row, and with how many wait */
  readonly work: (name: string) => Promise<'settled' | 'again'>;
  /** milliseconds before the next try at the earliest; `attempt` counts from 0 */
  readonly delay: (attempt: number) => number;
  /** nothing is left, not even for later */
  readonly onEmpty?: () => void;
}

/**
 * Of many that come again, between one and the next: a right that is missing, or a server that is away, keeps ten thousand
 * names from being settled, and all of them would ask without end.
 */
const GAP_MS = 20;

/** `work` must not reject. */
export function workQueue({ workers, work, delay, onEmpty = () => {} }: WorkQueueOptions): WorkQueue {
  const waiting = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const attempts = new Map<string, number>();
  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  const begin = (name: string): void => {
    waiting.delete(name);
    const done = work(name).then((outcome) => {
      running.delete(name);
      if (outcome === 'again') later(name);
      // what kept this one from it may have kept the others from it, too
      else if (attempts.delete(name)) retryAll();
      next();
      if (running.size + waiting.size + timers.size === 0) onEmpty();
    });
    running.set(name, done);
  };
  const next = (): void => {
    for (const name of waiting) {
      if (stopped || running.size >= workers) return;
      if (!running.has(name)) begin(name);
    }
  };
  const later = (name: string): void => {
    if (stopped || waiting.has(name)) return;
    const attempt = attempts.get(name) ?? 0;
    attempts.set(name, attempt + 1);
    const wait = Math.max(delay(attempt), timers.size * GAP_MS);
    const timer = setTimeout(() => {
      timers.delete(name);
      waiting.add(name);
      next();
    }, wait);
    timers.set(name, timer);
  };
  const retryAll = (): void => {
    for (const [name, timer] of timers) {
      clearTimeout(timer);
      waiting.add(name);
    }
    timers.clear();
  };

  return {
    add(names) {
      if (stopped) return;
      for (const name of names) {
        clearTimeout(timers.get(name));
        timers.delete(name);
        waiting.add(name);
      }
      next();
    },
    size: () => new Set([...waiting, ...running.keys(), ...timers.keys()]).size,
    underWay: running,
    async stop() {
      stopped = true;
      waiting.clear();
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      await Promise.all(running.values());
    },
  };
}
