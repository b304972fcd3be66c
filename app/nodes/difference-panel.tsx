import { clsx } from 'clsx';
import { CircleCheck } from 'lucide-react';
import { useState } from 'react';
import type { Program } from '../../core/rules/model.ts';
import { Button } from '../components/button.tsx';
import { Panel } from '../components/panel.tsx';
import { ScrollRegion } from '../components/scroll-region.tsx';
import { Tag } from '../components/tag.tsx';
import { differenceOf } from './difference.ts';
import type { FamilyName, NodeDetail } from './node-detail.ts';

const STEP = 50;

/** In a cluster the state is its own, desired or not. */
export const wordOf = (cluster: boolean): string => (cluster ? 'wanted' : 'desired');

/** What nodes are to hold against programmed, in the words of the tools. One quiet line when there is nothing to say. */
export function DifferencePanel({
  cluster,
  wanted,
  report,
  effective,
  held,
}: {
  /** there is one, and what it says is what nodes are to hold */
  cluster: boolean;
  wanted: Record<FamilyName, Program>;
  report: NonNullable<NodeDetail['report']>;
  effective: string;
  held: string | null;
}) {
  const [shown, setShown] = useState(STEP);
  const lines = (['4', '6'] as const).flatMap((family) =>
    // a family that the node does not have is said by its conditions
    report.families[family].rules.length === 0 && report.families[family].sets.length === 0
      ? []
      : differenceOf(wanted[family], report.families[family]).map((line) => ({ ...line, family })),
  );
  const word = wordOf(cluster);
  const missing = lines.filter(({ kind }) => kind === 'missing').length;
  const revision = <span className="machine">{effective.slice(0, 8)}</span>;
  if (lines.length === 0) {
    return (
      <section
        aria-label="Difference"
        className="flex min-h-9.5 flex-wrap items-center gap-2 rounded-lg border border-line bg-surface-1 px-3.5 py-1.5"
      >
        <CircleCheck aria-hidden className="size-3.5 flex-none text-programmed-mark" />
        <span>
          The kernel holds exactly what {cluster ? 'the cluster’s' : 'desired'} {revision} asks for
          {held !== effective && ', though the agent does not say that revision yet'}.
        </span>
      </section>
    );
  }
  return (
    <Panel
      title={
        <span className="rounded-sm bg-drifted-bg px-1.75 py-0.5 text-drifted-fg ring-1 ring-drifted-bd ring-inset">
          Differs from {revision}
        </span>
      }
      lead={`${missing} ${word} and not in the kernel, ${lines.length - missing} in the kernel and not ${word}`}
      flush
    >
      <ScrollRegion label="Difference" className="max-h-96 overflow-auto py-1.5 -outline-offset-2">
        <ol className="w-max min-w-full machine leading-5 text-ink-1">
          {lines.slice(0, shown).map(({ kind, text, family }, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a line may stand twice
              key={index}
              className={clsx(
                'flex items-center gap-2 border-l-2 pr-3.5 whitespace-pre',
                kind === 'extra' ? 'border-programmed-mark bg-added-bg' : 'border-failed-mark bg-removed-bg',
              )}
            >
              <span className="w-8 flex-none text-right">{kind === 'extra' ? '+' : '-'}</span>
              <span className="sr-only">
                {kind === 'extra' ? `in the kernel, not ${word}:` : `${word}, not in the kernel:`}
              </span>
              <Tag>IPv{family}</Tag>
              {text}
            </li>
          ))}
        </ol>
      </ScrollRegion>
      {lines.length > shown && (
        <div className="border-t border-line-faint p-2">
          <Button small look="ghost" onClick={() => setShown(shown + 20 * STEP)}>
            {(lines.length - shown).toLocaleString('en-US')} more
          </Button>
        </div>
      )}
    </Panel>
  );
}
