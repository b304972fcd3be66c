import type { NodeReason } from '../../core/wire/reasons.ts';

/** A server that answers and refuses, or sends what cannot be used: it is not away, and the reason says what it is. */
export class Refused extends Error {
  readonly reason: NodeReason;

  constructor(reason: NodeReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
