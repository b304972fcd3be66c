/**
 * One agent's stream: newline-delimited JSON of StreamMessage. Nothing is queued for a slow agent: a notice only says that
 * there is more, and the next lines are asked for when the last ones have left. One that takes nothing for too long is cut,
 * and comes back with the sequence it holds.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Hub } from '../events/hub.ts';
import type { Feed } from './feed.ts';

export interface StreamOptions {
  readonly res: ServerResponse;
  readonly node: string;
  /** what the agent holds, null: nothing */
  readonly sequence: number | null;
  readonly feed: Feed;
  readonly hub: Hub;
  /** milliseconds since 1970 after which the agent must come again with another token; null: never */
  readonly expires?: number | null;
  /** asks again: null while the agent may go on, else why not (the node was forgotten, joined anew, has a newer agent) */
  readonly refusal: () => Promise<string | null>;
  /** told once, when the stream ends on the server's side */
  readonly onEnd: (reason: string) => void;
  /** the state could not be read: it is asked for again */
  readonly onTrouble: (error: unknown) => void;
  /** an agent that reads nothing for so long is cut (default 15 s) */
  readonly patienceMs?: number;
  /** how often it is asked by itself (default 60 s) */
  readonly askEveryMs?: number;
}

export const HEARTBEAT_MS = 5_000;
const PATIENCE_MS = 15_000;
const ASK_EVERY_MS = 60_000;
/** timers of Node hold no longer time: whoever has a token for longer comes again all the same */
const LONGEST_MS = 2 ** 31 - 1;
/** a change that cannot be read now (the database is away) is asked for again */
const RETRY_MS = 500;

const HEARTBEAT = Buffer.from('{"type":"heartbeat"}\n');

/** Returns what ends the stream; it also ends by itself. */
export function openStream({
  res,
  node,
  sequence,
  feed,
  hub,
  expires = null,
  refusal,
  onEnd,
  onTrouble,
  patienceMs = PATIENCE_MS,
  askEveryMs = ASK_EVERY_MS,
}: StreamOptions): (reason: string) => void {
  let held = sequence;
  let behind = true;
  let check = false;
  let working = false;
  let ended = false;

  const end = (reason: string, how: 'end' | 'destroy' = 'end'): void => {
    if (ended) return;
    ended = true;
    unsubscribe();
    clearInterval(heartbeat);
    clearInterval(asking);
    clearTimeout(expiring);
    if (how === 'end') res.end();
    else res.destroy();
    onEnd(reason);
  };
  const write = async (line: Buffer): Promise<void> => {
    if (ended || res.write(line)) return;
    try {
      await once(res, 'drain', { signal: AbortSignal.timeout(patienceMs) });
    } catch {
      end('too slow', 'destroy');
    }
  };
  const work = async (): Promise<void> => {
    if (working) return;
    working = true;
    try {
      while (!ended && (behind || check)) {
        if (check) {
          check = false;
          const why = await refusal();
          if (why !== null) end(why);
        } else {
          behind = false;
          const next = await feed.since(held);
          if (next.line !== null) await write(next.line);
          held = next.sequence;
        }
      }
    } catch (error) {
      onTrouble(error);
      behind = true;
      check = true;
      setTimeout(() => void work(), RETRY_MS).unref();
    } finally {
      working = false;
    }
  };
  const unsubscribe = hub.subscribe((signal) => {
    if (signal.kind === 'closing') return end('server stops');
    if (signal.kind === 'change' || signal.kind === 'live' || signal.kind === 'resync') behind = true;
    if (signal.kind === 'resync' || (signal.kind === 'credential' && signal.node === node)) check = true;
    if (behind || check) void work();
  });
  const heartbeat = setInterval(() => {
    if (!working) void write(HEARTBEAT);
  }, HEARTBEAT_MS);
  const asking = setInterval(() => {
    check = true;
    void work();
  }, askEveryMs);
  const expiring =
    expires === null
      ? undefined
      : setTimeout(() => end('token expired'), Math.min(LONGEST_MS, Math.max(0, expires - Date.now())));
  res.once('close', () => end('closed', 'destroy'));
  res.writeHead(200, {
    'content-type': 'application/x-ndjson; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  res.flushHeaders();
  // a notice sent before the subscription was for the state that is asked for now
  void work();
  return end;
}
