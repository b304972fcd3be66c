'use client';
import { clsx } from 'clsx';

/** One of a few, all visible. Arrow keys are not needed: each choice is a button of its own. */
export function Segmented<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <fieldset aria-label={label} className="inline-flex flex-none gap-0.5 rounded-md bg-surface-3 p-0.5">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={clsx(
            'h-6 rounded-sm px-2.5 text-xs font-medium whitespace-nowrap pointer-coarse:h-9',
            option.value === value ? 'bg-surface-1 text-ink-1 shadow-sm ring-1 ring-line' : 'text-ink-2',
          )}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
