/**
 * What one client may ask or hold open at a time. Counted by each server in its memory: a limit that protects a server
 * must cost less than what it refuses.
 */

export interface Quota {
  /** Null when it may go on, else the seconds to wait. */
  take(key: string): number | null;
  /** The same answer, and nothing is counted. */
  wait(key: string): number | null;
  /** What was taken is not counted after all. */
  giveBack(key: string): void;
}

/** `most` in each window of `seconds`; `now` in milliseconds. Windows that are over are forgotten. */
export function makeQuota(most: number, seconds: number, now: () => number): Quota {
  let windows = new Map<string, { start: number; count: number }>();
  let swept = now();
  const over = (start: number): boolean => now() - start >= seconds * 1000;
  const wait = (key: string): number | null => {
    const window = windows.get(key);
    if (window === undefined || over(window.start) || window.count < most) return null;
    return Math.max(1, Math.ceil((window.start + seconds * 1000 - now()) / 1000));
  };
  return {
    wait,
    take: (key) => {
      if (over(swept)) {
        windows = new Map([...windows].filter(([, { start }]) => !over(start)));
        swept = now();
      }
      const refused = wait(key);
      if (refused !== null) return refused;
      const known = windows.get(key);
      const window = known === undefined || over(known.start) ? { start: now(), count: 0 } : known;
      windows.set(key, window);
      window.count++;
      return null;
    },
    giveBack: (key) => {
      const window = windows.get(key);
      if (window !== undefined && window.count > 0) window.count--;
    },
  };
}

export interface Places {
  /** What gives the place back (once), or null when all are taken. */
  take(key: string): (() => void) | null;
}

export function makePlaces(most: number): Places {
  const taken = new Map<string, number>();
  return {
    take: (key) => {
      const count = taken.get(key) ?? 0;
      if (count >= most) return null;
      taken.set(key, count + 1);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        const left = (taken.get(key) ?? 1) - 1;
        if (left > 0) taken.set(key, left);
        else taken.delete(key);
      };
    },
  };
}
