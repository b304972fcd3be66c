/** Notices fanned out inside one process. A subscriber must not wait or throw: it marks what moved and does its work later. */
import type { Notice } from './notice.ts';

/** `resync`: the listener is back, and anything may have been missed. `closing`: the server stops, streams end. */
export type Signal = Notice | { readonly kind: 'resync' } | { readonly kind: 'closing' };

export interface Hub {
  readonly publish: (signal: Signal) => void;
  /** Returns what ends the subscription. */
  readonly subscribe: (receive: (signal: Signal) => void) => () => void;
  readonly closing: () => boolean;
  readonly subscribers: () => number;
}

export function makeHub(): Hub {
  const receivers = new Set<(signal: Signal) => void>();
  let closing = false;
  return {
    publish: (signal) => {
      if (signal.kind === 'closing') closing = true;
      for (const receive of [...receivers]) receive(signal);
    },
    subscribe: (receive) => {
      receivers.add(receive);
      return () => receivers.delete(receive);
    },
    closing: () => closing,
    subscribers: () => receivers.size,
  };
}
