import { Server } from 'lucide-react';
import Link from 'next/link';
import { truthStop } from '../components/next-truth.ts';
import { Swatch } from '../components/verdict.tsx';
import { answerWord, type TruthAnswer } from './answers.ts';

const SQUARES = 480;

/** "If it ran on each node": a square a node, and the same in words. Above 480 nodes the words alone. */
export function NodeSquares({ nodes }: { nodes: readonly TruthAnswer[] }) {
  const counts = [...Map.groupBy(nodes, answerWord)]
    .map(([word, of]) => ({ word, of }))
    .sort((a, b) => b.of.length - a.of.length);
  const label = counts.map(({ word, of }) => `${of.length} ${word}`).join(', ');
  return (
    <li {...truthStop} className="min-w-0 px-4.5 py-2.25 -outline-offset-2">
      <div className="flex items-center gap-2">
        <Server aria-hidden className="size-3 flex-none text-ink-3" />
        <b className="whitespace-nowrap">If it ran on each node</b>
        <span className="ml-auto text-2xs text-ink-3 tabular-nums">
          {nodes.length.toLocaleString('en-US')} {nodes.length === 1 ? 'node' : 'nodes'}
        </span>
      </div>
      {nodes.length <= SQUARES && (
        <div role="img" aria-label={label} className="mt-2 mb-1.5 flex flex-wrap gap-0.5">
          {nodes.map((answer) => (
            <span key={answer.node} title={`${answer.node}: ${answerWord(answer)}`} className="inline-flex">
              <Swatch verdict={answer.verdict} />
            </span>
          ))}
        </div>
      )}
      <p className="text-xs text-ink-2">
        {counts.map(({ word, of }, index) => (
          <span key={word}>
            {index > 0 && ' · '}
            {of.length <= 2 && counts.length > 1 ? (
              <Names nodes={of} />
            ) : (
              <b className="tabular-nums">{of.length.toLocaleString('en-US')}</b>
            )}{' '}
            {word}
          </span>
        ))}
      </p>
    </li>
  );
}

function Names({ nodes }: { nodes: readonly TruthAnswer[] }) {
  return nodes.map(({ node }, index) => (
    <span key={node}>
      {index > 0 && ', '}
      <Link className="link" href={`/nodes/${encodeURIComponent(node ?? '')}`}>
        {node}
      </Link>
    </span>
  ));
}
