/**
 * The last good state on disk: the snapshot as it came, then every delta since, one JSON object a line. Keeping a change of
 * one pool among ten thousand costs one line; reading it back is following the stream again, revisions checked.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMessage } from '../../core/wire/read-message.ts';
import type { Delta, StreamMessage } from '../../core/wire/state.ts';
import { expectWork, LARGE } from '../frugal.ts';
import { applyDelta, type HeldState, holdSnapshot, stateOf } from '../held-state.ts';
import { readKept, writeKept } from '../kept.ts';

export interface Journal {
  /** Undefined when nothing was kept, or when it is damaged at its beginning. */
  load(): HeldState | undefined;
  snapshot(held: HeldState): void;
  delta(held: HeldState, delta: Delta): void;
}

/** After this many deltas the file is written anew. */
const MOST_DELTAS = 1000;

/** `onError` hears of a directory that cannot be written: NAT goes on, a restart without server would not. */
export function openJournal(stateDir: string, onError: (message: string) => void): Journal {
  const path = join(stateDir, 'state.ndjson');
  let deltas = 0;
  /** The file ends with the last state: only then may a line follow. Reading stops at one that was lost or half written. */
  let whole = false;
  const attempt = (write: () => void): void => {
    whole = false;
    try {
      write();
      whole = true;
    } catch (error) {
      onError(error instanceof Error ? error.message : String(error));
    }
  };
  const snapshot = (held: HeldState): void => {
    deltas = 0;
    const state = stateOf(held, held.sequence ?? 0);
    attempt(() => writeKept(path, `${JSON.stringify({ type: 'snapshot', state })}\n`));
  };
  return {
    load() {
      const text = readKept(path) ?? '';
      if (text.length > LARGE) expectWork();
      return replay(text);
    },
    snapshot,
    delta(held, delta) {
      if (!whole || ++deltas > MOST_DELTAS) snapshot(held);
      else attempt(() => appendFileSync(path, `${JSON.stringify(delta)}\n`, { mode: 0o600 }));
    },
  };
}

/** Stops at the first line that does not follow: the last one may be half written. */
export function replay(text: string): HeldState | undefined {
  let held: HeldState | undefined;
  for (const line of text.split('\n')) {
    const message = readLine(line);
    if (message?.type === 'snapshot' && held === undefined) held = holdSnapshot(message.state);
    else if (message?.type !== 'delta' || held === undefined || !applyDelta(held, message).ok) break;
  }
  return held;
}

function readLine(line: string): StreamMessage | undefined {
  try {
    const read = readMessage(JSON.parse(line));
    return read.ok ? read.value : undefined;
  } catch {
    return undefined;
  }
}
