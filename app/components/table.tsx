import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';

/** A plain table that scrolls inside its panel. For thousands of rows see the pool table, which is virtual. */
export function Table({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className="relative min-w-0 overflow-x-auto -outline-offset-2">
      <table className={clsx('w-full border-separate border-spacing-0 text-sm', className)}>{children}</table>
    </section>
  );
}

export function Th({
  numeric,
  sorted,
  onSort,
  className,
  children,
  ...rest
}: {
  numeric?: boolean;
  /** only a column that can be sorted has this; 'none' when another one is sorted */
  sorted?: 'ascending' | 'descending' | 'none';
  onSort?: () => void;
} & ComponentProps<'th'>) {
  const arrow =
    sorted === 'ascending' ? <ArrowUp aria-hidden /> : sorted === 'descending' ? <ArrowDown aria-hidden /> : null;
  return (
    <th
      scope="col"
      aria-sort={sorted}
      className={clsx(
        'h-7.5 border-b border-line bg-surface-2 px-(--cell-x) text-2xs font-medium whitespace-nowrap text-ink-3 first:pl-3.5 last:pr-3.5',
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

export function Td({ numeric, className, ...rest }: { numeric?: boolean } & ComponentProps<'td'>) {
  return (
    <td
      className={clsx(
        'h-(--row) border-b border-line-faint px-(--cell-x) align-middle whitespace-nowrap first:pl-3.5 last:pr-3.5 in-[tr:last-child]:border-b-0',
        numeric && 'text-right tabular-nums',
        className,
      )}
      {...rest}
    />
  );
}
