/**
 * How many calls are under way at a time. Whoever gives up is told at once, and leaves nothing behind while waiting: the HTTP client
 * looks at the signal of a call when that has a connection, and an API server that is frozen gives none. Calls that were given up
 * would stand in its queue for as long as the server is silent, and all that come later behind them.
 */
export type CallPlaces = <T>(call: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

export function callPlaces(most: number): CallPlaces {
  let free = most;
  const waiting = new Set<() => Promise<void>>();
  const leave = (): void => {
    const [next] = waiting;
    if (next === undefined) {
      free++;
      return;
    }
    waiting.delete(next);
    void next();
  };
  return (call, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const giveUp = (): void => {
        waiting.delete(begin);
        reject(signal?.reason);
      };
      const begin = async (): Promise<void> => {
        // its place is free when it has ended, which is later than when it is given up, and also where it could not begin
        try {
          resolve(await call());
        } catch (error) {
          reject(error);
        } finally {
          signal?.removeEventListener('abort', giveUp);
          leave();
        }
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      if (free === 0) return waiting.add(begin);
      free--;
      void begin();
    });
}
