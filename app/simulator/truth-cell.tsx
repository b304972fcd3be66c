import { clsx } from 'clsx';
import { Boxes, Database, Server } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { truthStop } from '../components/next-truth.ts';
import { VerdictChip } from '../components/verdict.tsx';
import { answerWord, type TruthAnswer } from './answers.ts';

const icons = { desired: Database, live: Boxes, node: Server } as const;

/** One truth's answer: its name and age, the verdict, the code, and what to know beside it. */
export function TruthCell({
  answer,
  title,
  age,
  differs,
  tail,
}: {
  answer: TruthAnswer;
  title: ReactNode;
  age: ReactNode;
  differs: boolean;
  tail: ReactNode;
}) {
  const Icon = icons[answer.truth];
  return (
    <li {...truthStop} className={clsx('min-w-0 px-4.5 py-2.25 -outline-offset-2', differs && 'bg-drifted-bg')}>
      <div className="flex flex-wrap items-center gap-x-2">
        <Icon aria-hidden className={clsx('size-3 flex-none', differs ? 'text-ink-2' : 'text-ink-3')} />
        <b className="whitespace-nowrap">{title}</b>
        <span className={clsx('ml-auto text-right text-2xs tabular-nums', differs ? 'text-ink-2' : 'text-ink-3')}>
          {age}
        </span>
      </div>
      <div className="mt-1.5 mb-1">
        <VerdictChip verdict={answer.verdict} word={answerWord(answer)} />
      </div>
      <Link
        href={`/codes/${answer.code}`}
        className={clsx(
          'machine block w-fit rounded-xs text-2xs underline decoration-line underline-offset-2 hover:decoration-current',
          differs ? 'text-ink-2' : 'text-ink-3',
        )}
      >
        {answer.code}
      </Link>
      <p className={clsx('mt-0.5 text-xs', differs ? 'font-medium text-drifted-fg' : 'text-ink-2')}>{tail}</p>
    </li>
  );
}
