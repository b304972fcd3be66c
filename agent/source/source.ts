/** Where the state comes from. A source never touches the kernel: it hands over complete states, or what changed. */
import type { SetDelta } from '../../core/rules/delta.ts';
import type { NodeReason } from '../../core/wire/reasons.ts';
import type { Report } from '../../core/wire/report.ts';
import type { HeldState } from '../held-state.ts';

export interface Sink {
  /**
   * `members` is null when more than members changed. The state object is the source's own and changes in place. `kept`:
   * it is the last good state from disk, and the source itself was not heard yet.
   */
  state(held: HeldState, members: readonly SetDelta[] | null, kept?: boolean): void;
  /** The source cannot give a newer state; what is programmed stays. Null: it can. */
  trouble(found: { readonly reason: NodeReason; readonly message: string } | null): void;
}

export interface Source {
  /** Starts handing over; the first state or trouble comes soon. */
  start(sink: Sink): void;
  /** Takes a report; the newest one wins while an older one is still on its way. */
  report(make: () => Report): void;
  /** Ends everything; resolves when the last report is out or given up. */
  stop(): Promise<void>;
}
