import type { NodeReason } from '../../core/wire/reasons.ts';

/** A server that refuses, or sends what cannot be used, and an agent that has nothing to show it: the server is not away, and the reason says what it is. */
export class Refused extends Error {
  readonly reason: NodeReason;

  constructor(reason: NodeReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
