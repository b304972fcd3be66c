import { type ApiError, isApiError } from '../trpc/client.ts';

export interface Explained {
  title: string;
  /** `where`: the pool, and where in a text it stands; '' where nothing is to be said about that */
  details: { where: string; field: string; message: string }[];
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
  const violations = (data.violations ?? []).map(({ rule, message, ...at }) => ({
    ...at,
    message: `${message} (${rule})`,
  }));
  const details = [...(data.issues ?? []), ...violations]
    .filter(({ message }) => message !== error.message)
    .map(({ field, message, ...at }) => ({ where: whereOf(at), field, message }));
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

interface Spot {
  readonly pool?: string;
  readonly document?: number;
  readonly line?: number;
}

/** A text that is unusable as a whole has neither document nor line: both are 0. */
const whereOf = ({ pool, document, line }: Spot): string =>
  [...(pool === undefined ? [] : [pool]), ...(document && line ? [`document ${document}, line ${line}`] : [])].join(
    ', ',
  );

type ErrorData = Partial<NonNullable<ApiError['data']>>;
