/** Why a call to the cluster failed. Answers that are not 2xx are read here and nowhere else. */

/**
 * `unreachable`: no answer (refused, reset, timed out; a write may have been done all the same). `garbled`: an answer that
 * cannot be read. `too-large`: one that would take too much memory. `no-such-type`: the server does not know this kind of object. `conflict`: others own what we apply.
 * `stale`: the object has changed, was made anew or is gone. `invalid` and `bad-request`: no retry will cure it.
 * `expired`: list again. `busy` and `unavailable`: try later.
 */
export type KubeErrorKind =
  | 'unreachable'
  | 'garbled'
  | 'too-large'
  | 'unauthorized'
  | 'forbidden'
  | 'no-such-type'
  | 'not-found'
  | 'exists'
  | 'conflict'
  | 'stale'
  | 'expired'
  | 'invalid'
  | 'bad-request'
  | 'busy'
  | 'unavailable';

/** One of several reasons in one answer. `field` is a path (`spec.cidr`); empty when the server names none. */
export interface Cause {
  readonly field: string;
  readonly message: string;
}

/** Somebody else's claim on a field that an apply would change. */
export interface OwnershipConflict {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** `spec.natOutgoing` */
  readonly field: string;
}

/** The right that is missing, as a rule would give it. */
export interface MissingRight {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  /** empty for the core group */
  readonly group: string;
}

export interface Failure {
  readonly kind: KubeErrorKind;
  /** the server's own words, without the request */
  readonly message: string;
  /** HTTP status; null when there was no answer */
  readonly status: number | null;
  /** of `invalid`: sorted by field and message */
  readonly causes: readonly Cause[];
  /** of `invalid`: false when the server stopped before it checked all rules */
  readonly complete: boolean;
  /** of `conflict` */
  readonly conflicts: readonly OwnershipConflict[];
  /** of `forbidden`; null when the message names no right */
  readonly missing: MissingRight | null;
  /** what the server asked for, in milliseconds */
  readonly retryAfterMs: number | null;
}

export class KubeError extends Error {
  readonly kind: KubeErrorKind;
  readonly failure: Failure;
  /** `GET /apis/projectcalico.org/v3/ippools` */
  readonly request: string;

  constructor(request: string, failure: Failure) {
    super(`${request}: ${failure.message}`);
    this.name = 'KubeError';
    this.kind = failure.kind;
    this.failure = failure;
    this.request = request;
  }
}

/** The server took the request, and did nothing of it; else it may have been done all the same. */
export const isRefusal = ({ failure: { status } }: KubeError): boolean => status !== null && status < 500;

/** A failure with the fields of its kind; the others are empty. */
export const failure = (kind: KubeErrorKind, message: string, more: Partial<Failure> = {}): Failure => ({
  kind,
  message,
  status: null,
  causes: [],
  complete: true,
  conflicts: [],
  missing: null,
  retryAfterMs: null,
  ...more,
});
