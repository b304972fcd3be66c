'use client';
import { clsx } from 'clsx';

/** On or off, at once. `label` names it where no visible label does. */
export function Switch({
  checked,
  onChange,
  label,
  disabled,
}: {
  checked: boolean;
  onChange: (next: boolean) => void;
  label: string;
  disabled?: boolean;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      aria-disabled={disabled || undefined}
      onClick={() => !disabled && onChange(!checked)}
      className="inline-grid h-6 w-9 flex-none place-items-center rounded-md pointer-coarse:h-11 pointer-coarse:w-14"
    >
      <span
        className={clsx(
          'relative h-4.5 w-7.5 rounded-full transition-colors duration-(--quick)',
          checked ? 'bg-accent' : 'bg-line-control',
        )}
      >
        <span
          className={clsx(
            'absolute top-0.5 size-3.5 rounded-full bg-surface-1 transition-[left] duration-(--quick)',
            checked ? 'left-3.5' : 'left-0.5',
          )}
        />
      </span>
    </button>
  );
}
