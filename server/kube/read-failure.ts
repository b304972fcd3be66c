/** From an answer of the API server to a Failure. The body is usually a Status object, and sometimes plain text. */
import {
  type Cause,
  type Failure,
  failure,
  type KubeErrorKind,
  type MissingRight,
  type OwnershipConflict,
} from './kube-error.ts';

interface Status {
  readonly message?: unknown;
  readonly reason?: unknown;
  readonly details?: { readonly causes?: unknown; readonly retryAfterSeconds?: unknown };
}

/** `status`: the HTTP status, or the code in a watch's ERROR line. Never throws. */
export function readFailure(status: number, body: string, retryAfter: string | null = null): Failure {
  const parsed = statusOf(body);
  const message = textOf(parsed?.message) ?? (body.trim().slice(0, 500) || `HTTP status ${status}`);
  const raw = causesOf(parsed);
  const seconds = Number(retryAfter ?? parsed?.details?.retryAfterSeconds ?? Number.NaN);
  const base = { status, retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null };

  const conflicts = raw.flatMap(conflictOf);
  if (status === 409 && conflicts.length > 0) return failure('conflict', message, { ...base, conflicts });
  const typed = status === 500 ? TYPED_PATCH.exec(message) : null;
  if (typed !== null) {
    const causes = [{ field: (typed[1] ?? '').replace(/^\./, ''), message: typed[2] ?? message }];
    // the server names the first one only
    return failure('invalid', message, { ...base, causes, complete: false });
  }
  const kind = kindOf(status, parsed, message);
  if (kind === 'invalid') {
    const causes = raw
      .filter(({ field }) => field !== NOT_CHECKED)
      .map(({ field, message: words }) => ({ field, message: words }));
    const complete = causes.length === raw.length;
    return failure(kind, message, { ...base, causes: causes.sort(byFieldAndMessage), complete });
  }
  return failure(kind, message, { ...base, missing: kind === 'forbidden' ? missingRight(message) : null });
}

function kindOf(status: number, parsed: Status | null, message: string): KubeErrorKind {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    // an absent object is a Status; an absent type is text
    case 404:
      return parsed?.reason === 'NotFound' && message !== NO_TYPE ? 'not-found' : 'no-such-type';
    case 409:
      return parsed?.reason === 'AlreadyExists' ? 'exists' : 'stale';
    case 410:
      return 'expired';
    case 422:
      return /metadata\.uid: Invalid value: .*field is immutable/.test(message) ? 'stale' : 'invalid';
    case 429:
      // a server, or a type, that has just come: not load, and over in a moment
      return message === 'storage is (re)initializing' ? 'unavailable' : 'busy';
    default:
      if (status >= 500) return 'unavailable';
      return status >= 400 ? 'bad-request' : 'garbled';
  }
}

const NO_TYPE = 'the server could not find the requested resource';
const NOT_CHECKED = '<nil>';
/** apply answers 500 for a body that does not fit the type: `(...): .spec.foo: field not declared in schema` */
const TYPED_PATCH = /^failed to create typed patch object \(.*?\): (\.\S*?): ([\s\S]*)$/;

interface RawCause extends Cause {
  readonly reason: string;
}

function causesOf(status: Status | null): RawCause[] {
  const causes = status?.details?.causes;
  if (!Array.isArray(causes)) return [];
  return causes.map((cause: Record<string, unknown>) => ({
    reason: textOf(cause?.['reason']) ?? '',
    field: (textOf(cause?.['field']) ?? '').replace(/^\./, ''),
    message: textOf(cause?.['message']) ?? '',
  }));
}

/** `conflict with "NAME"`, where NAME is quoted as Go does; an Update manager is followed by ` using <apiVersion>`. */
function conflictOf({ reason, field, message }: RawCause): OwnershipConflict[] {
  if (reason !== 'FieldManagerConflict') return [];
  const [, quoted, rest = ''] = /^conflict with ("(?:[^"\\]|\\.)*")(.*)$/s.exec(message) ?? [];
  const manager = quoted === undefined ? message : unquote(quoted);
  return [{ manager, operation: rest.startsWith(' using ') ? 'Update' : 'Apply', field }];
}

/** Go's %q is JSON but for \x, \a, \v and \U; what JSON cannot read stays as it is. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}

function missingRight(message: string): MissingRight | null {
  const pattern = /User "(.*?)" cannot (\S+) resource "(.*?)" in API group "(.*?)"/;
  const [, user, verb, resource, group] = pattern.exec(message) ?? [];
  if (user === undefined || verb === undefined || resource === undefined || group === undefined) return null;
  return { user, verb, resource, group };
}

const byFieldAndMessage = (a: Cause, b: Cause): number => compare(a.field, b.field) || compare(a.message, b.message);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function statusOf(body: string): Status | null {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Status) : null;
  } catch {
    return null;
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
