'use client';
import { type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorPanel, reasonOf } from './error-panel.tsx';
import { Field, TextInput } from './field.tsx';
import { Note } from './note.tsx';

/**
 * What changes, then the reason, then it is done, and the result stands where it was asked for. `stale` is what to say
 * when somebody was faster; the list above is then already how it is now.
 */
export function ReasonDialog({
  open,
  onClose,
  title,
  effects,
  verb,
  keep,
  danger,
  wide,
  pending,
  error,
  stale,
  result,
  onSubmit,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  effects: ReactNode;
  verb: string;
  /** the button that does nothing */
  keep: string;
  danger?: boolean;
  wide?: boolean;
  pending: boolean;
  error: unknown;
  stale?: string;
  /** what was done; the form is over then */
  result: ReactNode | null;
  onSubmit: (reason: string) => void;
}) {
  const [reason, setReason] = useState('');
  const refused = reason.trim() === '' ? 'Give a reason.' : pending ? 'It is being done.' : undefined;
  const over = result !== null;
  function close(): void {
    setReason('');
    onClose();
  }
  return (
    <Dialog open={open} onClose={close} title={title} {...(wide ? { wide } : {})}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (refused === undefined && !over) onSubmit(reason.trim());
        }}
      >
        {over ? (
          <Note role="status">{result}</Note>
        ) : (
          <>
            <section aria-label="What changes" className="rounded-md border border-line bg-surface-2 px-3 py-2">
              <h3 className="text-xs font-medium text-ink-1">What changes</h3>
              <div className="mt-1 text-xs wrap-anywhere">{effects}</div>
            </section>
            <Field label="Reason" hint="Required; History keeps it.">
              <TextInput value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
            </Field>
            {stale !== undefined && reasonOf(error) === 'VERSION_STALE' ? (
              <Note kind="warning" role="alert">
                {stale}
              </Note>
            ) : (
              error !== null && <ErrorPanel error={error} />
            )}
          </>
        )}
        <div className="flex flex-wrap items-center justify-end gap-2">
          {!over && refused !== undefined && <span className="mr-auto text-xs text-ink-3">{refused}</span>}
          <Button onClick={close}>{over ? 'Close' : keep}</Button>
          {!over && (
            <Button type="submit" look={danger ? 'danger' : 'primary'} refused={refused}>
              {verb}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

/** Sentences one below the other. */
export function Effects({ effects }: { effects: readonly string[] }) {
  return (
    <ul className="flex flex-col gap-0.5">
      {effects.map((effect) => (
        <li key={effect}>{effect}</li>
      ))}
    </ul>
  );
}
