import { clsx } from 'clsx';
import type { ReactNode } from 'react';

/** A bordered region with a title. Panels never nest; use a hairline inside. */
export function Panel({
  title,
  lead,
  actions,
  footer,
  label,
  flush,
  className,
  children,
}: {
  title?: ReactNode;
  /** small text right of the title */
  lead?: ReactNode;
  actions?: ReactNode;
  footer?: ReactNode;
  /** names the region when there is no title */
  label?: string;
  /** no padding around the content: tables and code */
  flush?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return (
    <section
      aria-label={label}
      className={clsx('flex min-w-0 flex-col overflow-hidden rounded-lg border border-line bg-surface-1', className)}
    >
      {title !== undefined && (
        <header className="flex min-h-9.5 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line-faint py-1 pr-3 pl-3.5">
          <h2 className="text-sm font-[550] whitespace-nowrap text-ink-1">{title}</h2>
          {lead !== undefined && <span className="min-w-0 text-xs text-ink-3">{lead}</span>}
          {actions !== undefined && <span className="ml-auto flex items-center gap-2">{actions}</span>}
        </header>
      )}
      <div className={clsx('min-w-0 flex-1', !flush && 'px-3.5 py-3')}>{children}</div>
      {footer !== undefined && (
        <footer className="border-t border-line-faint px-3.5 py-2 text-xs text-ink-3">{footer}</footer>
      )}
    </section>
  );
}
