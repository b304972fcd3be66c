import { clsx } from 'clsx';
import { CornerDownRight } from 'lucide-react';
import Link from 'next/link';
import { memo } from 'react';
import { Checkbox } from '../../components/checkbox.tsx';
import { SyncStateChip } from '../../components/state-chip.tsx';
import { AllocatesText, KindTag, TrafficFromText, TrafficToText, ViolationsChip } from '../facet-cells.tsx';
import { poolPath } from '../paths.ts';
import type { Row } from '../rows.ts';
import { gridOf } from './columns.ts';

export const rowLinkId = (name: string): string => `pool-row-${name}`;

/** One line, fixed height, placed by the virtual scroll. */
export const PoolRow = memo(function PoolRow({
  row: { pool, inside },
  index,
  top,
  height,
  selected,
  changed,
  cluster,
  onSelect,
  onFocus,
}: {
  row: Row;
  index: number;
  top: number;
  height: number;
  selected: boolean;
  changed: boolean;
  cluster: boolean;
  onSelect: (name: string) => void;
  onFocus: (index: number) => void;
}) {
  const { name, spec, facets, nodes, natted, version, violations, sync } = pool;
  const cell = 'flex min-w-0 items-center gap-2 px-2.25 whitespace-nowrap';
  return (
    <tr
      aria-rowindex={index + 3}
      onFocus={() => onFocus(index)}
      style={{ top, height }}
      className={clsx(
        gridOf(cluster),
        'group absolute inset-x-0 border-b border-line-faint focus-within:bg-surface-2 hover:bg-surface-2',
        selected && 'bg-surface-selected before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-accent',
        changed && 'just-changed',
      )}
    >
      <td className="flex items-center pl-2.5">
        <Checkbox checked={selected} onChange={() => onSelect(name)} aria-label={`Select ${name}`} tabIndex={-1} />
      </td>
      <td
        className={clsx(
          cell,
          'sticky left-0 z-1 group-hover:bg-surface-2',
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
      <td className={cell}>
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
        <td className={clsx(cell, 'flex-col items-start! justify-center gap-0!')}>
          {sync !== null && <SyncStateChip state={sync.state} low />}
          {sync !== null && sync.state !== 'Synced' && (
            <span className="machine text-[10px]/[12px] text-ink-3">{sync.reason}</span>
          )}
        </td>
      )}
      <td className={cell}>
        <AllocatesText facets={facets} />
      </td>
      <td className={cell}>
        <TrafficFromText facets={facets} spec={spec} />
      </td>
      <td className={cell}>
        <TrafficToText facets={facets} />
      </td>
      <td className={clsx(cell, 'justify-end text-xs tabular-nums')}>
        <span>
          <span className={nodes.programmed < nodes.total ? 'text-pending-fg' : 'text-ink-1'}>{nodes.programmed}</span>
          <span className="text-ink-3">/{nodes.total}</span>
        </span>
      </td>
      <td className={clsx(cell, 'justify-end text-xs tabular-nums')}>
        {facets.nats ? (
          <span className="text-ink-1">{BigInt(natted).toLocaleString('en-US')}</span>
        ) : (
          <span className="text-ink-3">–</span>
        )}
      </td>
      <td className={clsx(cell, 'justify-end pr-3.5 text-xs text-ink-3 tabular-nums')}>#{version}</td>
    </tr>
  );
});
