'use client';
import { Table2 } from 'lucide-react';
import Link from 'next/link';
import { useId, useState } from 'react';
import { utc } from '../components/age.tsx';
import { Button } from '../components/button.tsx';
import { ScrollRegion } from '../components/scroll-region.tsx';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import { after, dotsOf, type Effect, effectOf, type Holding } from './effect.ts';

const WIDTH = 640;
const BASE = 62;
const COLUMNS = 60;

/** When each node had the change: a dot a node, the same as a sentence, and as a table. */
export function EffectPicture({
  savedAt,
  nodes,
  nobody,
}: {
  savedAt: string;
  nodes: readonly Holding[];
  /** in place of the picture where there is no node */
  nobody: string;
}) {
  const [asTable, setAsTable] = useState(false);
  const effect = effectOf(savedAt, nodes);
  const { already, taken } = effect;
  if (nodes.length === 0) {
    return (
      <section aria-label="Took effect on each node">
        <h3 className="text-xs font-medium text-ink-2">Took effect on each node</h3>
        <p className="mt-1 text-ink-3">{nobody}</p>
      </section>
    );
  }
  return (
    <section aria-label="Took effect on each node">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="text-xs font-medium text-ink-2">
          Took effect on each node{' '}
          <span className="font-normal text-ink-3">each dot is a node, when it reported the change</span>
        </h3>
        <span className="ml-auto text-xs text-ink-1 tabular-nums">
          {(already.length + taken.length).toLocaleString('en-US')} of {nodes.length.toLocaleString('en-US')}
        </span>
        <Button small look="ghost" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          <Table2 aria-hidden /> {asTable ? 'Picture' : 'Table'}
        </Button>
      </div>
      {asTable && <Times savedAt={savedAt} nodes={nodes} />}
      {!asTable && (taken.length > 0 || already.length === 0) && <Dots taken={taken} total={nodes.length} />}
      <Sentence effect={effect} />
    </section>
  );
}

function Dots({ taken, total }: { taken: { node: string; ms: number }[]; total: number }) {
  const id = useId();
  const dots = dotsOf(taken, COLUMNS);
  const radius = Math.min(3.4, 26 / dots.highest);
  const x = (part: number): number => 30 + part * (WIDTH - 60);
  const [first] = taken;
  const last = taken.at(-1);
  return (
    <ScrollRegion label="Picture" className="mt-1.5 overflow-x-auto -outline-offset-2">
      <svg viewBox={`0 0 ${WIDTH} 84`} role="img" aria-labelledby={id} className="w-full max-w-3xl min-w-[34rem]">
        <title id={id}>
          {first === undefined || last === undefined
            ? `None of ${total} nodes has it yet`
            : `${taken.length} of ${total} nodes took it between ${after(first.ms)} and ${after(last.ms)} after saving`}
        </title>
        <path d={`M26 ${BASE}H${WIDTH - 26}`} className="stroke-line" />
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <g key={part}>
            <path d={`M${x(part)} ${BASE}v4`} className="stroke-line-control" />
            <text x={x(part)} y={79} textAnchor="middle" className="fill-ink-3 font-mono text-[10.5px]">
              {part === 0 ? 'saved' : `+${after(dots.end * part)}`}
            </text>
          </g>
        ))}
        {dots.columns.map((column) =>
          Array.from({ length: Math.min(column.nodes, 60) }, (_, index) => (
            <circle
              // biome-ignore lint/suspicious/noArrayIndexKey: equal dots in a stack have no other identity
              key={`${column.x} ${index}`}
              cx={x(column.x)}
              cy={BASE - 7 - index * radius * 2.4}
              r={radius}
              className="fill-programmed-mark"
            />
          )),
        )}
      </svg>
    </ScrollRegion>
  );
}

function Sentence({ effect: { already, taken, waiting } }: { effect: Effect }) {
  const [first] = taken;
  const last = taken.at(-1);
  const half = taken[Math.ceil(taken.length / 2) - 1];
  return (
    <ul className="mt-1.5 flex flex-wrap gap-x-4.5 gap-y-1 text-xs tabular-nums">
      {already.length > 0 && (
        <li>
          <b>{already.length.toLocaleString('en-US')}</b> had it already before it was saved
        </li>
      )}
      {first !== undefined && last !== undefined && taken.length === 1 && (
        <li>
          <b>{after(first.ms)}</b> {first.node}
        </li>
      )}
      {first !== undefined && last !== undefined && half !== undefined && taken.length > 1 && (
        <>
          <li>
            <b>{after(first.ms)}</b> first, {first.node}
          </li>
          {taken.length > 2 && (
            <li>
              <b>{after(half.ms)}</b> half
            </li>
          )}
          <li>
            <b>{after(last.ms)}</b> last, {last.node}
          </li>
        </>
      )}
      {waiting.length > 0 && (
        <li className="text-pending-fg">
          not yet on{' '}
          {waiting.slice(0, 3).map((node, index) => (
            <span key={node}>
              {index > 0 && ', '}
              <Link className="link" href={`/nodes/${encodeURIComponent(node)}`}>
                {node}
              </Link>
            </span>
          ))}
          {waiting.length > 3 && ` and ${waiting.length - 3} more`}
        </li>
      )}
    </ul>
  );
}

function Times({ savedAt, nodes }: { savedAt: string; nodes: readonly Holding[] }) {
  const saved = Date.parse(savedAt);
  const isBefore = (at: string): boolean => Date.parse(at) < saved;
  return (
    <div className="mt-1.5 max-h-64 overflow-y-auto rounded-md border border-line" data-density="compact">
      <Table label="When each node had it">
        <Thead>
          <HeadRow>
            <Th>Node</Th>
            <Th>Time</Th>
            <Th numeric>After saving</Th>
          </HeadRow>
        </Thead>
        <Tbody>
          {nodes.map(({ node, at }) => (
            <Tr key={node}>
              <Td>
                <Link className="link" href={`/nodes/${encodeURIComponent(node)}`}>
                  {node}
                </Link>
              </Td>
              <Td label="Time" className="machine">
                {at === null ? <span className="text-pending-fg">not yet</span> : isBefore(at) ? 'already' : utc(at)}
              </Td>
              <Td numeric label="After saving">
                {at !== null && !isBefore(at) && after(Date.parse(at) - saved)}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </div>
  );
}
