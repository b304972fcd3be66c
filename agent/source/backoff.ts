/** Waits between attempts: doubling from a quarter second to five seconds, each cut by up to half, so that agents spread out. */
export function backoff(random: () => number): { next(): number; reset(): void } {
  let ceiling = FIRST;
  return {
    next() {
      const wait = ceiling * (0.5 + random() / 2);
      ceiling = Math.min(LONGEST, ceiling * 2);
      return wait;
    },
    reset() {
      ceiling = FIRST;
    },
  };
}

const FIRST = 250;
const LONGEST = 5000;
