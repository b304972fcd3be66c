// biome-ignore-all lint/a11y/noRedundantRoles: a browser may forget the roles of a table that is displayed as blocks
'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import Link from 'next/link';
import { type CSSProperties, type Ref, useEffect, useRef } from 'react';
import { changeNumber } from '../../core/wire/change-number.ts';
import { Age } from '../components/age.tsx';
import { useRowForm } from '../components/row-form.ts';
import { ScrollRegion } from '../components/scroll-region.tsx';
import { NodeStateChip } from '../components/state-chip.tsx';
import { HeadRow, labelAbove, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import { useKeys } from '../keys/use-keys.ts';
import { causeOf } from '../overview/attention.ts';
import type { Outputs } from '../trpc/client.ts';
import { Readiness } from './readiness.tsx';

type Node = Outputs['nodes']['list']['nodes'][number];

/** Thousands of rows: only those in sight exist, between two spacer rows that keep the scroll bar true. */
export function NodeTable({
  nodes,
  effective,
  cluster,
}: {
  nodes: readonly Node[];
  effective: string;
  /** there is one, and says which nodes it has */
  cluster: boolean;
}) {
  const scroller = useRef<HTMLElement>(null);
  const { blocks, height } = useRowForm();
  const virtual = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 15,
    getItemKey: (index) => nodes[index]?.name ?? index,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another form must be measured again
  useEffect(() => virtual.measure(), [blocks, height, virtual]);
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  function move(step: number): void {
    const links: Element[] = [...(scroller.current?.querySelectorAll('[data-row]') ?? [])];
    const at = document.activeElement === null ? -1 : links.indexOf(document.activeElement);
    const next = links[at < 0 ? 0 : at + step];
    if (next instanceof HTMLElement) next.focus();
    next?.scrollIntoView({ block: 'nearest' });
  }
  useKeys('Nodes', [
    { keys: 'j', label: 'Next node', run: () => move(1) },
    { keys: 'k', label: 'Previous node', run: () => move(-1) },
  ]);
  return (
    <ScrollRegion
      ref={scroller}
      label="Node list"
      // rows are as high as the virtual scroll counts on
      style={{ '--row': `${height}px` } as CSSProperties}
      className="max-h-[max(20rem,calc(100dvh-21rem))] overflow-auto -outline-offset-2"
    >
      <table
        role="table"
        aria-rowcount={nodes.length + 1}
        className="w-full border-separate border-spacing-0 text-sm narrow:block"
      >
        <Thead className="sticky top-0 z-10">
          <HeadRow aria-rowindex={1}>
            <Th className="sticky left-0 z-1">Node</Th>
            <Th>State and reason</Th>
            {cluster && <Th>Node object</Th>}
            <Th>Revision held</Th>
            <Th numeric>Change</Th>
            <Th>Agent</Th>
            <Th numeric>Report</Th>
          </HeadRow>
        </Thead>
        <Tbody>
          {above > 0 && <Spacer height={above} />}
          {items.map(({ index }) => {
            const node = nodes[index];
            return node === undefined ? null : (
              <Row
                key={node.name}
                ref={blocks ? virtual.measureElement : undefined}
                node={node}
                index={index}
                effective={effective}
                height={blocks ? undefined : height}
                cluster={cluster}
              />
            );
          })}
          {below > 0 && <Spacer height={below} />}
        </Tbody>
      </table>
    </ScrollRegion>
  );
}

interface RowProps {
  /** measures it where it is a block */
  ref: Ref<HTMLTableRowElement> | undefined;
  node: Node;
  index: number;
  effective: string;
  height: number | undefined;
  cluster: boolean;
}

function Row({ ref, node, index, effective, height, cluster }: RowProps) {
  const cause = causeOf(node);
  return (
    <Tr
      ref={ref}
      data-index={index}
      aria-rowindex={index + 2}
      className="group hover:bg-surface-2 narrow:grid narrow:grid-cols-4 narrow:gap-x-2"
      style={{ height }}
    >
      <Td className="sticky left-0 z-1 bg-surface-1 group-hover:bg-surface-2 narrow:static narrow:col-span-3">
        <Link
          data-row
          href={`/nodes/${encodeURIComponent(node.name)}`}
          className="rounded-sm font-[550] text-ink-1 hover:underline"
        >
          {node.name}
        </Link>
      </Td>
      <Td className="narrow:col-span-4 narrow:row-start-2">
        <span className="flex max-w-xl items-center gap-2 narrow:flex-wrap">
          <NodeStateChip state={node.state} reason={cause?.reason} />
          <span className="min-w-0 truncate text-xs text-ink-3 narrow:whitespace-normal" title={cause?.message}>
            {cause?.message}
          </span>
        </span>
      </Td>
      {cluster && (
        <Td data-label="Node object" className={clsx(labelAbove, 'text-xs')}>
          <Readiness object={node.object} />
        </Td>
      )}
      <Td data-label="Revision held" className={clsx(labelAbove, 'machine')}>
        {node.revision === null ? (
          <span className="text-ink-3">none</span>
        ) : (
          <span className={node.revision === effective ? 'text-ink-1' : 'text-pending-fg'}>
            {node.revision.slice(0, 8)}
          </span>
        )}
      </Td>
      <Td numeric data-label="Change" className={clsx(labelAbove, 'text-xs')}>
        {node.sequence === null ? '–' : changeNumber(node.sequence)}
      </Td>
      <Td data-label="Agent" className={clsx(labelAbove, 'text-xs')}>
        {node.signIn === null ? <span className="text-ink-3">none</span> : (node.backend ?? '–')}
      </Td>
      <Td numeric className="text-xs narrow:col-start-4 narrow:row-start-1 narrow:text-right">
        {node.reportedAt === null ? (
          <span className="text-ink-3">never</span>
        ) : (
          <Age at={node.reportedAt} limitSeconds={30} />
        )}
      </Td>
    </Tr>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr aria-hidden className="narrow:block">
      <td colSpan={7} className="narrow:block" style={{ height, padding: 0 }} />
    </tr>
  );
}
