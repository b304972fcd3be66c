import type { ReactNode } from 'react';

/** Title at the left, actions at the right, the truth line below. `crumb` is the list this page belongs to. */
export function PageHeader({
  crumb,
  title,
  beside,
  actions,
  truths,
}: {
  crumb?: ReactNode;
  title: ReactNode;
  beside?: ReactNode;
  actions?: ReactNode;
  truths?: ReactNode;
}) {
  return (
    <>
      <div className="flex min-h-7.5 flex-wrap items-center gap-3">
        <h1 className="min-w-0 wrap-anywhere text-lg font-semibold tracking-tight text-ink-1">
          {crumb !== undefined && <span className="font-normal text-ink-3">{crumb} / </span>}
          {title}
        </h1>
        {beside}
        {actions !== undefined && actions !== false && (
          <div className="ml-auto flex flex-wrap items-center gap-2 narrow:ml-0 narrow:w-full">{actions}</div>
        )}
      </div>
      {truths ?? <div className="h-3.5" />}
    </>
  );
}
