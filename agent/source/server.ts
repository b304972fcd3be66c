/**
 * The server source: joins, follows `/agent/v1/stream`, and sends reports.
 *
 * What comes is checked before it counts: its shape, and that it leads to the revision that it names. A delta that does not
 * is never applied; the stream is asked again for a snapshot. A stream that is silent for three heartbeats is dead.
 */
import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { readMessage } from '../../core/wire/read-message.ts';
import type { NodeReason } from '../../core/wire/reasons.ts';
import type { Report } from '../../core/wire/report.ts';
import type { StreamMessage } from '../../core/wire/state.ts';
import { expectWork, LARGE } from '../frugal.ts';
import { applyDelta, type HeldState, holdSnapshot, settingsFault } from '../held-state.ts';
import { backoff } from './backoff.ts';
import { credentials } from './credential.ts';
import { answerOf, clientOf, isRefusal, said } from './http.ts';
import { openJournal } from './journal.ts';
import { Refused } from './refused.ts';
import { reportSender } from './report-sender.ts';
import type { Sink, Source } from './source.ts';

export interface ServerSourceInput {
  readonly base: URL;
  readonly node: string;
  readonly stateDir: string;
  readonly tokenFile: string | undefined;
  readonly caFile: string | undefined;
  /** go on from the state on disk, after a first word of the server; else it is looked at only when the server cannot be had */
  readonly resume: boolean;
  /** milliseconds without a byte after which a stream is dead */
  readonly silence?: number;
  /** characters of a message */
  readonly longest?: number;
}

const SILENCE = 15_000;
/** Far above what pools take (100,000 are 10 MB), below what a text may hold. */
const LONGEST_MESSAGE = 256 << 20;
/** so long the server may take to say whether this agent is the one that is served, before what was kept is programmed */
const FIRST_WORD = 1_000;

export async function serverSource(input: ServerSourceInput): Promise<Source> {
  const { base, node, stateDir, tokenFile } = input;
  const client = await clientOf(base, input.caFile);
  const unwritable = (message: string): void => {
    process.stderr.write(`the state directory must be writable: ${message}\n`);
  };
  const identity = credentials({ client, server: base.href, node, stateDir, tokenFile, onError: unwritable });
  const stopping = new AbortController();
  const { signal } = stopping;
  const reports = reportSender({ client, identity });
  const delays = backoff(Math.random);
  let held: HeldState | undefined;
  let heard = false;
  /** read from disk and not handed over yet */
  let kept: HeldState | undefined;
  let firstWord: NodeJS.Timeout | undefined;
  let sink: Sink | undefined;

  const journal = openJournal(stateDir, unwritable);

  /** Once: a state that was dropped because a delta did not fit must not come back from disk. */
  const readKept = (): void => {
    if (heard) return;
    heard = true;
    held = journal.load();
    kept = held;
  };
  const handOverKept = (): void => {
    clearTimeout(firstWord);
    const state = kept;
    kept = undefined;
    if (state !== undefined) sink?.state(state, null, true);
  };

  const away = (message: string, reason: NodeReason = 'ServerAway'): void => {
    if (signal.aborted) return;
    readKept();
    const tell = (): void => sink?.trouble({ reason, message: `${base.href}: ${message}` });
    // the other agent has written more than was kept here: nothing may be written before that is known
    if (reason === 'TwoAgents') tell();
    handOverKept();
    if (reason !== 'TwoAgents') tell();
  };

  /** One connection, from joining to its end. */
  const follow = async (): Promise<void> => {
    const credential = await identity.get();
    const query = held?.sequence === undefined || held.sequence === null ? '' : `?sequence=${held.sequence}`;
    const opened = client.open(`agent/v1/stream${query}`, credential);
    const silence = input.silence ?? SILENCE;
    let timer = setTimeout(opened.abort, silence);
    const alive = (): void => {
      clearTimeout(timer);
      timer = setTimeout(opened.abort, silence);
    };
    signal.addEventListener('abort', opened.abort);
    try {
      const response = await opened.response;
      if (response.statusCode !== 200) {
        const answer = await answerOf(response);
        if (isRefusal(answer, 'AGENT_REFUSED')) identity.forget(credential);
        const message = `the stream was refused with status ${response.statusCode}: ${said(answer)}`;
        // another pod is the agent of this node
        if (isRefusal(answer, 'NODE_NAME_TAKEN')) throw new Refused('TwoAgents', message);
        if (isRefusal(answer, 'AGENT_REFUSED')) throw new Refused('TokenRefused', message);
        throw new Error(message);
      }
      sink?.trouble(null);
      handOverKept();
      for await (const line of linesOf(response, alive, input.longest ?? LONGEST_MESSAGE)) {
        take(line);
        delays.reset();
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', opened.abort);
      opened.abort();
    }
  };

  /** Throws when the line is not what it must be: the connection is then made anew. */
  const take = (line: string): void => {
    if (line.length > LARGE) expectWork();
    const read = readMessage(JSON.parse(line));
    if (!read.ok) throw new Error(`the server sent what is no message: ${read.field}: ${read.message}`);
    const message = read.value;
    refuseSettings(message);
    if (message.type === 'snapshot') {
      const next = holdSnapshot(message.state);
      if (next === undefined) throw new Error(`the snapshot does not hash to its revision ${message.state.revision}`);
      held = next;
      heard = true;
      sink?.state(held, null);
      journal.snapshot(held);
    } else if (message.type === 'delta') {
      const result =
        held === undefined ? { ok: false as const, reason: 'a delta came first' } : applyDelta(held, message);
      if (held === undefined || !result.ok) {
        held = undefined; // asks for a snapshot at the next connection
        throw new Error(result.ok ? 'a delta came first' : result.reason);
      }
      sink?.state(held, result.members);
      journal.delta(held, message);
    }
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await follow();
        away('the server ended the stream');
      } catch (error) {
        const reason = error instanceof Refused ? error.reason : 'ServerAway';
        away(error instanceof Error ? error.message : String(error), reason);
      }
      await sleep(delays.next(), undefined, { signal }).catch(() => undefined);
    }
  };

  return {
    start(to) {
      sink = to;
      if (input.resume) {
        readKept();
        firstWord = setTimeout(handOverKept, FIRST_WORD);
      }
      void run();
    },
    report: (make: () => Report) => reports.send(make),
    async stop() {
      await reports.stop();
      stopping.abort();
      clearTimeout(firstWord);
      client.close();
    },
  };
}

/** Throws Refused: the state held so far stays, and is the one that the next connection goes on from. */
function refuseSettings(message: StreamMessage): void {
  if (message.type === 'heartbeat') return;
  const settings = message.type === 'snapshot' ? message.state.settings : message.settings;
  const fault = settings === undefined ? undefined : settingsFault(settings);
  if (fault !== undefined) throw new Refused('StateRefused', `settings that cannot be programmed: ${fault}`);
}

/** Lines of a body; `alive` is called for every piece that comes, also within a long line. Throws Refused for one without end. */
async function* linesOf(response: IncomingMessage, alive: () => void, longest: number): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let pieces: string[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    alive();
    let text = decoder.write(chunk);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
      pieces.push(text.slice(0, at));
      const line = pieces.join('');
      pieces = [];
      size = 0;
      text = text.slice(at + 1);
      if (line !== '') yield line;
    }
    size += text.length;
    if (size > longest) throw new Refused('StateRefused', `a message must be at most ${longest} characters long`);
    if (text !== '') pieces.push(text);
  }
}
