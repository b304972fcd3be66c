import { clsx } from 'clsx';
import type { ReactNode } from 'react';

/** A small word beside a name: what kind of thing it is. Never a state. */
export function Tag({ outline, title, children }: { outline?: boolean; title?: string; children: ReactNode }) {
  return (
    <span
      title={title}
      className={clsx(
        'inline-flex h-4.5 flex-none items-center gap-1 rounded-sm px-1.5 text-2xs whitespace-nowrap text-ink-2 [&>svg]:size-3',
        outline ? 'ring-1 ring-line ring-inset' : 'bg-surface-3',
      )}
    >
      {children}
    </span>
  );
}
