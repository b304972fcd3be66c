// biome-ignore-all lint/a11y/noRedundantRoles: a browser may forget the roles of a table that is displayed as blocks
import { clsx } from 'clsx';
import { CornerDownRight } from 'lucide-react';
import Link from 'next/link';
import { memo, type Ref } from 'react';
import { Checkbox } from '../../components/checkbox.tsx';
import { isPast, SyncStateChip } from '../../components/state-chip.tsx';
import { labelAbove } from '../../components/table.tsx';
import { AllocatesText, KindTag, TrafficFromText, TrafficToText, ViolationsChip } from '../facet-cells.tsx';
import { liveWord } from '../live-word.ts';
import { poolPath } from '../paths.ts';
import type { Row } from '../rows.ts';
import { gridOf } from './columns.ts';

/** one of three beside each other where the row is a block, its name above it */
const facet = clsx(labelAbove, 'narrow:flex-col narrow:items-start! narrow:gap-0.5');
/** with a line below that says what the cluster does otherwise */
const decided = clsx(facet, 'flex-col items-start! justify-center gap-0! narrow:justify-start');

export const rowLinkId = (name: string): string => `pool-row-${name}`;

/** One line, fixed height, placed by the virtual scroll. */
export const PoolRow = memo(function PoolRow({
  row: { pool, inside },
  index,
  top,
  height,
  measure,
  selected,
  changed,
  cluster,
  heard,
  onSelect,
  onFocus,
}: {
  row: Row;
  index: number;
  top: number;
  /** undefined: as high as what it holds, which `measure` is told */
  height: number | undefined;
  measure: Ref<HTMLTableRowElement> | undefined;
  selected: boolean;
  changed: boolean;
  cluster: boolean;
  /** whether the cluster is heard now */
  heard: boolean | null;
  onSelect: (name: string) => void;
  onFocus: (index: number) => void;
}) {
  const { name, spec, facets, nodes, natted, version, violations, sync, live } = pool;
  const cell = 'flex min-w-0 items-center gap-2 px-2.25 whitespace-nowrap narrow:px-0';
  const past = sync !== null && isPast(sync.state, heard);
  return (
    <tr
      role="row"
      ref={measure}
      data-index={index}
      aria-rowindex={index + 3}
      onFocus={() => onFocus(index)}
      style={{ top, height }}
      className={clsx(
        gridOf(cluster),
        'group absolute inset-x-0 border-b border-line-faint focus-within:bg-surface-2 hover:bg-surface-2',
        'narrow:grid-cols-[2.75rem_minmax(0,0.9fr)_minmax(0,1.25fr)_minmax(0,0.95fr)] narrow:gap-x-2 narrow:gap-y-1.5 narrow:py-2.5 narrow:pr-3.5',
        selected && 'bg-surface-selected before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-accent',
        changed && 'just-changed',
      )}
    >
      <td role="cell" className="flex items-center pl-2.5 narrow:row-span-2 narrow:items-start narrow:pt-0.5">
        <Checkbox checked={selected} onChange={() => onSelect(name)} aria-label={`Select ${name}`} tabIndex={-1} />
      </td>
      <td
        className={clsx(
          cell,
          'sticky left-0 z-1 group-hover:bg-surface-2 narrow:static narrow:col-span-3',
          selected ? 'bg-surface-selected' : 'bg-surface-1',
          changed && 'just-changed',
        )}
      >
        <Link
          id={rowLinkId(name)}
          href={poolPath(name)}
          title={name}
          className="min-w-0 truncate rounded-sm font-[550] text-ink-1 -outline-offset-1 hover:underline"
        >
          {name}
        </Link>
        <KindTag facets={facets} spec={spec} />
      </td>
      <td role="cell" className={clsx(cell, 'narrow:col-span-3 narrow:flex-wrap narrow:whitespace-normal')}>
        {inside !== null && (
          <span title={`inside ${inside}`} className="flex-none text-ink-3">
            <CornerDownRight aria-hidden className="size-3" />
            <span className="sr-only">inside {inside}</span>
          </span>
        )}
        <span className="machine text-ink-1">{spec.cidr}</span>
        <ViolationsChip violations={violations} />
      </td>
      {cluster && (
        <td
          role="cell"
          className={clsx(cell, 'flex-col items-start! justify-center gap-0! narrow:col-span-3 narrow:col-start-2')}
        >
          {sync !== null && <SyncStateChip state={sync.state} heard={heard} low />}
          {past && <span className="text-[10px]/[12px] text-ink-3">last heard</span>}
          {sync !== null && !past && sync.state !== 'Synced' && (
            <span className="machine text-[10px]/[12px] text-ink-3">{sync.reason}</span>
          )}
        </td>
      )}
      <td role="cell" data-label="Allocates" className={clsx(cell, decided, 'narrow:col-start-2')}>
        <AllocatesText facets={facets} />
        <Live word={liveWord('allocates', facets, live)} past={past} />
      </td>
      <td role="cell" data-label="Traffic from it" className={clsx(cell, decided)}>
        <TrafficFromText facets={facets} spec={spec} decidedBy={pool.decidedBy} />
        <Live word={liveWord('nats', facets, live)} past={past} />
      </td>
      <td role="cell" data-label="Traffic to it" className={clsx(cell, decided)}>
        <TrafficToText facets={facets} />
        <Live word={liveWord('exempt', facets, live)} past={past} />
      </td>
      <td
        role="cell"
        data-label="Nodes"
        className={clsx(cell, facet, 'justify-end text-xs tabular-nums narrow:col-start-2')}
      >
        <span>
          <span className={nodes.programmed < nodes.total ? 'text-pending-fg' : 'text-ink-1'}>{nodes.programmed}</span>
          <span className="text-ink-3">/{nodes.total}</span>
        </span>
      </td>
      <td role="cell" data-label="NATed" className={clsx(cell, facet, 'justify-end text-xs tabular-nums')}>
        {facets.nats ? (
          <span className="text-ink-1">{BigInt(natted).toLocaleString('en-US')}</span>
        ) : (
          <span className="text-ink-3">–</span>
        )}
      </td>
      <td
        role="cell"
        data-label="Change"
        className={clsx(cell, facet, 'justify-end pr-3.5 text-xs text-ink-3 tabular-nums narrow:pr-0')}
      >
        #{version}
      </td>
    </tr>
  );
});

/** What the cluster does otherwise, or did when it was last heard. */
function Live({ word, past }: { word: string | null; past: boolean }) {
  if (word === null) return null;
  return (
    <span className="text-[10px]/[12px] text-outofsync-fg">
      {past ? 'last heard' : 'live'}: {word}
    </span>
  );
}
