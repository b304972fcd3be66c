'use client';
import { clsx } from 'clsx';
import { Boxes, Database, Server } from 'lucide-react';
import type { ReactNode } from 'react';
import { truthStop, useNextTruth } from './next-truth.ts';

const truths = {
  desired: { word: 'Desired', icon: Database },
  live: { word: 'Live', icon: Boxes },
  programmed: { word: 'Programmed', icon: Server },
} as const;

/** One truth: its word, what of it the page shows, and its age. `off`: this page does not show it, and says so. */
export function TruthPill({
  truth,
  age,
  off,
  children,
}: {
  truth: keyof typeof truths;
  age?: ReactNode;
  off?: boolean;
  children: ReactNode;
}) {
  const { word, icon: Icon } = truths[truth];
  return (
    <span
      {...truthStop}
      className={clsx(
        'inline-flex min-h-6 flex-wrap items-center gap-x-1.5 rounded-xl border py-0.5 pr-2.5 pl-1.75',
        off ? 'border-dashed border-line text-ink-3' : 'border-line bg-surface-1 text-ink-2',
      )}
    >
      <Icon aria-hidden className="size-3 flex-none text-ink-3" />
      <span className={off ? '' : 'font-[550] text-ink-1'}>{word}</span>
      {children}
      {age}
    </span>
  );
}

/** Under each title: the truths in their order, always Desired, Live, Programmed, then a sentence if one is needed. */
export function TruthLine({ note, children }: { note?: ReactNode; children: ReactNode }) {
  useNextTruth();
  return (
    <fieldset
      aria-label="What this page shows"
      className="mt-1.5 mb-3.5 flex min-h-6 min-w-0 flex-wrap content-start items-center gap-1.5 text-xs narrow:min-h-13.5"
    >
      {children}
      {note !== undefined && <span className="ml-1 text-ink-3">{note}</span>}
    </fieldset>
  );
}
