import { clsx } from 'clsx';
import type { ComponentProps } from 'react';

/** A real checkbox; the label element around it or an aria-label names it. Its target is 24 px, what is drawn is 14. */
export function Checkbox({ className, partly, ...rest }: { partly?: boolean } & Omit<ComponentProps<'input'>, 'type'>) {
  return (
    <span className={clsx('relative inline-grid size-6 flex-none place-items-center pointer-coarse:size-9', className)}>
      <input
        type="checkbox"
        aria-checked={partly ? 'mixed' : undefined}
        className="peer absolute inset-0 m-0 size-full cursor-pointer appearance-none rounded-sm"
        {...rest}
      />
      <svg
        aria-hidden="true"
        viewBox="0 0 14 14"
        className="pointer-events-none size-3.5 rounded-xs border border-line-control bg-surface-1 text-transparent peer-checked:border-accent peer-checked:bg-accent peer-checked:text-accent-ink"
      >
        <path
          d={partly ? 'M3.5 7h7' : 'M3 7.2l2.6 2.6L11 4.4'}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.75"
          strokeLinecap="round"
          strokeLinejoin="round"
          className={partly ? 'text-ink-1' : undefined}
        />
      </svg>
    </span>
  );
}
