'use client';
import { useQuery } from '@tanstack/react-query';
import { Table2 } from 'lucide-react';
import Link from 'next/link';
import { useId, useState } from 'react';
import { changeNumber } from '../../core/wire/change-number.ts';
import { clock, useNow } from '../components/age.tsx';
import { Button } from '../components/button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Panel } from '../components/panel.tsx';
import { ScrollRegion } from '../components/scroll-region.tsx';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import { type Outputs, useTRPC } from '../trpc/client.ts';
import { type Chart, chartOf, labelled, rate } from './chart-geometry.ts';

type Series = Outputs['overview']['series'];

const WIDTH = 1140;
const HEIGHT = 178;
const frame = { left: 48, right: WIDTH - 8, top: 26, bottom: 150 };
/** agents report every 10 s: three missed reports are a gap */
const GAP_MS = 35_000;

/** New connections NATed a second, all nodes; changes are dotted verticals that lead to history. */
export function ConnectionsChart({ minutes }: { minutes: number }) {
  const trpc = useTRPC();
  const series = useQuery(trpc.overview.series.queryOptions({ minutes }));
  const [asTable, setAsTable] = useState(false);
  const last = series.data?.points.at(-1);
  return (
    <Panel
      title="New connections NATed"
      lead={
        last !== undefined && (
          <>
            <b className="tabular-nums">{rate(last.v4 + last.v6)}</b> per second at {clock(last.at)}
          </>
        )
      }
      actions={
        <>
          <Legend v4={last?.v4} v6={last?.v6} />
          <Button small look="ghost" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            <Table2 aria-hidden /> {asTable ? 'Picture' : 'Table'}
          </Button>
        </>
      }
      flush
    >
      <div className="min-h-[11.5rem]">
        {series.isError && <ErrorPanel error={series.error} className="m-3" />}
        {series.data !== undefined &&
          (asTable ? <Twin series={series.data} /> : <Picture series={series.data} minutes={minutes} />)}
      </div>
    </Panel>
  );
}

function Picture({ series, minutes }: { series: Series; minutes: number }) {
  const id = useId();
  const now = useNow();
  const to = Math.max(now, ...series.points.slice(-1).map(({ at }) => Date.parse(at)));
  const chart = chartOf(series.points, series.changes, {
    frame,
    from: to - minutes * 60_000,
    to,
    gapMs: Math.max(GAP_MS, spacing(series.points) * 2.5),
  });
  return (
    <ScrollRegion ref={toNewest} label="Chart" className="relative overflow-x-auto px-3.5 pt-2 pb-1 -outline-offset-2">
      <div className="relative min-w-[56rem]">
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-labelledby={`${id}t`}
          aria-describedby={`${id}d`}
          className="w-full"
        >
          <title id={`${id}t`}>New connections NATed per second over the last {span(minutes)}</title>
          <desc id={`${id}d`}>{describe(series)}</desc>
          <Axes chart={chart} />
          <path d={chart.v4} strokeWidth={1.6} className="fill-none stroke-snat-mark" />
          <path d={chart.v6} strokeWidth={1.6} strokeDasharray="4 3" className="fill-none stroke-snat-mark" />
          {chart.marks.map(({ id: change, x }) => (
            <g key={change}>
              <path d={`M${x} ${frame.top}V${frame.bottom}`} strokeDasharray="2 3" className="stroke-ink-3" />
              <circle cx={x} cy={frame.bottom} r={3} strokeWidth={1.5} className="fill-surface-1 stroke-ink-3" />
            </g>
          ))}
        </svg>
        <MarkLinks chart={chart} />
      </div>
      {series.points.length === 0 && (
        <p className="pointer-events-none absolute inset-x-0 top-1/2 -translate-y-1/2 text-center text-ink-3">
          No node has reported counters in the last {span(minutes)}.
        </p>
      )}
    </ScrollRegion>
  );
}

/** Where the chart is wider than the page, what happens now is in sight. */
function toNewest(chart: HTMLElement | null): void {
  if (chart !== null) chart.scrollLeft = chart.scrollWidth;
}

/** The changes' links, over the picture: links inside an image could not be reached by everybody. */
function MarkLinks({ chart }: { chart: Chart }) {
  return (
    <ul aria-label="Changes in this time">
      {labelled(chart.marks, WIDTH).map(({ ids, text, left, atEnd }) => (
        <li key={ids[0]} className="absolute top-0" style={atEnd ? { right: 0 } : { left: `${(left / WIDTH) * 100}%` }}>
          <Link
            href={`/history?change=${ids.at(-1)}`}
            className="flex h-6 min-w-6 items-center link px-0.5 text-2xs whitespace-nowrap -outline-offset-1"
          >
            {text}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Axes({ chart }: { chart: Chart }) {
  return (
    <>
      {chart.ticks.map(({ value, y }) => (
        <g key={value}>
          <path d={`M${frame.left} ${y}H${frame.right}`} className="stroke-line-faint" />
          <text x={frame.left - 8} y={y + 4} textAnchor="end" className="fill-ink-3 font-mono text-[10.5px]">
            {rate(value)}
          </text>
        </g>
      ))}
      {chart.times.map(({ at, x }, index) => (
        <text
          key={at}
          x={x}
          y={frame.bottom + 20}
          textAnchor={index === 0 ? 'start' : index === 4 ? 'end' : 'middle'}
          className="fill-ink-3 font-mono text-[10.5px]"
        >
          {clock(at).slice(0, 5)}
        </text>
      ))}
    </>
  );
}

function Twin({ series }: { series: Series }) {
  const rows = [
    ...series.points.map((point) => ({ key: point.at, at: point.at, point, change: null })),
    ...series.changes.map((change) => ({ key: `#${change.id}`, at: change.at, point: null, change })),
  ].sort((a, b) => b.at.localeCompare(a.at));
  return (
    <div className="max-h-72 overflow-y-auto" data-density="compact">
      <Table label="New connections NATed per second">
        <Thead className="sticky top-0">
          <HeadRow>
            <Th>Time, UTC</Th>
            <Th numeric>IPv4</Th>
            <Th numeric>IPv6</Th>
            <Th>Change</Th>
          </HeadRow>
        </Thead>
        <Tbody>
          {rows.map(({ key, at, point, change }) => (
            <Tr key={key}>
              <Td className="machine">{clock(at)}</Td>
              <Td numeric label="IPv4">
                {point !== null && rate(point.v4)}
              </Td>
              <Td numeric label="IPv6">
                {point !== null && rate(point.v6)}
              </Td>
              <Td label="Change">
                {change !== null && (
                  <Link className="link" href={`/history?change=${change.id}`}>
                    {changeNumber(change.id)} {change.target}
                  </Link>
                )}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </div>
  );
}

function Legend({ v4, v6 }: { v4: number | undefined; v6: number | undefined }) {
  return (
    <span className="flex flex-wrap items-center gap-x-3 text-2xs text-ink-2 tabular-nums">
      {(
        [
          ['IPv4', v4, undefined],
          ['IPv6', v6, '4 3'],
        ] as const
      ).map(([word, value, dashes]) => (
        <span key={word} className="flex items-center gap-1.5 whitespace-nowrap">
          <svg aria-hidden="true" width="18" height="8">
            <path d="M0 4h18" strokeWidth="1.8" strokeDasharray={dashes} className="stroke-snat-mark" />
          </svg>
          {word} {value === undefined ? '' : rate(value)}
        </span>
      ))}
    </span>
  );
}

/** Typical milliseconds between points: long spans come in coarser steps. */
function spacing(points: Series['points']): number {
  const [a, b] = points.slice(-2);
  return a === undefined || b === undefined ? 0 : Date.parse(b.at) - Date.parse(a.at);
}

function describe({ points, changes }: Series): string {
  if (points.length === 0) return 'No points.';
  const highest = Math.max(...points.map(({ v4, v6 }) => v4 + v6));
  const last = points.at(-1);
  return `Highest ${rate(highest)}; now IPv4 ${rate(last?.v4 ?? 0)}, IPv6 ${rate(last?.v6 ?? 0)}. ${changes.length} changes.`;
}

const span = (minutes: number): string => (minutes < 120 ? `${minutes} minutes` : `${minutes / 60} hours`);
