/** The chart of new connections as geometry: pure, so that a wrong axis is a failing test. */
import { changeNumber } from '../../core/wire/change-number.ts';

export interface Point {
  at: string;
  v4: number;
  v6: number;
}

export interface Mark {
  id: number;
  at: string;
}

export interface Chart {
  /** values at the horizontal lines, the axis' end first; always ends with 0 */
  ticks: { value: number; y: number }[];
  times: { at: string; x: number }[];
  v4: string;
  v6: string;
  /** changes inside the time shown */
  marks: { id: number; x: number }[];
}

export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** `from` and `to` are the ends of the time axis, milliseconds. Points further apart than `gapMs` are not joined. */
export function chartOf(
  points: readonly Point[],
  marks: readonly Mark[],
  { frame, from, to, gapMs }: { frame: Frame; from: number; to: number; gapMs: number },
): Chart {
  const end = axisEnd(Math.max(0, ...points.map(({ v4, v6 }) => Math.max(v4, v6))));
  const x = (at: number): number => frame.left + ((at - from) / Math.max(1, to - from)) * (frame.right - frame.left);
  const y = (value: number): number => frame.bottom - (value / end) * (frame.bottom - frame.top);
  const inside = points.filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= to);
  const line = (pick: (point: Point) => number): string => {
    let last = Number.NEGATIVE_INFINITY;
    return inside
      .map((point) => {
        const at = Date.parse(point.at);
        const joined = at - last <= gapMs;
        last = at;
        return `${joined ? 'L' : 'M'}${x(at).toFixed(1)} ${y(pick(point)).toFixed(1)}`;
      })
      .join('');
  };
  return {
    ticks: [4, 3, 2, 1, 0].map((quarter) => ({ value: (end * quarter) / 4, y: y((end * quarter) / 4) })),
    times: [0, 1, 2, 3, 4].map((quarter) => {
      const at = from + ((to - from) * quarter) / 4;
      return { at: new Date(at).toISOString(), x: x(at) };
    }),
    v4: line((point) => point.v4),
    v6: line((point) => point.v6),
    marks: marks
      .filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= to)
      .map(({ id, at }) => ({ id, x: x(Date.parse(at)) })),
  };
}

/** The end of an axis that begins at zero, chosen so that its quarters have at most one digit behind the point. */
export function axisEnd(highest: number): number {
  if (highest <= 0) return 4;
  const small = [0.4, 0.8, 2, 4, 8].find((end) => end >= highest);
  if (small !== undefined) return small;
  const power = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 4, 8].find((factor) => factor * power >= highest) ?? 10) * power;
}

export interface Label {
  /** the changes that it stands for, the last one last */
  ids: number[];
  text: string;
  left: number;
  /** it has no room at its mark: it ends where the picture does */
  atEnd: boolean;
  /** room for the text where the picture is shown as small as it may be */
  width: number;
}

/** A label at each mark. Those that would lie over each other are one, which says how many it stands for; none ends beyond `right`. */
export function labelled(marks: Chart['marks'], right: number): Label[] {
  const labels: (Label & { x: number })[] = [];
  for (const { id, x } of marks.toSorted((a, b) => a.x - b.x)) {
    let label = labelAt(x, [id], right);
    // joined it is longer, and may reach the one before
    for (
      let last = labels.at(-1);
      last !== undefined && label.left < last.left + last.width + GAP;
      last = labels.at(-1)
    ) {
      labels.pop();
      label = labelAt(last.x, [...last.ids, ...label.ids], right);
    }
    labels.push(label);
  }
  return labels.map(({ x: _, ...label }) => label);
}

const GAP = 6;
/** of a figure or letter */
const CHARACTER = 8.5;

function labelAt(x: number, ids: number[], right: number): Label & { x: number } {
  const number = changeNumber(ids.at(-1) ?? 0);
  const text = ids.length === 1 ? number : `${number} and ${ids.length - 1} before`;
  // a target is 24 px wide at least
  const width = Math.max(32, text.length * CHARACTER);
  const left = Math.min(x, right - width);
  return { x, ids, text, width, left, atEnd: left < x };
}

/** "1,392", "12.5", "0.4": whole above 20, one digit below. */
export const rate = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 20 ? 1 : 0 });
