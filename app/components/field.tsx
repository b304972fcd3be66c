'use client';
import { clsx } from 'clsx';
import { CircleX } from 'lucide-react';
import { type ComponentProps, createContext, type ReactNode, useContext, useId } from 'react';

interface FieldIds {
  control: string;
  described: string | undefined;
  invalid: boolean;
}
const FieldContext = createContext<FieldIds | null>(null);

/** A label, one control inside, and below it what is wrong (every message) or else a hint. */
export function Field({
  label,
  aside,
  hint,
  errors = [],
  className,
  children,
}: {
  label: ReactNode;
  aside?: ReactNode;
  hint?: ReactNode;
  errors?: readonly string[] | undefined;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  const noteId = `${id}-note`;
  const noted = errors.length > 0 || hint !== undefined;
  return (
    <div className={clsx('flex min-w-0 flex-col gap-1', className)}>
      <div className="flex flex-wrap items-center justify-between gap-x-2">
        <label htmlFor={id} className="text-xs font-medium text-ink-2">
          {label}
        </label>
        {aside !== undefined && <span className="text-xs text-ink-3 tabular-nums">{aside}</span>}
      </div>
      <FieldContext value={{ control: id, described: noted ? noteId : undefined, invalid: errors.length > 0 }}>
        {children}
      </FieldContext>
      {errors.length > 0 ? (
        <ul id={noteId} className="flex flex-col gap-0.5 text-xs wrap-anywhere text-error-fg">
          {errors.map((error) => (
            <li key={error}>{error}</li>
          ))}
        </ul>
      ) : (
        hint !== undefined && (
          <p id={noteId} className="text-2xs text-ink-3">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

/** A text input for use inside a Field, or alone with an aria-label. */
export function TextInput({
  machine,
  lead,
  trail,
  className,
  ...rest
}: { machine?: boolean; lead?: ReactNode; trail?: ReactNode } & ComponentProps<'input'>) {
  const field = useContext(FieldContext);
  return (
    <span className={clsx(controlClass(field?.invalid), 'flex items-center gap-1.5 px-2.5', className)}>
      {lead}
      <input
        {...fieldProps(field)}
        autoComplete="off"
        spellCheck={false}
        className={clsx('w-full min-w-0 bg-transparent text-ink-1 outline-none', machine && 'machine')}
        {...rest}
      />
      {field?.invalid ? <CircleX aria-hidden className="size-3.5 flex-none text-error-fg" /> : trail}
    </span>
  );
}

export function TextArea({ machine, className, ...rest }: { machine?: boolean } & ComponentProps<'textarea'>) {
  const field = useContext(FieldContext);
  return (
    <textarea
      {...fieldProps(field)}
      spellCheck={false}
      className={clsx(
        controlClass(field?.invalid),
        'h-auto min-h-20 px-2.5 py-1.5 text-ink-1',
        machine && 'machine',
        className,
      )}
      {...rest}
    />
  );
}

export function Select({ className, children, ...rest }: ComponentProps<'select'>) {
  const field = useContext(FieldContext);
  return (
    <select
      {...fieldProps(field)}
      className={clsx(controlClass(field?.invalid), 'px-2 text-ink-1', className)}
      {...rest}
    >
      {children}
    </select>
  );
}

const fieldProps = (field: FieldIds | null) =>
  field === null
    ? {}
    : { id: field.control, 'aria-describedby': field.described, 'aria-invalid': field.invalid || undefined };

function controlClass(invalid: boolean | undefined): string {
  return clsx(
    'h-(--control) w-full min-w-0 rounded-md border bg-surface-1 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-focus',
    invalid ? 'border-error-mark ring-1 ring-error-mark' : 'border-line-control',
  );
}
