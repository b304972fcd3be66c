import { describe, expect, it } from 'vitest';
import { axisEnd, chartOf, labelled, rate } from './chart-geometry.ts';

const frame = { left: 0, right: 100, top: 0, bottom: 40 };
const at = (second: number): string => new Date(second * 1000).toISOString();
const options = { frame, from: 0, to: 100_000, gapMs: 25_000 };

describe('the chart', () => {
  it('begins at zero and ends above the highest point, in round quarters', () => {
    const chart = chartOf([{ at: at(0), v4: 33, v6: 0 }], [], options);
    expect(chart.ticks.map(({ value }) => value)).toEqual([40, 30, 20, 10, 0]);
    expect(chart.ticks.map(({ y }) => y)).toEqual([0, 10, 20, 30, 40]);
  });
  it('draws both families and does not join over a gap', () => {
    const points = [0, 10, 80].map((second) => ({ at: at(second), v4: 4, v6: 2 }));
    const chart = chartOf(points, [], options);
    expect(chart.v4).toBe('M0.0 0.0L10.0 0.0M80.0 0.0');
    expect(chart.v6).toBe('M0.0 20.0L10.0 20.0M80.0 20.0');
  });
  it('leaves out what happened before the time shown', () => {
    const chart = chartOf(
      [{ at: at(-5), v4: 1, v6: 1 }],
      [
        { id: 1, at: at(-5) },
        { id: 2, at: at(50) },
      ],
      options,
    );
    expect(chart.v4).toBe('');
    expect(chart.marks).toEqual([{ id: 2, x: 50 }]);
  });
  it('has an axis when nothing was NATed', () => {
    expect(chartOf([], [], options).ticks[0]?.value).toBe(4);
  });
});

it('ends axes at numbers whose quarters are round', () => {
  expect([0, 0.05, 1, 3, 9, 10, 11, 79, 81].map(axisEnd)).toEqual([4, 0.4, 2, 4, 10, 10, 20, 80, 100]);
});

describe('the labels of changes', () => {
  const labels = (xs: readonly number[]) =>
    labelled(
      xs.map((x, at) => ({ id: at + 1, x })),
      1140,
    );
  it('are one where they would lie over each other', () => {
    expect(labels([100, 104, 400]).map(({ text }) => text)).toEqual(['#2 and 1 before', '#3']);
  });
  it('are joined with a longer one that they make longer still', () => {
    // each of these has room beside the one before it alone, and none beside one that counts
    const placed = labels(Array.from({ length: 40 }, (_, i) => 100 + i * 25));
    for (const [i, { left }] of placed.entries()) {
      const before = placed[i - 1];
      if (before !== undefined) expect(left).toBeGreaterThan(before.left + before.width);
    }
    expect(placed.flatMap(({ ids }) => ids)).toHaveLength(40);
  });
  it('end inside the picture, and one that is moved for that lies over none', () => {
    const placed = labels([900, 1120, 1130]);
    expect(placed.map(({ text }) => text)).toEqual(['#1', '#3 and 1 before']);
    for (const { left, width } of placed) expect(left + width).toBeLessThanOrEqual(1140);
    expect(labels([1020, 1120, 1130]).map(({ text }) => text)).toEqual(['#3 and 2 before']);
  });
});

it('writes rates as people read them', () => {
  expect([0, 0.44, 12.34, 1392.2].map(rate)).toEqual(['0', '0.4', '12.3', '1,392']);
});
