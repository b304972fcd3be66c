import { clsx } from 'clsx';
import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';

type Look = { look?: 'plain' | 'primary' | 'ghost' | 'danger'; small?: boolean };

/**
 * `refused` is why the button cannot be used now: it stays focusable, is announced as disabled and shows the reason in
 * its title; the reason also stands beside it where there is room (the caller's choice).
 */
export function Button({
  look,
  small,
  refused,
  className,
  onClick,
  children,
  ...rest
}: Look & { refused?: string | undefined } & ComponentProps<'button'>) {
  return (
    <button
      type="button"
      aria-disabled={refused === undefined ? undefined : true}
      title={refused}
      className={clsx(buttonClass({ look, small }), className)}
      onClick={refused === undefined ? onClick : (event) => event.preventDefault()}
      {...rest}
    >
      {children}
    </button>
  );
}

export function ButtonLink({
  look,
  small,
  className,
  ...rest
}: Look & { href: string; children: ReactNode } & Omit<ComponentProps<typeof Link>, 'href'>) {
  return <Link className={clsx(buttonClass({ look, small }), className)} {...rest} />;
}

/** A square button with an icon; the label is read out and shown as its title. */
export function IconButton({
  label,
  children,
  className,
  ...rest
}: { label: string; children: ReactNode } & ComponentProps<'button'>) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      className={clsx(
        'inline-grid size-7 flex-none place-items-center rounded-md text-ink-2 transition-colors duration-(--quick)',
        'hover:bg-surface-3 hover:text-ink-1 pointer-coarse:size-11',
        className,
      )}
      {...rest}
    >
      {children}
    </button>
  );
}

function buttonClass({
  look = 'plain',
  small,
}: {
  look?: Look['look'] | undefined;
  small?: boolean | undefined;
}): string {
  return clsx(
    'inline-flex flex-none items-center justify-center gap-1.5 border font-medium whitespace-nowrap',
    'transition-colors duration-(--quick) ease-calm [&>svg]:size-3.5 [&>svg]:flex-none',
    'aria-disabled:cursor-not-allowed aria-disabled:border-line aria-disabled:bg-surface-2 aria-disabled:text-ink-disabled aria-disabled:shadow-none',
    small ? 'h-6 rounded-sm px-2 text-xs pointer-coarse:h-9' : 'h-(--control) rounded-md px-2.5',
    look === 'plain' &&
      'border-line bg-surface-1 text-ink-1 shadow-sm not-aria-disabled:hover:bg-surface-3 not-aria-disabled:[&>svg]:text-ink-3',
    look === 'primary' &&
      'border-accent bg-accent text-accent-ink shadow-sm not-aria-disabled:hover:border-accent-hover not-aria-disabled:hover:bg-accent-hover',
    look === 'ghost' && 'border-transparent text-ink-2 not-aria-disabled:hover:bg-surface-3',
    look === 'danger' &&
      'border-failed-bd bg-failed-bg text-failed-fg shadow-sm not-aria-disabled:hover:border-failed-mark',
  );
}
