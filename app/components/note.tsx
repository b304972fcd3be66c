import { clsx } from 'clsx';
import { Info, OctagonX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

const looks = {
  plain: { icon: Info, box: 'border-line bg-surface-2', mark: 'text-ink-3' },
  warning: { icon: TriangleAlert, box: 'border-warning-bd bg-warning-bg', mark: 'text-warning-fg' },
  error: { icon: OctagonX, box: 'border-error-bd bg-error-bg', mark: 'text-error-fg' },
} as const;

/** A sentence that stands where it matters. Errors and results are written here, not in toasts. */
export function Note({
  kind = 'plain',
  role,
  className,
  children,
}: {
  kind?: keyof typeof looks;
  role?: 'alert' | 'status';
  className?: string | undefined;
  children: ReactNode;
}) {
  const { icon: Icon, box, mark } = looks[kind];
  return (
    <div role={role} className={clsx('flex gap-2.5 rounded-md border px-3 py-2 text-xs text-ink-2', box, className)}>
      <Icon aria-hidden className={clsx('mt-0.5 size-3.5 flex-none', mark)} />
      {/* names in it may be as long as they like */}
      <div className="min-w-0 flex-1 wrap-anywhere">{children}</div>
    </div>
  );
}
