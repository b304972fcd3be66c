'use client';
import { isApiError } from '../trpc/client.ts';
import { Button } from './button.tsx';
import { explain } from './explain-error.ts';
import { Note } from './note.tsx';

/** What the server refused, or that it could not be reached, where it happened; every field with its own sentence. */
export function ErrorPanel({
  error,
  onRetry,
  className,
}: {
  error: unknown;
  onRetry?: () => void;
  className?: string;
}) {
  const { title, details, requestId } = explain(error);
  return (
    <Note kind="error" role="alert" className={className}>
      <p className="font-medium text-ink-1">{title}</p>
      {details.length > 0 && (
        <ul className="mt-1 flex flex-col gap-0.5">
          {details.map(({ where, field, message }) => (
            <li key={`${where} ${field} ${message}`}>
              {where !== '' && <b className="font-medium text-ink-1">{where}: </b>}
              {field !== '' && <span className="machine text-ink-1">{field}: </span>}
              {message}
            </li>
          ))}
        </ul>
      )}
      {(onRetry !== undefined || requestId !== null) && (
        <div className="mt-1.5 flex items-center gap-3">
          {onRetry !== undefined && (
            <Button small onClick={onRetry}>
              Ask again
            </Button>
          )}
          {requestId !== null && <span className="machine text-ink-3">request {requestId}</span>}
        </div>
      )}
    </Note>
  );
}

export const reasonOf = (error: unknown): string | undefined => (isApiError(error) ? error.data?.reason : undefined);
