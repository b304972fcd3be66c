/** The one error that services throw for what a user can do something about; it is mapped to HTTP in one place. */
import type { Pool, Violation } from '../../core/pool/spec.ts';
import type { ErrorReason } from '../../core/wire/reasons.ts';

export interface ErrorDetails {
  readonly issues?: readonly { readonly field: string; readonly message: string }[];
  readonly violations?: readonly Violation[];
  readonly current?: Pool;
}

export class AppError extends Error {
  readonly reason: ErrorReason;
  readonly details: ErrorDetails;

  constructor(reason: ErrorReason, message: string, details: ErrorDetails = {}) {
    super(message);
    this.reason = reason;
    this.details = details;
  }
}
