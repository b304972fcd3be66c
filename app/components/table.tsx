// biome-ignore-all lint/a11y/noRedundantRoles: a browser may forget the roles of a table that is displayed as blocks
import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type ComponentProps, type ReactNode, useEffect, useRef } from 'react';
import { ScrollRegion } from './scroll-region.tsx';

/*
 * The one way in which tables are shown. Where a page is narrow a row becomes a block: its first cell leads, each other cell
 * is a line behind the name of its column, and nothing is out of sight at the side. To a screen reader it stays a table.
 */

/** For thousands of rows see the lists of pools and nodes, which are virtual. */
export function Table({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  const region = useRef<HTMLElement>(null);
  const focused = useRef<Element | null>(null);
  // a row that goes takes the button along that was pressed in it: whoever has no mouse goes on from the table
  useEffect(() => {
    if (focused.current?.isConnected !== false || document.activeElement !== document.body) return;
    // a dialog is open before it, and has the focus
    if (region.current?.closest('[aria-hidden="true"]')) return;
    focused.current = null;
    region.current?.focus({ preventScroll: true });
  });
  return (
    <ScrollRegion
      ref={region}
      label={label}
      onFocus={({ target }) => {
        focused.current = target;
      }}
      className="relative min-w-0 overflow-x-auto -outline-offset-2"
    >
      <table role="table" className={clsx('w-full border-separate border-spacing-0 text-sm narrow:block', className)}>
        {children}
      </table>
    </ScrollRegion>
  );
}

export function Thead({ className, ...rest }: ComponentProps<'thead'>) {
  return <thead role="rowgroup" className={clsx('narrow:block', className)} {...rest} />;
}

export function Tbody({ className, ...rest }: ComponentProps<'tbody'>) {
  return <tbody role="rowgroup" className={clsx('narrow:block', className)} {...rest} />;
}

/** A row of the head: where rows are blocks only heads that are to be used stand in it. */
export function HeadRow({ className, ...rest }: ComponentProps<'tr'>) {
  return <tr role="row" className={clsx('narrow:flex narrow:flex-wrap narrow:bg-surface-2', className)} {...rest} />;
}

export function Tr({ className, ...rest }: ComponentProps<'tr'>) {
  return (
    <tr
      role="row"
      className={clsx(
        'narrow:block narrow:border-b narrow:border-line-faint narrow:px-3.5 narrow:py-2 narrow:last:border-b-0',
        className,
      )}
      {...rest}
    />
  );
}

/** `keep`: there is something to use in it, so it stays in sight where rows are blocks; a head that sorts always does. */
export function Th({
  numeric,
  sorted,
  onSort,
  keep = onSort !== undefined,
  className,
  children,
  ...rest
}: {
  numeric?: boolean;
  /** only a column that can be sorted has this; 'none' when another one is sorted */
  sorted?: 'ascending' | 'descending' | 'none';
  onSort?: () => void;
  keep?: boolean;
} & ComponentProps<'th'>) {
  const arrow =
    sorted === 'ascending' ? <ArrowUp aria-hidden /> : sorted === 'descending' ? <ArrowDown aria-hidden /> : null;
  return (
    <th
      role="columnheader"
      scope="col"
      aria-sort={sorted}
      className={clsx(
        'h-7.5 border-b border-line bg-surface-2 px-(--cell-x) text-2xs font-medium whitespace-nowrap text-ink-3 first:pl-3.5 last:pr-3.5',
        keep ? 'narrow:flex narrow:items-center narrow:border-b-0' : 'narrow:sr-only',
        numeric ? 'text-right' : 'text-left',
        className,
      )}
      {...rest}
    >
      {onSort === undefined ? (
        children
      ) : (
        <button
          type="button"
          onClick={onSort}
          className="-mx-1 inline-flex h-6 items-center gap-1 rounded-sm px-1 hover:text-ink-1 [&>svg]:size-3"
        >
          {children}
          {arrow}
        </button>
      )}
    </th>
  );
}

/** What is shown of `data-label` before a cell. Its column's head says it already: it is not read out twice. */
const LABEL =
  "narrow:before:font-sans narrow:before:text-2xs narrow:before:font-normal narrow:before:text-ink-3 narrow:before:content-[attr(data-label)_/_'']";
const labelBeside = `${LABEL} narrow:relative narrow:pl-30! narrow:before:absolute narrow:before:left-0 narrow:before:w-28`;
export const labelAbove = `${LABEL} narrow:before:block`;

/** A short first cell (a box, a number) that stands before what leads the block. */
export const beforeLead = 'narrow:float-left narrow:mr-2.5';

/** `label`: the name of its column, shown where rows are blocks; without one it has the whole width. */
export function Td({
  numeric,
  label,
  className,
  ...rest
}: { numeric?: boolean; label?: string | undefined } & ComponentProps<'td'>) {
  return (
    <td
      role="cell"
      data-label={label}
      className={clsx(
        'h-(--row) border-b border-line-faint px-(--cell-x) align-middle whitespace-nowrap first:pl-3.5 last:pr-3.5 in-[tr:last-child]:border-b-0',
        'narrow:block narrow:h-auto narrow:w-auto narrow:max-w-none narrow:border-b-0 narrow:px-0 narrow:py-0.75 narrow:text-left narrow:wrap-anywhere narrow:whitespace-normal narrow:first:pl-0 narrow:last:pr-0 narrow:empty:hidden',
        label !== undefined && labelBeside,
        numeric && 'text-right tabular-nums',
        className,
      )}
      {...rest}
    />
  );
}
