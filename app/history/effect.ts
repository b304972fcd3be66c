/** When each node had a change, as dots over time and as a sentence. */

export interface Holding {
  node: string;
  at: string | null;
}

export interface Effect {
  /** held it before it was saved: the cluster said so then */
  already: string[];
  /** milliseconds after saving, the quickest first */
  taken: { node: string; ms: number }[];
  waiting: string[];
}

export function effectOf(savedAt: string, nodes: readonly Holding[]): Effect {
  const times = nodes.flatMap(({ node, at }) =>
    at === null ? [] : [{ node, ms: Date.parse(at) - Date.parse(savedAt) }],
  );
  return {
    already: times.filter(({ ms }) => ms < 0).map(({ node }) => node),
    taken: times.filter(({ ms }) => ms >= 0).sort((a, b) => a.ms - b.ms),
    waiting: nodes.filter(({ at }) => at === null).map(({ node }) => node),
  };
}

export interface Dots {
  /** the axis' end in milliseconds; its quarters are round */
  end: number;
  columns: { x: number; nodes: number }[];
  highest: number;
}

/** Nodes counted in `count` columns of equal time. */
export function dotsOf(taken: Effect['taken'], count: number): Dots {
  const end = roundEnd(taken.at(-1)?.ms ?? 0);
  const nodes = new Array<number>(count).fill(0);
  for (const { ms } of taken) {
    const column = Math.min(count - 1, Math.floor((ms / end) * count));
    nodes[column] = (nodes[column] ?? 0) + 1;
  }
  return {
    end,
    columns: nodes.flatMap((each, column) => (each === 0 ? [] : [{ x: (column + 0.5) / count, nodes: each }])),
    highest: Math.max(1, ...nodes),
  };
}

/** "37 ms", "1.3 s", "12 s", "4 min", "3 h": one digit below ten seconds. */
export function after(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

function roundEnd(ms: number): number {
  const ends = [
    400, 800, 2000, 4000, 8000, 20_000, 60_000, 120_000, 600_000, 1_200_000, 3_600_000, 14_400_000, 86_400_000,
  ];
  return ends.find((end) => end >= ms) ?? Math.ceil(ms / 86_400_000) * 86_400_000;
}
