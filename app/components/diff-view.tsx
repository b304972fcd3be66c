import { clsx } from 'clsx';
import { diffLines } from './diff-lines.ts';
import { ScrollRegion } from './scroll-region.tsx';

/** A text diff: line numbers, sign and edge besides the colour. An empty side is a whole creation or deletion. */
export function DiffView({ label, before, after }: { label: string; before: string; after: string }) {
  const lines = diffLines(before, after);
  return (
    <ScrollRegion label={label} className="min-w-0 overflow-x-auto py-1.5 -outline-offset-2">
      <ol className="machine w-max min-w-full leading-5 text-ink-1">
        {lines.map((line) => (
          <li
            key={`${line.before}/${line.after}`}
            className={clsx(
              'flex border-l-2 pr-3.5 whitespace-pre',
              line.kind === 'same' && 'border-transparent',
              line.kind === 'added' && 'border-programmed-mark bg-added-bg',
              line.kind === 'removed' && 'border-failed-mark bg-removed-bg',
            )}
          >
            <span aria-hidden className="w-9 flex-none pr-2 text-right text-ink-3 select-none">
              {line.after ?? line.before}
            </span>
            <span className="w-4 flex-none select-none">
              {line.kind === 'added' ? '+' : line.kind === 'removed' ? '-' : ' '}
            </span>
            {line.text}
          </li>
        ))}
      </ol>
    </ScrollRegion>
  );
}
