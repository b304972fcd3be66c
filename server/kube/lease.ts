/**
 * Election of one leader among replicas by a Lease object.
 *
 * Who does not hold it takes it when it is free, or when it has not changed for LEASE_MS of the taker's own monotonic clock;
 * the times that are written in it are never read, so clocks may differ as they like. Who holds it stops HOLD_MS after the
 * last renewal that was taken had been *sent*. That is less than LEASE_MS: the old leader has stopped before a new one
 * begins. A process that was stopped for longer learns it from its own clock, before it does anything (tenure.ts).
 *
 * It cannot help that a request is on its way when its sender is stopped: writes are fenced where they land as well.
 */
import type { Connection } from './connection.ts';
import { failure, KubeError, type KubeErrorKind } from './kube-error.ts';
import { type Lease, readLease, writeLease } from './lease-object.ts';
import { type Served, serve, type Tenure, type Work } from './tenure.ts';

const LEASE_MS = 8_000;
const HOLD_MS = 6_000;
const RENEW_MS = 2_000;
const RETRY_MS = 1_000;
/** two of them fit into the time that a lease holds after a renewal is due */
const CALL_MS = 2_000;
/** for what the work has under way, once it is to stop; it still holds then */
const GRACE_MS = 1_000;
/** of one renewal that others' writes get in the way of */
const TRIES = 5;
/** who gave up lets others try first */
const AFTER_RESIGNING_MS = 3_000;

export interface ElectionState {
  /** `unknown`: the lease cannot be read, or never was */
  readonly role: 'leader' | 'follower' | 'unknown';
  /** who was last seen to hold it; null: nobody, or never seen */
  readonly holder: string | null;
  /** when role or holder became this, in milliseconds since 1970 */
  readonly since: number;
  /** why the last attempt failed, or why the work was given up; a KubeError names a right that is missing */
  readonly error: Error | null;
}

export interface ElectOptions {
  /** Not the one that the work's own requests fill: a renewal must not wait behind them. */
  readonly connection: Connection;
  readonly namespace: string;
  readonly name: string;
  /** of this process alone, another one after each start */
  readonly identity: string;
  /** monotonic, in milliseconds; goes on while the process is stopped */
  readonly now: () => number;
  /** milliseconds since 1970, for what is shown */
  readonly date: () => number;
  /** Begins the work. A rejection gives the lease to others. Never called before the last work has stopped. */
  readonly onLead: (tenure: Tenure) => Promise<Work>;
  readonly onState: (state: ElectionState) => void;
}

export interface Election {
  state(): ElectionState;
  /** Stops the work, then lets others lead at once. */
  stop(): Promise<void>;
}

export function elect(options: ElectOptions): Election {
  const { identity, now, date, onLead, onState } = options;
  const stopping = new AbortController();
  /** the lease, and since when it is seen to be just so */
  let seen: { readonly lease: Lease; readonly at: number } | null = null;
  let heardAt: number | null = null;
  let tenure: Served | null = null;
  /** it may be ours: a claim was sent */
  let claimed = false;
  let wake = (): void => {};
  let state: ElectionState = { role: 'unknown', holder: null, since: date(), error: null };

  const role = (): ElectionState['role'] => {
    if (tenure?.holds() && tenure.resigned() === null) return 'leader';
    return heardAt !== null && now() - heardAt < LEASE_MS ? 'follower' : 'unknown';
  };
  const publish = (error: Error | null): void => {
    const next = { role: role(), holder: seen?.lease.holder ?? null };
    const same = next.role === state.role && next.holder === state.holder;
    if (same && error?.message === state.error?.message) return;
    state = { ...next, since: same ? state.since : date(), error };
    onState(state);
  };
  const saw = (lease: Lease | null): Lease | null => {
    heardAt = now();
    if (lease !== null && lease.version !== seen?.lease.version) seen = { lease, at: heardAt };
    return lease;
  };
  const asked = (): AbortSignal => AbortSignal.any([stopping.signal, AbortSignal.timeout(CALL_MS)]);
  const read = async (): Promise<Lease | null> => saw(await readLease(options, asked()));
  /** Null: somebody else wrote, made or deleted it first. */
  const write = async (was: Lease | null): Promise<Lease | null> => {
    claimed = true;
    const terms = { holder: identity, durationMs: LEASE_MS, at: date() };
    return saw(await writeLease(options, was, terms, asked()).catch((error: unknown) => outrun(error, was)));
  };

  const campaign = async (): Promise<void> => {
    const lease = await read();
    const quiet = seen === null || now() - seen.at >= LEASE_MS;
    // one that is gone was perhaps deleted under a leader, who makes it again
    const free = lease !== null && (lease.holder === null || lease.holder === identity);
    if (!free && !quiet) return;
    const sentAt = now();
    if ((await write(lease)) === null) return;
    tenure = serve({ sentAt, holdMs: HOLD_MS, graceMs: GRACE_MS, now, onLead, onEnding: ended });
  };
  const renew = async (held: Served): Promise<void> => {
    const sentAt = now();
    for (let known = seen?.lease ?? null, tries = 0; tries < TRIES; tries++) {
      if ((await write(known)) !== null) {
        held.renewed(sentAt);
        return;
      }
      // it is ours as long as no other holds it, whatever was written on it, and even when it was deleted
      known = await read();
      if (known !== null && known.holder !== identity) {
        await held.lapse();
        return;
      }
    }
    throw new Error('the lease must stay as it is for a moment to be renewed; somebody keeps writing it');
  };
  const ended = (): void => {
    publish(tenure?.resigned() ?? state.error);
    wake();
  };

  /** After the end of a tenure: nothing of it goes on. Resolves with why it was given up; null: it was not. */
  const settle = async (): Promise<Error | null> => {
    if (tenure === null || (tenure.resigned() === null && tenure.holds())) return null;
    await tenure.end();
    const reason = tenure.resigned();
    tenure = null;
    if (reason !== null) await release();
    return reason;
  };
  /** Where it fails the lease runs out by itself. */
  const release = async (): Promise<void> => {
    const signal = AbortSignal.timeout(CALL_MS);
    const free = { holder: null, durationMs: 0, at: date() };
    try {
      const lease = await readLease(options, signal);
      if (lease?.holder === identity) saw(await writeLease(options, lease, free, signal));
    } catch (error) {
      publish(told(error));
    }
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (stopping.signal.aborted) return resolve();
      const timer = setTimeout(resolve, Math.max(0, ms));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const began = now();
      let wait = RETRY_MS * (0.8 + Math.random() * 0.2); // not in step with the others
      try {
        const gaveUp = await settle();
        if (gaveUp === null) {
          await (tenure === null ? campaign() : renew(tenure));
          publish(null);
          if (tenure !== null) wait = RENEW_MS;
        } else {
          publish(gaveUp);
          wait = AFTER_RESIGNING_MS;
        }
      } catch (error) {
        if (!stopping.signal.aborted) publish(told(error));
      }
      await pause(began + wait - now());
    }
  };
  const loop = run();

  return {
    state() {
      if (state.role === 'leader') tenure?.holds(); // tells when it has just run out
      return state;
    },
    async stop() {
      stopping.abort();
      wake();
      await loop;
      await tenure?.end();
      tenure = null;
      if (claimed) await release();
      publish(null);
    },
  };
}

function outrun(error: unknown, was: Lease | null): null {
  const kinds: readonly KubeErrorKind[] = was === null ? ['exists'] : ['stale', 'not-found'];
  if (error instanceof KubeError && kinds.includes(error.kind)) return null;
  throw error;
}

function told(error: unknown): Error {
  const late = error instanceof Error && error.name === 'TimeoutError';
  if (late) return new KubeError('lease', failure('unreachable', `the server must answer within ${CALL_MS / 1000} s`));
  return error instanceof Error ? error : new Error(String(error));
}
