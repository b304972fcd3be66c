'use client';
import { type ApiError, isApiError } from '../trpc/client.ts';
import { Button } from './button.tsx';
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
          {details.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
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

export interface Explained {
  title: string;
  details: { field: string; message: string }[];
  /** only for an error of ours that the log explains */
  requestId: string | null;
}

export function explain(error: unknown): Explained {
  if (!isApiError(error)) {
    return {
      title: 'The server cannot be reached. What is shown may be old; it is asked again every 10 s.',
      details: [],
      requestId: null,
    };
  }
  const data: ErrorData = error.data ?? {};
  const violations = (data.violations ?? []).map(({ rule, field, message }) => ({
    field,
    message: `${message} (${rule})`,
  }));
  const details = [...(data.issues ?? []), ...violations].filter(({ message }) => message !== error.message);
  // the message repeats the violations without their fields and rules: they are told once
  const repeated =
    violations.length > 0 && (data.violations ?? []).every(({ message }) => error.message.includes(message));
  const internal = data.reason === 'INTERNAL';
  return {
    title: internal
      ? 'The server failed to answer. Its log has the cause under the request below.'
      : repeated
        ? 'Refused: this must hold first.'
        : error.message,
    details,
    requestId: internal ? (data.requestId ?? null) : null,
  };
}

export const reasonOf = (error: unknown): string | undefined => (isApiError(error) ? error.data?.reason : undefined);

type ErrorData = Partial<NonNullable<ApiError['data']>>;
