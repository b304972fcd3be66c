import { rangeText } from './range-text.ts';

/** The first ones, then how many more. */
const SHOWN = 4;

/** `count`: how many there are in all, where not all of them are here. */
export function Ranges({ ranges, count = ranges.length }: { ranges: readonly string[]; count?: number }) {
  const more = count - Math.min(SHOWN, ranges.length);
  return (
    <span className="flex flex-wrap gap-x-2">
      {ranges.slice(0, SHOWN).map((range) => (
        <span key={range} className="machine whitespace-nowrap text-ink-1">
          {rangeText(range)}
        </span>
      ))}
      {more > 0 && (
        <span className="text-ink-3">
          and {more.toLocaleString('en-US')} more {more === 1 ? 'range' : 'ranges'}
        </span>
      )}
    </span>
  );
}
