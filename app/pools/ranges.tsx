import { rangeText } from './range-text.ts';

/** The first ones, then how many more, to be opened. */
const SHOWN = 4;

/** `count`: how many there are in all, where not all of them are here. */
export function Ranges({ ranges, count = ranges.length }: { ranges: readonly string[]; count?: number }) {
  const rest = ranges.slice(SHOWN);
  const missing = count - ranges.length;
  return (
    <div className="flex flex-wrap gap-x-2">
      {ranges.slice(0, SHOWN).map((range) => (
        <span key={range} className="machine whitespace-nowrap text-ink-1">
          {rangeText(range)}
        </span>
      ))}
      {rest.length > 0 && (
        <details className="text-ink-3">
          <summary className="w-fit rounded-sm hover:text-ink-1">{moreText(rest.length + missing)}</summary>
          <span className="machine wrap-anywhere text-ink-1">{rest.map(rangeText).join(', ')}</span>
          {missing > 0 && ` ${moreText(missing)}`}
        </details>
      )}
      {rest.length === 0 && missing > 0 && <span className="text-ink-3">{moreText(missing)}</span>}
    </div>
  );
}

const moreText = (more: number): string =>
  `and ${more.toLocaleString('en-US')} more ${more === 1 ? 'range' : 'ranges'}`;
