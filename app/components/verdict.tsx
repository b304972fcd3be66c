import { clsx } from 'clsx';
import { CircleQuestionMark, Equal, Replace } from 'lucide-react';
import type { Answer } from '../../core/nat/verdict.ts';

type Verdict = Answer['verdict'];
const looks = {
  SNAT: { word: 'NATed', icon: Replace, pattern: 'pattern-snat', edge: 'border-snat-mark', text: 'text-snat-fg' },
  NO_SNAT: {
    word: 'Keeps pod address',
    icon: Equal,
    pattern: 'pattern-keep',
    edge: 'border-keep-mark',
    text: 'text-keep-fg',
  },
  INDETERMINATE: {
    word: 'Cannot tell',
    icon: CircleQuestionMark,
    pattern: 'pattern-unknown',
    edge: 'border-unknown-mark border-dashed',
    text: 'text-unknown-fg',
  },
} as const;
const grounds = {
  SNAT: 'bg-snat-bg border-snat-bd',
  NO_SNAT: 'bg-keep-bg border-keep-bd',
  INDETERMINATE: 'bg-unknown-bg border-unknown-bd border-dashed',
} as const;

export const verdictWord = (verdict: Verdict): string => looks[verdict].word;

/** Full size: pattern bar, icon and word (`word` overrides it, where nothing is sent at all). */
export function VerdictChip({ verdict, large, word }: { verdict: Verdict; large?: boolean; word?: string }) {
  const { word: own, icon: Icon, pattern, text } = looks[verdict];
  return (
    <span
      className={clsx(
        'inline-flex flex-none items-center overflow-hidden border font-medium whitespace-nowrap',
        large ? 'h-7 gap-2 rounded-md pr-3 text-sm' : 'h-5.5 gap-1.5 rounded-sm pr-2 text-xs',
        grounds[verdict],
        text,
      )}
    >
      <span aria-hidden className={clsx('flex-none self-stretch', large ? 'w-3.5' : 'w-2.5', pattern)} />
      <Icon aria-hidden className="size-3.5 flex-none" />
      {word ?? own}
    </span>
  );
}

/** In tables: a swatch of the pattern and the word (`word` overrides it, e.g. "Exempt"). */
export function VerdictText({ verdict, word }: { verdict: Verdict; word?: string }) {
  const look = looks[verdict];
  return (
    <span className={clsx('inline-flex items-center gap-1.5 text-xs whitespace-nowrap', look.text)}>
      <Swatch verdict={verdict} />
      {word ?? look.word}
    </span>
  );
}

export function Swatch({ verdict }: { verdict: Verdict }) {
  const { pattern, edge } = looks[verdict];
  return <span aria-hidden className={clsx('inline-block size-3 flex-none rounded-[2px] border', pattern, edge)} />;
}
