/** The one error that services throw for what a user can cause. Everything else is a defect and stays hidden. */
import type { Violation } from '../../core/pool/spec.ts';
import type { ErrorReason } from '../../core/wire/reasons.ts';
import type { StoredPool } from '../db/pools.ts';

/** A field that does not hold; `document` and `line` where it came from a file (both count from 1). */
export interface Issue {
  readonly field: string;
  readonly message: string;
  readonly document?: number;
  readonly line?: number;
  /** what the field may say instead */
  readonly candidates?: readonly string[];
}

/** `pool` names whose it is; `document` and `line` where that stands in a text (both count from 1). */
export type PoolViolation = Violation & {
  readonly pool?: string;
  readonly document?: number;
  readonly line?: number;
};

export interface ErrorDetails {
  readonly issues?: readonly Issue[];
  readonly violations?: readonly PoolViolation[];
  /** the object as it is now, for a stale version */
  readonly current?: unknown;
  /** the same of a pool: how the API shows it is read when whoever refuses holds no connection any more (`asShown`) */
  readonly pool?: StoredPool;
  /** seconds after which it may be tried again */
  readonly retryAfter?: number;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly reason: ErrorReason;
  readonly details: ErrorDetails;

  constructor(reason: ErrorReason, message: string, details: ErrorDetails = {}) {
    super(message);
    this.reason = reason;
    this.details = details;
  }
}
