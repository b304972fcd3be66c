// biome-ignore-all lint/a11y/noRedundantRoles: a browser may forget the roles of a table that is displayed as blocks
'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useRef } from 'react';
import { useHeard } from '../../cluster/use-heard.ts';
import { Checkbox } from '../../components/checkbox.tsx';
import { useRowForm } from '../../components/row-form.ts';
import { ScrollRegion } from '../../components/scroll-region.tsx';
import { useKeys } from '../../keys/use-keys.ts';
import type { ListView } from '../list-view.ts';
import { editPath, poolPath } from '../paths.ts';
import type { Row } from '../rows.ts';
import { gridOf } from './columns.ts';
import { PoolRow, rowLinkId } from './pool-row.tsx';

/** Thousands of rows: only those in sight exist. j and k move the focus from row to row. */
export function PoolTable({
  rows,
  view,
  changed,
  cluster,
  onChange,
}: {
  rows: readonly Row[];
  view: ListView;
  changed: ReadonlySet<string>;
  /** there is a cluster to stand in */
  cluster: boolean;
  onChange: (change: Partial<ListView>) => void;
}) {
  const scroller = useRef<HTMLElement>(null);
  const { blocks, height } = useRowForm();
  const heard = useHeard();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    getItemKey: (index) => rows[index]?.pool.name ?? index,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another form must be measured again
  useEffect(() => virtual.measure(), [blocks, height, virtual]);
  const cursor = useRef(-1);
  const setCursor = useCallback((index: number) => {
    cursor.current = index;
  }, []);
  const selected = new Set(view.selected);
  const latest = useRef(view.selected);
  latest.current = view.selected;
  const toggle = useCallback(
    (name: string) => {
      const now = latest.current;
      onChange({ selected: now.includes(name) ? now.filter((each) => each !== name) : [...now, name] });
    },
    [onChange],
  );
  useTableKeys({
    rows,
    cursor,
    toggle,
    scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }),
  });
  const all = rows.length > 0 && rows.every(({ pool }) => selected.has(pool.name));
  return (
    <ScrollRegion
      ref={scroller}
      label="List of pools"
      className="relative max-h-[max(20rem,calc(100dvh-15.5rem))] min-w-0 overflow-auto overscroll-contain narrow:overscroll-auto -outline-offset-2"
    >
      <table role="table" aria-label="Pools" aria-rowcount={rows.length + 2} className="block">
        <thead role="rowgroup" className="sticky top-0 z-10 block bg-surface-2 text-2xs text-ink-3">
          <tr role="row" aria-rowindex={1} className={clsx(gridOf(cluster), 'h-5.5 items-center narrow:sr-only')}>
            <td role="cell" className={cluster ? 'col-span-4' : 'col-span-3'} />
            <th
              scope="colgroup"
              colSpan={3}
              className="col-span-3 flex h-full items-center justify-center border-x border-b border-line font-medium"
            >
              three independent facets
            </th>
            <td role="cell" className="col-span-3" />
          </tr>
          <tr
            role="row"
            aria-rowindex={2}
            className={clsx(gridOf(cluster), 'h-7.5 items-center border-b border-line narrow:flex')}
          >
            <td role="cell" className="flex items-center pl-2.5 narrow:w-11 narrow:flex-none">
              <Checkbox
                aria-label="Select all that are listed"
                checked={all}
                partly={!all && selected.size > 0}
                onChange={() => onChange({ selected: all ? [] : rows.map(({ pool }) => pool.name) })}
              />
            </td>
            <Head
              word="Pool"
              sort="name"
              view={view}
              onChange={onChange}
              className="sticky left-0 z-1 bg-surface-2 narrow:static"
            />
            <Head word="CIDR" sort="cidr" view={view} onChange={onChange} />
            {cluster && <Head word="Sync" title="How it stands in the cluster" view={view} onChange={onChange} />}
            <Head word="Allocates addresses" view={view} onChange={onChange} />
            <Head word="Traffic from it" view={view} onChange={onChange} />
            <Head word="Traffic to it" view={view} onChange={onChange} />
            <Head word="Nodes" sort="nodes" view={view} onChange={onChange} className="justify-end" />
            <Head
              word="NATed"
              title="New connections NATed, all nodes, since their sets were filled"
              sort="natted"
              view={view}
              onChange={onChange}
              className="justify-end"
            />
            <Head
              word="Change"
              title="The change that last wrote the pool"
              view={view}
              onChange={onChange}
              className="justify-end pr-3.5"
            />
          </tr>
        </thead>
        <tbody role="rowgroup" className="relative block" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start, size }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <PoolRow
                key={row.pool.name}
                row={row}
                index={index}
                top={start}
                height={blocks ? undefined : size}
                measure={blocks ? virtual.measureElement : undefined}
                selected={selected.has(row.pool.name)}
                changed={changed.has(row.pool.name)}
                cluster={cluster}
                heard={heard}
                onSelect={toggle}
                onFocus={setCursor}
              />
            );
          })}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Head({
  word,
  title,
  sort,
  view,
  onChange,
  className,
}: {
  word: string;
  title?: string;
  sort?: ListView['sort'];
  view: ListView;
  onChange: (change: Partial<ListView>) => void;
  className?: string;
}) {
  const sorted = sort !== undefined && view.sort === sort;
  const Arrow = view.descending ? ArrowDown : ArrowUp;
  return (
    <th
      role="columnheader"
      scope="col"
      title={title}
      aria-sort={sort === undefined ? undefined : sorted ? (view.descending ? 'descending' : 'ascending') : 'none'}
      className={clsx(
        'flex h-full items-center px-2.25 font-medium whitespace-nowrap',
        // to be heard with each cell; to be seen where it can be used
        sort === undefined && 'narrow:sr-only',
        className,
      )}
    >
      {sort === undefined ? (
        word
      ) : (
        <button
          type="button"
          onClick={() => onChange({ sort, descending: sorted && !view.descending })}
          className="-mx-1 inline-flex h-6 items-center gap-1 rounded-sm px-1 hover:text-ink-1 [&>svg]:size-3"
        >
          {word}
          {sorted && <Arrow aria-hidden />}
        </button>
      )}
    </th>
  );
}

function useTableKeys({
  rows,
  cursor,
  toggle,
  scrollTo,
}: {
  rows: readonly Row[];
  cursor: React.RefObject<number>;
  toggle: (name: string) => void;
  scrollTo: (index: number) => void;
}): void {
  const router = useRouter();
  const at = (): string | undefined => rows[cursor.current]?.pool.name;
  function move(step: number): void {
    const index = Math.min(rows.length - 1, Math.max(0, cursor.current + step));
    const name = rows[index]?.pool.name;
    if (name === undefined) return;
    cursor.current = index;
    scrollTo(index);
    focusRow(name, 10);
  }
  function go(path: (name: string) => string): void {
    const name = at();
    if (name !== undefined) router.push(path(name));
  }
  useKeys('Pools', [
    { keys: 'j', label: 'Next pool', run: () => move(1) },
    { keys: 'ArrowDown', label: 'Next pool', run: () => move(1) },
    { keys: 'k', label: 'Previous pool', run: () => move(-1) },
    { keys: 'ArrowUp', label: 'Previous pool', run: () => move(-1) },
    { keys: 'Enter', label: 'Open', run: () => go(poolPath) },
    { keys: 'e', label: 'Edit', run: () => go(editPath) },
    {
      keys: 'x',
      label: 'Select',
      run: () => {
        const name = at();
        if (name !== undefined) toggle(name);
      },
    },
  ]);
}

/** The row may exist only after the scroll: a few frames are waited for it. */
function focusRow(name: string, tries: number): void {
  const link = document.getElementById(rowLinkId(name));
  if (link !== null) link.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusRow(name, tries - 1));
}
