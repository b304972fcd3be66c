/**
 * The time of one leader, by its own clock alone. It counts from when the last renewal that was taken was sent: whatever
 * the network or the scheduler does, another can come only later than that and the lease's duration.
 */
export interface Tenure {
  /**
   * False from the moment that another might lead. Asked right before each thing that only a leader does: a process that
   * was stopped and goes on runs callbacks before its timers, so no timer is soon enough.
   */
  holds(): boolean;
  /** Aborted when it no longer holds: what is under way for it is to end. */
  readonly signal: AbortSignal;
  /** Gives it up, as when the work cannot be done here: it is stopped, and others may lead. */
  resign(reason: Error): void;
}

/** What a leader does; `stop` resolves when nothing of it is under way any more. */
export interface Work {
  stop(): Promise<void>;
}

export interface Served extends Tenure {
  /** A renewal sent at that time was taken. False: too late. */
  renewed(sentAt: number): boolean;
  /** Stops the work; what is still under way `graceMs` later is aborted. Resolves when nothing is. */
  end(): Promise<void>;
  /** It holds no longer, as of now. Resolves as `end`. */
  lapse(): Promise<void>;
  /** why the work gave up; null: it did not */
  resigned(): Error | null;
}

export interface ServeOptions {
  readonly sentAt: number;
  readonly holdMs: number;
  readonly graceMs: number;
  /** monotonic, in milliseconds */
  readonly now: () => number;
  readonly onLead: (tenure: Tenure) => Promise<Work>;
  /** it has begun to end, for whatever reason; once */
  readonly onEnding: () => void;
}

export function serve({ sentAt, holdMs, graceMs, now, onLead, onEnding }: ServeOptions): Served {
  const over = new AbortController();
  let until = sentAt + holdMs;
  let ending: Promise<void> | null = null;
  let reason: Error | null = null;
  let timer: NodeJS.Timeout | undefined;

  const holds = (): boolean => {
    if (!over.signal.aborted && now() >= until) void lapse();
    return !over.signal.aborted;
  };
  const lapse = (): Promise<void> => {
    over.abort(new Error('the lease holds no longer'));
    return end();
  };
  const arm = (): void => {
    clearTimeout(timer);
    timer = setTimeout(lapse, Math.max(0, until - now()));
  };
  const end = (): Promise<void> => {
    if (ending !== null) return ending;
    const late = setTimeout(() => over.abort(new Error('the work must stop in time')), graceMs);
    ending = work
      .then((begun) => begun.stop())
      .catch((error: unknown) => {
        reason ??= errorOf(error);
      })
      .then(() => {
        clearTimeout(late);
        clearTimeout(timer);
        over.abort(new Error('the work has stopped'));
      });
    onEnding();
    return ending;
  };
  const resign = (why: Error): void => {
    reason ??= why;
    void end();
  };

  const tenure: Tenure = { holds, signal: over.signal, resign };
  // begun in a later turn: the caller must know of it first
  const work = Promise.resolve().then(() => onLead(tenure));
  work.catch((error: unknown) => resign(errorOf(error)));
  arm();

  return {
    ...tenure,
    end,
    lapse,
    renewed(at) {
      if (ending !== null || !holds()) return false;
      until = Math.max(until, at + holdMs);
      arm();
      return true;
    },
    resigned: () => reason,
  };
}

const errorOf = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
