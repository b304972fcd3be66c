import { clsx } from 'clsx';
import type { ReactNode } from 'react';

/** A filter that is on or off, with how many it would leave. */
export function FilterChip({
  pressed,
  onPress,
  icon,
  count,
  children,
}: {
  pressed: boolean;
  onPress: () => void;
  icon?: ReactNode;
  count?: number | undefined;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      className={clsx(
        'inline-flex h-6.5 flex-none items-center gap-1.5 rounded-md border px-2.5 text-xs whitespace-nowrap pointer-coarse:h-11 [&>svg]:size-3',
        pressed
          ? 'border-accent bg-surface-selected text-ink-1'
          : 'border-line bg-surface-1 text-ink-2 hover:bg-surface-3',
      )}
    >
      {icon}
      {children}
      {count !== undefined && <span className="text-ink-3 tabular-nums">{count.toLocaleString('en-US')}</span>}
    </button>
  );
}
