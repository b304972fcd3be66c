'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import Link from 'next/link';
import { type CSSProperties, useRef } from 'react';
import { changeNumber } from '../../core/wire/change-number.ts';
import { Age } from '../components/age.tsx';
import { NodeStateChip } from '../components/state-chip.tsx';
import { Td, Th } from '../components/table.tsx';
import { useKeys } from '../keys/use-keys.ts';
import { causeOf } from '../overview/attention.ts';
import { useRowHeight } from '../pools/list/use-row-height.ts';
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
  const height = useRowHeight();
  const virtual = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 15,
    getItemKey: (index) => nodes[index]?.name ?? index,
  });
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
    <section
      ref={scroller}
      aria-label="Node list"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      // rows are as high as the virtual scroll counts on
      style={{ '--row': `${height}px` } as CSSProperties}
      className="max-h-[max(20rem,calc(100dvh-21rem))] overflow-auto -outline-offset-2"
    >
      <table aria-rowcount={nodes.length + 1} className="w-full border-separate border-spacing-0 text-sm">
        <thead className="sticky top-0 z-10">
          <tr aria-rowindex={1}>
            <Th className="sticky left-0 z-1">Node</Th>
            <Th>State and reason</Th>
            {cluster && <Th>Node object</Th>}
            <Th>Revision held</Th>
            <Th numeric>Change</Th>
            <Th>Agent</Th>
            <Th numeric>Report</Th>
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Spacer height={above} />}
          {items.map(({ index }) => {
            const node = nodes[index];
            return node === undefined ? null : (
              <Row key={node.name} node={node} index={index} effective={effective} height={height} cluster={cluster} />
            );
          })}
          {below > 0 && <Spacer height={below} />}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps {
  node: Node;
  index: number;
  effective: string;
  height: number;
  cluster: boolean;
}

function Row({ node, index, effective, height, cluster }: RowProps) {
  const cause = causeOf(node);
  return (
    <tr aria-rowindex={index + 2} className="group hover:bg-surface-2" style={{ height }}>
      <Td className="sticky left-0 z-1 bg-surface-1 group-hover:bg-surface-2">
        <Link
          data-row
          href={`/nodes/${encodeURIComponent(node.name)}`}
          className="rounded-sm font-[550] text-ink-1 hover:underline"
        >
          {node.name}
        </Link>
      </Td>
      <Td>
        <span className="flex max-w-xl items-center gap-2">
          <NodeStateChip state={node.state} reason={cause?.reason} />
          <span className="min-w-0 truncate text-xs text-ink-3" title={cause?.message}>
            {cause?.message}
          </span>
        </span>
      </Td>
      {cluster && (
        <Td className="text-xs">
          <Readiness object={node.object} />
        </Td>
      )}
      <Td className="machine">
        {node.revision === null ? (
          <span className="text-ink-3">none</span>
        ) : (
          <span className={node.revision === effective ? 'text-ink-1' : 'text-pending-fg'}>
            {node.revision.slice(0, 8)}
          </span>
        )}
      </Td>
      <Td numeric className="text-xs">
        {node.sequence === null ? '–' : changeNumber(node.sequence)}
      </Td>
      <Td className="text-xs">
        {node.signIn === null ? <span className="text-ink-3">none</span> : (node.backend ?? '–')}
      </Td>
      <Td numeric className="text-xs">
        {node.reportedAt === null ? (
          <span className="text-ink-3">never</span>
        ) : (
          <Age at={node.reportedAt} limitSeconds={30} />
        )}
      </Td>
    </tr>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={7} style={{ height, padding: 0 }} />
    </tr>
  );
}
