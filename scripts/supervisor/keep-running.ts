/** A child process that is started again when it dies, a little later each time it dies young. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { removeRecord, signal, writeRecord } from './process-record.ts';

export interface ChildSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** gets stdout and stderr, and the file of the run before stays as FILE.1; without it they are ours */
  readonly logFile?: string;
  readonly runDir: string;
  readonly stopSignal: NodeJS.Signals;
  /** how long it may take to end before it is killed */
  readonly graceMs: number;
  /** called each time it ends without being asked to */
  readonly died: (how: string, again: number) => void;
  /** gets what it sends over a channel; absent: no channel */
  readonly onMessage?: (message: unknown) => void;
  /** exit codes after which starting again would not help */
  readonly finalCodes?: readonly number[];
}

export interface KeptChild {
  pid(): number | undefined;
  /** Ends it and what it started, and resolves when they are gone. */
  stop(): Promise<void>;
  /** Resolves with the exit code once it has ended for good: stopped, or with one of the final codes. */
  readonly ended: Promise<number | null>;
}

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;
/** it ran this long: the next death is a new story */
const STABLE = 10_000;

export function keepRunning(spec: ChildSpec): KeptChild {
  const log = spec.logFile === undefined ? undefined : openLog(spec.logFile);
  let child: ChildProcess | undefined;
  let stopping = false;
  let pause = FIRST_PAUSE;
  let timer: NodeJS.Timeout | undefined;
  let finish: (code: number | null) => void = () => {};
  const ended = new Promise<number | null>((resolve) => {
    finish = resolve;
  });

  const start = (): void => {
    const started = Date.now();
    const current = spawn(spec.command, spec.args, {
      env: spec.env ?? process.env,
      stdio: ['ignore', log ?? 'inherit', log ?? 'inherit', spec.onMessage === undefined ? 'ignore' : 'ipc'],
      // its own group: Ctrl-C in a terminal reaches us alone, and we end things in order
      detached: true,
      ...spec.user,
    });
    child = current;
    if (spec.onMessage !== undefined) current.on('message', spec.onMessage);
    let gone = false;
    const onGone = (code: number | null, how: string): void => {
      if (gone) return;
      gone = true;
      if (current.pid !== undefined) signal(-current.pid, 'SIGKILL');
      removeRecord(spec.runDir, spec.name);
      child = undefined;
      if (stopping || (code !== null && spec.finalCodes?.includes(code))) {
        finish(code);
        return;
      }
      if (Date.now() - started > STABLE) pause = FIRST_PAUSE;
      spec.died(how, pause);
      timer = setTimeout(start, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    };
    current.on('error', (error) => onGone(null, error.message));
    current.on('exit', (code, by) => onGone(code, by === null ? `exit ${code}` : by));
    try {
      if (current.pid !== undefined) writeRecord(spec.runDir, spec.name, current.pid, spec.stopSignal);
    } catch (error) {
      // the disk is full, say. Without a record nobody would find it after a kill -9 of ours
      onGone(null, `nobody could find it again: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  start();
  if (log !== undefined) void ended.then(() => closeSync(log));

  return {
    pid: () => child?.pid,
    ended,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      if (child?.pid === undefined) finish(null);
      else {
        const { pid } = child;
        signal(pid, spec.stopSignal);
        const killer = setTimeout(() => signal(-pid, 'SIGKILL'), spec.graceMs);
        await ended;
        clearTimeout(killer);
      }
    },
  };
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (existsSync(path)) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}
