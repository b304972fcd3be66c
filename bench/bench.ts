/** What a benchmark is, and how its runs become figures. A module of this folder that exports `bench` is one. */

/** One measured thing. `peer` is the raw way to do the same, measured in the same run; `ratio` is median / peer median. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly runs: readonly number[];
  readonly peer: { readonly name: string; readonly median: number; readonly runs: readonly number[] } | null;
  readonly ratio: number | null;
  /** in words, with the bound that was checked; null for a figure that is only told */
  readonly goal: string | null;
  readonly met: boolean | null;
}

export interface Bench {
  /** one line for the list */
  readonly summary: string;
  /** `log` takes progress lines; null says why it cannot run here (no rights, no tool) */
  run(log: (line: string) => void): Promise<readonly Figure[] | { readonly skipped: string }>;
}

export function median(runs: readonly number[]): number {
  const sorted = runs.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** A figure from its runs. `check` gets median and ratio and says whether the goal is met. */
export function figure(
  name: string,
  unit: string,
  runs: readonly number[],
  rest: {
    readonly peer?: { readonly name: string; readonly runs: readonly number[] };
    readonly goal?: { readonly text: string; readonly check: (median: number, ratio: number) => boolean };
  } = {},
): Figure {
  const own = median(runs);
  const peer = rest.peer === undefined ? null : { ...rest.peer, median: median(rest.peer.runs) };
  const ratio = peer === null ? null : own / peer.median;
  return {
    name,
    unit,
    median: own,
    runs,
    peer,
    ratio,
    goal: rest.goal?.text ?? null,
    met: rest.goal === undefined ? null : rest.goal.check(own, ratio ?? Number.NaN),
  };
}
